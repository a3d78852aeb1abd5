"""What the lab writes: aside and whole, and over nothing that it did not write itself.

- ``aside``: Files that are written under a name nobody can guess, and renamed when they are whole.
- ``own_folder``: Folders of runs: marked, locked, and only what the mark lists is ever replaced.
- ``own_files``: Reports and releases that a former run of the lab wrote, told from anything else.
"""
