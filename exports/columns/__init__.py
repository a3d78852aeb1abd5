"""What each column holds, and the role that is proposed for it.

- ``detection``: What kind of personal data a column holds, with evidence that shows no value.
- ``proposal``: A schema proposed for an export nobody has described yet, with the evidence for each
  guess.
- ``shapes``: What each kind of personal column is called and looks like.
"""
