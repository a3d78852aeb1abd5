"""Where queries over a table run: DuckDB on one machine, others behind the same narrow protocol.

- ``choice``: Engines by name.
- ``dialect``: The few places where the SQL of the engines differs.
- ``duckdb_engine``: The embedded engine: DuckDB with bounded memory, spilling to a temporary folder.
- ``protocol``: What an engine must do, so that every measure that is a query runs on each of them
  unchanged.
- ``spark_engine``: The engine for tables larger than one machine: Apache Spark, in the user's session
  or a local one.
- ``texts``: How each engine writes the functions of text that normalisation and hashing need.
"""
