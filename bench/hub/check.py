#!/usr/bin/env python3
"""Answers queries.sql with DuckDB over the partitioned files and compares other answers with it.

    check.py PARTITIONED             prints DuckDB's rows, and checks them against one another
    check.py PARTITIONED ANSWERS...  compares files of rows printed by the hub's client; exit code 1 on a difference

Refuses to time anything: the client and this program are not measured alike.
"""

import sys
from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parent


def main(data, *answers):
    expected = by_duckdb(Path(data))
    consistent(expected)
    for name, rows in expected.items():
        print(f"DuckDB {name}: {len(rows)} rows, the first {rows[0]}")
    wrong = 0
    for answer in answers:
        given = read(Path(answer))
        for name, rows in expected.items():
            same = agree(given.get(name, []), rows)
            print(f"{Path(answer).name} {name}: {'agrees' if same else 'DIFFERS'}")
            wrong += not same
    sys.exit(wrong > 0)


def by_duckdb(data):
    """Rows of every query as sorted tuples of strings and numbers."""
    database = duckdb.connect()
    database.execute(
        f"CREATE VIEW hub AS SELECT * FROM read_parquet('{data}/*/*/*/*.parquet', hive_partitioning = true)"
    )
    return {name: sorted(database.execute(statement).fetchall()) for name, statement in queries().items()}


def queries():
    lines = (HERE / "queries.sql").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("--"))


def consistent(rows):
    """The scorecard and the first query must tell the same total for indicator 7, or the statements are wrong."""
    of_seven = sum(row[-1] for row in rows["Q4"] if row[1] == 7)
    if of_seven != sum(row[-1] for row in rows["Q1"]):
        raise SystemExit("Q1 and Q4 differ in the total of indicator 7; look at queries.sql.")


def read(path):
    """Lines of the client: the name of a query, then its cells, separated by tabs."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, *cells = line.split("\t")
        found.setdefault(name, []).append(tuple(value(cell) for cell in cells))
    return {name: sorted(rows) for name, rows in found.items()}


def value(cell):
    try:
        return int(cell)
    except ValueError:
        pass
    try:
        return float(cell)
    except ValueError:
        return cell


def agree(given, expected):
    return len(given) == len(expected) and all(
        len(ours) == len(theirs) and all(map(same, ours, theirs)) for ours, theirs in zip(given, expected)
    )


def same(ours, theirs):
    if isinstance(ours, float) or isinstance(theirs, float):
        return abs(ours - theirs) <= 1e-9 * max(abs(ours), abs(theirs))
    return ours == theirs


if __name__ == "__main__":
    main(*sys.argv[1:])
