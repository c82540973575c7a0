"""Polars on a wide frame in memory, sorted. It has no row update: corrections rewrite the Parquet file."""

import os
from functools import reduce

import polars as pl

from . import THREADS, codes
from .measure import Engine

KEYS = ["ind", "per", "comm", "sex", "age"]


def open(data, store, variant):
    return Polars(data, store)


class Polars(Engine):
    def __init__(self, data, store):
        self.data, self.file = data, store / "polars.parquet"
        self.version = f"Polars {pl.__version__}"
        assert pl.thread_pool_size() <= THREADS, f"start with POLARS_MAX_THREADS={THREADS}"

    def load(self):
        self.frame = pl.read_parquet(self.data / "returns.parquet")
        types = {key: self.frame.schema[key] for key in KEYS}
        self.corrections = pl.DataFrame(
            codes.corrections(self.data), schema=types | {"correct": pl.Int32}, orient="row"
        )

    def rows(self, query):
        frame = self.frame.lazy()
        where, by = {
            "Q1": (pl.col("ind") == 7, ["per", "sex"]),
            "Q2": ((pl.col("ind") == 7) & (pl.col("per") == 20243), ["prov"]),
            "Q3": ((pl.col("prov") == 2) & (pl.col("per") == 20243), ["ind", "sex", "dist"]),
            "Q4": (None, ["ind", "per"]),
        }[query]
        if where is not None:
            frame = frame.filter(where)
        return grouped(frame, by, "value").sort(by).collect().rows()

    def build_cube(self):
        base = total(self.frame, ["ind", "per", "prov", "dist", "sex", "age"], "value")
        by_province = total(base, ["ind", "per", "prov", "sex", "age"])
        nation = total(by_province, ["ind", "per", "sex", "age"])
        units = stack(
            base.drop("prov").rename({"dist": "org"}),
            by_province.rename({"prov": "org"}),
            nation.with_columns(zero("org", pl.Int16)),
        )
        by_sex = total(units, ["ind", "per", "org", "sex"])
        self.cube = stack(
            units,
            by_sex.with_columns(zero("age", pl.Int8)),
            total(units, ["ind", "per", "org", "age"]).with_columns(zero("sex", pl.Int8)),
            total(by_sex, ["ind", "per", "org"]).with_columns(zero("sex", pl.Int8), zero("age", pl.Int8)),
        )

    def cube_check(self):
        sums = self.cube["s"].cast(pl.Float64)
        return self.cube.height, self.cube["s"].sum(), (sums * sums / 1000).sum()

    def correct(self, step):
        changed = self.corrections.with_columns(pl.col("correct") + step)
        self.frame = (
            self.frame.join(changed, on=KEYS, how="left", maintain_order="left")
            .with_columns(value=pl.coalesce("correct", "value"))
            .drop("correct")
        )
        self.frame.write_parquet(self.file)
        with self.file.open("rb") as file:
            os.fsync(file.fileno())


def total(frame, by, column="s"):
    # Through a lazy frame, because grouping a frame directly is a fifth slower.
    return grouped(frame.lazy(), by, column).collect()


def grouped(frame, by, column):
    return frame.group_by(by).agg(pl.col(column).sum().cast(pl.Int64).alias("s"))


def zero(name, kind):
    return pl.lit(0, kind).alias(name)


def stack(*frames):
    columns = ["ind", "per", "org", "sex", "age", "s"]
    return reduce(lambda above, below: above.vstack(below), [frame.select(columns) for frame in frames])
