"""Whose data an experiment is about.

- ``answers``: Simulated intake answers as the material of an experiment.
- ``own_file``: Somebody's own export as the material of an experiment.
- ``prepared``: Whose data an experiment is about: the export, the truth, and the tables an adversary
  may hold.
- ``upload``: The case's upload as the material of an experiment: addresses, and the accounts of one
  platform.
"""
