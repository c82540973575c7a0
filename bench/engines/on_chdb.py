"""chDB, ClickHouse inside this process: one wide ReplacingMergeTree, sorted and merged to one part."""

import json

import chdb
from chdb import session

from . import THREADS, codes, sql
from .measure import Engine

TABLE = (
    "CREATE TABLE obs_w (ind Int16, per Int32, prov Int16, dist Int16, comm Int32, sex Int8, age Int8, value Int32) "
    "ENGINE = ReplacingMergeTree ORDER BY (ind, per, comm, sex, age) SETTINGS fsync_after_insert = 1"
)


def open(data, store, variant):
    return ChDb(data, store)


class ChDb(Engine):
    def __init__(self, data, store):
        self.data = data
        self.session = session.Session(str(store / "chdb"))
        self.version = f"chDB {chdb.__version__}"
        self.final = False

    def run(self, text, form="JSONCompactEachRow"):
        return self.session.query(f"{text} SETTINGS max_threads = {THREADS}", form)

    def load(self):
        self.session.query("CREATE DATABASE bench")
        self.session.query("USE bench")
        self.session.query(TABLE)
        self.run(f"INSERT INTO obs_w SELECT * FROM file('{self.data / 'returns.parquet'}', Parquet)")
        self.session.query("OPTIMIZE TABLE obs_w FINAL")
        # A correction is a whole new row; the province and district come from the old one.
        self.session.query("CREATE TABLE place ENGINE = Memory AS SELECT DISTINCT comm, dist, prov FROM obs_w")
        place = {comm: (prov, dist) for comm, dist, prov in lines(self.run("SELECT comm, dist, prov FROM place"))}
        self.corrections = [
            (ind, per, *place[comm], comm, sex, age, value)
            for ind, per, comm, sex, age, value in codes.corrections(self.data)
        ]

    def rows(self, query):
        text = sql.WIDE[query]
        return lines(self.run(text.replace("FROM obs_w", "FROM obs_w FINAL") if self.final else text))

    def build_cube(self):
        for table, select in sql.CUBE.items():
            self.session.query(f"DROP TABLE IF EXISTS {table}")
            # A SETTINGS clause after UNION ALL would belong to its last part only.
            self.session.query(f"CREATE TABLE {table} ENGINE = Memory AS SELECT * FROM ({select})")

    def cube_check(self):
        return lines(self.run(sql.CUBE_CHECK.replace("DOUBLE PRECISION", "Float64")))[0]

    def correct(self, step):
        self.final = True  # from now on two versions of a row may stand in the table
        values = ",".join(str((*row[:-1], row[-1] + step)) for row in self.corrections)
        self.session.query(f"INSERT INTO obs_w VALUES {values}")

    def close(self):
        self.session.close()


def lines(result):
    return [json.loads(line) for line in str(result).splitlines() if line]
