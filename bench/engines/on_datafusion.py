"""DataFusion on one wide Parquet file, sorted. It has no row update: corrections rewrite the file."""

import os

import datafusion
import pyarrow as pa

from . import THREADS, codes, sql
from .measure import Engine

COLUMNS = ["ind", "per", "prov", "dist", "comm", "sex", "age"]
KEYS = ["ind", "per", "comm", "sex", "age"]
TYPES = [pa.int16(), pa.int32(), pa.int32(), pa.int8(), pa.int8(), pa.int32()]


def open(data, store, variant):
    return DataFusion(data, store)


class DataFusion(Engine):
    def __init__(self, data, store):
        self.data, self.store = data, store
        config = datafusion.SessionConfig().with_target_partitions(THREADS)
        self.context = datafusion.SessionContext(config)
        self.version = f"DataFusion {datafusion.__version__}"
        self.corrections = codes.corrections(data)

    def load(self):
        self.context.register_parquet("obs_w", str(self.data / "returns.parquet"))

    def rows(self, query):
        return fetch(self.context.sql(sql.WIDE[query]))

    def build_cube(self):
        for table, select in sql.CUBE.items():
            self.context.sql(f"DROP TABLE IF EXISTS {table}").collect()
            self.context.sql(f"CREATE TABLE {table} AS {select}").collect()

    def cube_check(self):
        return fetch(self.context.sql(sql.CUBE_CHECK))[0]

    def correct(self, step):
        *keys, values = zip(*self.corrections)
        columns = [*keys, [value + step for value in values]]
        # Of the same types as the file: with casts in the join this version fails to plan the sort.
        table = pa.table([pa.array(column, kind) for column, kind in zip(columns, TYPES)], KEYS + ["value"])
        self.context.sql("DROP TABLE IF EXISTS correction").collect()
        self.context.register_record_batches("correction", [table.to_batches()])
        match = " AND ".join(f"o.{key} = c.{key}" for key in KEYS)
        kept = ", ".join(f"o.{column}" for column in COLUMNS)
        joined = (
            f"SELECT {kept}, COALESCE(c.value, o.value) AS value "
            f"FROM obs_w o LEFT JOIN correction c ON {match}"
        )
        select = f"SELECT * FROM ({joined}) ORDER BY {', '.join(KEYS)}"
        file = self.store / f"datafusion-{step}.parquet"
        self.context.sql(f"COPY ({select}) TO '{file}' STORED AS PARQUET OPTIONS ('compression' 'zstd(1)')").collect()
        with file.open("rb") as written:
            os.fsync(written.fileno())
        self.context.deregister_table("obs_w")
        self.context.register_parquet("obs_w", str(file))
        (self.store / f"datafusion-{step - 1}.parquet").unlink(missing_ok=True)


def fetch(frame):
    return [tuple(row.values()) for batch in frame.collect() for row in batch.to_pylist()]
