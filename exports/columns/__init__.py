"""What each column holds, and the role that is proposed for it.

- ``proposal``: A schema proposed for an export nobody has described yet, with the evidence for each guess.
- ``detection``: What kind of personal data a column holds, with evidence that shows no value.
- ``parts``: What columns are to the table as a whole: whose row it is, household, weight, time, consent.
- ``header``: Headers that are data.
- ``scanning``: All rows of a table, streamed once, as the different values of each column.
- ``tally``: Counts of what the cells of columns look like.
- ``shapes``: What each kind of personal column is called and looks like.
- ``characters``: Which patterns are worth trying on a text.
- ``recognisers``: What is searched inside cells.
- ``names``: What columns are called, in many languages.
"""
