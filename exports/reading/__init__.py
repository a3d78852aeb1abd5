"""Tables out of files, frames and databases: streamed, whole, or as distinct rows.

- ``databases``: Tables of DuckDB, SQLite and PostgreSQL databases; a password is in no name and no
  message.
- ``distinct_rows``: From a source to its distinct combinations, or, when they outgrow memory, to parts
  of its classes.
- ``loading``: Whole tables in memory, for what cannot stream: attacks, defences, the bench.
- ``read``: Tables that can be assessed: files, frames and databases, opened without being loaded.
"""
