"""Where the rows of a table are, before any is read.

- ``files``: Headers of text files, JSON lines and Parquet files, and what is wrong with them in one
  sentence.
- ``frames``: Tables that are already in memory, turned into Arrow.
- ``origins``: Where the rows of a table are, before any is read: files, frames, databases.
"""
