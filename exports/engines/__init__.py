"""Where queries over a table run: DuckDB on one machine, others behind the same narrow protocol."""
