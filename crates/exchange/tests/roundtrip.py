#!/usr/bin/env python3
"""Reads the export of `examples/small.rs` in every format with DuckDB and pandas; all must tell the same."""

import json
import sqlite3
import sys
from pathlib import Path

import duckdb
import frictionless
import pandas
import pyarrow.parquet

# Known from crates/exchange/tests/small: all rows, their sum, and what may be summed.
ROWS, SUM, PLAIN = 52, 1268.5, 1223.5
TABLES = ["observations", "answers_missing", "areas", "indicators", "targets", "evidence", "returns"]


def main():
    out = Path(sys.argv[1])
    readers = {
        "CSV, DuckDB": lambda table: duck(f"read_csv('{out}/csv/{table}.csv', header = true, all_varchar = false)"),
        "CSV, pandas": lambda table: pandas.read_csv(out / "csv" / f"{table}.csv"),
        "SQLite, pandas": lambda table: sqlite(out / "sqlite" / "plan.sqlite", table),
        "Parquet, DuckDB": lambda table: duck(f"'{out}/parquet/{table}.parquet'"),
        "Parquet, pandas": lambda table: pandas.read_parquet(out / "parquet" / f"{table}.parquet"),
        "partitions, DuckDB": lambda table: duck(parts(out, table)),
        "partitions, pandas": lambda table: pandas.read_parquet(whole(out, table)),
    }
    counts = {name: [len(read(table)) for table in TABLES] for name, read in readers.items()}
    for name, read in readers.items():
        check(f"{name}: rows of each table", counts[name], counts["CSV, DuckDB"])
        check_observations(name, read("observations"))
        areas = read("areas")
        check(f"{name}: Khmer", areas[areas["id"] == "KH"]["name_km"].tolist(), ["កម្ពុជា"])
    check_descriptions(out)
    print(f"{len(readers)} ways of reading agree on {len(TABLES)} tables")


def check_observations(name, rows):
    flag = rows["beside"].astype(bool)
    check(f"{name}: count and sum", (len(rows), rows["value"].sum()), (ROWS, SUM))
    check(f"{name}: sum without what stands beside", rows[~flag]["value"].sum(), PLAIN)
    check(f"{name}: illustrative", int(rows["illustrative"].astype(bool).sum()), 15)
    cell = rows[(rows["indicator"] == "RAR-04") & (rows["area"] == "KH-01") & (rows["period"] == "2024Q1")]
    cell = cell[(cell["sex"] == "sex.f") & (cell["age"] == "age.60+")]
    check(f"{name}: a cell", cell["value"].tolist(), [5.0])
    check(f"{name}: its year", cell["year"].astype(int).tolist(), [2024])
    check(f"{name}: its last day", cell["period_end"].astype(str).str.slice(0, 10).tolist(), ["2024-03-31"])
    ratio = rows[(rows["indicator"] == "PAR-13")]
    check(f"{name}: a ratio", 100 * ratio["value"].sum() / ratio["base"].sum(), 100 * 9.5 / 30)
    check(f"{name}: not broken down", int(rows[rows["indicator"] == "PAR-03"]["sex"].notna().sum()), 0)


def check_descriptions(out):
    report = frictionless.validate(str(out / "csv" / "datapackage.json"))
    check("Frictionless finds the CSV files valid", report.flatten(["type", "note"]), [])
    metadata = pyarrow.parquet.ParquetFile(out / "parquet" / "observations.parquet").metadata.metadata
    check("Parquet knows its ledger", metadata[b"romduol.ledger_hash"], b"00ff")
    check("Parquet knows its columns", b"never be summed" in metadata[b"column.beside"], True)
    for name in ["csv", "sqlite", "parquet", "partitioned"]:
        package = json.loads((out / name / "datapackage.json").read_text(encoding="utf-8"))
        check(f"{name}: a row count", package["resources"][0]["rows"], ROWS)
        for resource in package["resources"]:
            paths = resource["path"] if isinstance(resource["path"], list) else [resource["path"]]
            check(f"{name}: files of {resource['name']}", [p for p in paths if not (out / name / p).is_file()], [])
        check(f"{name}: codebook", "| `beside` |" in (out / name / "codebook.md").read_text(encoding="utf-8"), True)
    with sqlite3.connect(out / "sqlite" / "plan.sqlite") as file:
        check("SQLite is whole", file.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        check("SQLite knows its date", file.execute("SELECT value FROM _about WHERE key = 'date'").fetchone(), ("2026-11-23",))


def duck(source):
    return duckdb.sql(f"SELECT * FROM {source}").df()


def sqlite(path, table):
    with sqlite3.connect(path) as file:
        return pandas.read_sql(f'SELECT * FROM "{table}"', file)


def parts(out, table):
    if table == "observations":
        return f"read_parquet('{out}/partitioned/observations/**/*.parquet', hive_partitioning = true)"
    return f"'{out}/partitioned/{table}.parquet'"


def whole(out, table):
    return out / "partitioned" / (table if table == "observations" else f"{table}.parquet")


def check(what, got, wanted):
    if got != wanted:
        raise SystemExit(f"{what}: {got} instead of {wanted}")


if __name__ == "__main__":
    main()
