"""A case replayed, its people simulated, and one of them followed.

- ``follow``: One simulated person, followed from the intake page to the match and through what is
  learnt.
- ``journey``: The way of one person through a case: steps in words, as a list, as a page and as a
  widget.
- ``onward_use``: Onward use: a look-alike model learnt from the uploaded list, and what it tells of
  whom.
- ``page``: A replay as one HTML file that needs no network: every figure with its sentence.
- ``replay``: A replay as a run: a folder with tables, a figure and ``run.json``, whole or not there at
  all.
- ``run_folder``: The folder of a run: unfinished work aside, whole results published with a
  ``run.json`` that comes last.
- ``simulation``: A simulated population as a run: a folder of tables and ``run.json``, whole or not
  there at all.
- ``trace_back``: What each attack makes of one simulated person: the way back from what left to who it
  was.
"""
