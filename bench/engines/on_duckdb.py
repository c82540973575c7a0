"""DuckDB in a file of its own, rows sorted by indicator, quarter, commune and category; normalised or wide."""

import duckdb

from . import THREADS, codes, sql
from .measure import Engine

NORMALISE = [
    "CREATE TABLE org_unit AS SELECT DISTINCT comm AS org_unit_id, dist AS district_id, prov AS province_id "
    "FROM '{parquet}' ORDER BY 1",
    "CREATE TABLE category AS SELECT DISTINCT (sex - 1) * 6 + age AS category_id, sex, age FROM '{parquet}' ORDER BY 1",
    "CREATE TABLE observation AS SELECT ind AS indicator_id, per AS period_id, comm AS org_unit_id, "
    "CAST((sex - 1) * 6 + age AS TINYINT) AS category_id, value FROM '{parquet}'",
    sql.VIEW,
]


def open(data, store, variant):
    return DuckDb(data, store, variant)


class DuckDb(Engine):
    def __init__(self, data, store, variant):
        self.data, self.wide = data, variant == "wide"
        self.database = duckdb.connect(str(store / "duckdb"))
        self.database.execute(f"SET threads = {THREADS}")
        self.version = f"DuckDB {duckdb.__version__}"

    def load(self):
        steps = ["CREATE TABLE obs_w AS SELECT * FROM '{parquet}'"] if self.wide else NORMALISE
        for step in steps:
            self.database.execute(step.format(parquet=self.data / "returns.parquet"))
        self.database.execute("CHECKPOINT")
        columns = "ind INT, per INT, comm INT, sex INT, age INT, cat INT, value INT"
        self.database.execute(f"CREATE TEMP TABLE correction ({columns})")
        for ind, per, comm, sex, age, value in codes.corrections(self.data):
            row = [ind, per, comm, sex, age, codes.category(sex, age), value]
            self.database.execute("INSERT INTO correction VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def rows(self, query):
        return self.database.execute((sql.WIDE if self.wide else sql.NORMALISED)[query]).fetchall()

    def build_cube(self):
        for table, select in sql.CUBE.items():
            self.database.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {select}")

    def cube_check(self):
        return self.database.execute(sql.CUBE_CHECK).fetchone()

    def correct(self, step):
        if self.wide:
            match = "o.ind = c.ind AND o.per = c.per AND o.comm = c.comm AND o.sex = c.sex AND o.age = c.age"
            update = f"UPDATE obs_w AS o SET value = c.value + ? FROM correction c WHERE {match}"
        else:
            match = "indicator_id = c.ind AND period_id = c.per AND org_unit_id = c.comm AND category_id = c.cat"
            update = f"UPDATE observation SET value = c.value + ? FROM correction c WHERE {match}"
        self.database.execute(update, [step])

    def close(self):
        self.database.close()
