"""SQLite through Python's sqlite3: a clustered primary key and one covering index by quarter and commune."""

import sqlite3

import pyarrow.parquet

from . import codes, sql
from .measure import Engine

TABLES = """
CREATE TABLE org_unit (org_unit_id INTEGER PRIMARY KEY, district_id INTEGER, province_id INTEGER);
CREATE TABLE category (category_id INTEGER PRIMARY KEY, sex INTEGER, age INTEGER);
CREATE TABLE observation (indicator_id INTEGER, period_id INTEGER, org_unit_id INTEGER, category_id INTEGER,
    value INTEGER, PRIMARY KEY (indicator_id, period_id, org_unit_id, category_id)) WITHOUT ROWID;
"""
INDEX = (
    "CREATE INDEX observation_by_unit ON observation (period_id, org_unit_id, indicator_id, category_id, value)"
)
UPDATE = (
    "UPDATE observation SET value = ? WHERE indicator_id = ? AND period_id = ? AND org_unit_id = ? AND category_id = ?"
)


def open(data, store, variant):
    return Sqlite(data, store)


class Sqlite(Engine):
    def __init__(self, data, store):
        self.data = data
        self.database = sqlite3.connect(store / "sqlite", isolation_level=None)
        self.version = f"SQLite {sqlite3.sqlite_version}"
        self.corrections = codes.corrections(data)

    def load(self):
        run = self.database.execute
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000", "temp_store = MEMORY"):
            run(f"PRAGMA {setting}")
        self.database.executescript(TABLES)
        run("BEGIN")
        for batch in pyarrow.parquet.ParquetFile(self.data / "returns.parquet").iter_batches(1 << 18):
            self.insert(batch.to_pydict())
        run("COMMIT")
        for step in (INDEX, "ANALYZE", sql.VIEW, "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"):
            run(step)

    def insert(self, columns):
        ind, per, prov, dist, comm, sex, age, value = columns.values()
        cat = list(map(codes.category, sex, age))
        many = self.database.executemany
        many("INSERT OR IGNORE INTO org_unit VALUES (?, ?, ?)", set(zip(comm, dist, prov)))
        many("INSERT OR IGNORE INTO category VALUES (?, ?, ?)", set(zip(cat, sex, age)))
        many("INSERT INTO observation VALUES (?, ?, ?, ?, ?)", zip(ind, per, comm, cat, value))

    def rows(self, query):
        return self.database.execute(sql.NORMALISED[query]).fetchall()

    def build_cube(self):
        for table, select in sql.CUBE.items():
            self.database.execute(f"DROP TABLE IF EXISTS temp.{table}")
            self.database.execute(f"CREATE TEMP TABLE {table} AS {select}")

    def cube_check(self):
        return self.database.execute(sql.CUBE_CHECK).fetchone()

    def correct(self, step):
        self.database.execute("BEGIN IMMEDIATE")
        rows = [
            (value + step, ind, per, comm, codes.category(sex, age))
            for ind, per, comm, sex, age, value in self.corrections
        ]
        self.database.executemany(UPDATE, rows)
        self.database.execute("COMMIT")

    def close(self):
        self.database.close()
