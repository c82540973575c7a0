"""The engines that Romduol is measured beside: what each is called and which file drives it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """How `compare` names an engine, the module and variant that run it, and the Python package it needs."""

    name: str
    title: str
    module: str
    needs: str
    variant: str = ""


ALL = [
    Entry("postgres", "PostgreSQL, normalised (covering key)", "on_postgres", "psycopg"),
    Entry("sqlite", "SQLite, normalised (clustered key)", "on_sqlite", "sqlite3"),
    Entry("duckdb-norm", "DuckDB, normalised", "on_duckdb", "duckdb", "norm"),
    Entry("duckdb-wide", "DuckDB, wide", "on_duckdb", "duckdb", "wide"),
    Entry("polars", "Polars, wide (memory)", "on_polars", "polars"),
    Entry("chdb", "chDB, wide", "on_chdb", "chdb"),
    Entry("datafusion", "DataFusion, wide (Parquet)", "on_datafusion", "datafusion"),
]

# Engines may use this many threads; the machine the budgets are written for has two cores.
THREADS = 2
