#!/usr/bin/env python3
"""Writes returns.parquet as folders country=/year=/indicator= for several synthetic countries.

Country C1 is the national load itself; C2, C3 … are the same cells, each value raised by 1, 2 … Refuses to overwrite.
"""

import argparse
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

KEPT = ["per", "prov", "dist", "comm", "sex", "age", "value"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder written by national.py")
    parser.add_argument("out", type=Path, help="new folder for the partitioned files")
    parser.add_argument("--countries", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.out.exists():
        raise SystemExit(f"{arguments.out} exists already; name a new folder or remove it.")
    # One row group of returns.parquet after another, so that memory holds one indicator.
    file = pyarrow.parquet.ParquetFile(arguments.data / "returns.parquet")
    written = 0
    for group in range(file.num_row_groups):
        table = file.read_row_group(group)
        for indicator in pc.unique(table["ind"]).to_pylist():
            rows = table.filter(pc.equal(table["ind"], indicator))
            written += write_indicator(arguments.out, indicator, rows, arguments.countries, group)
    print(f"{written} files in {arguments.out}")


def write_indicator(out, indicator, rows, countries, group):
    years = pc.divide(rows["per"], pa.scalar(10, pa.int32()))
    written = 0
    for year in pc.unique(years).to_pylist():
        part = rows.filter(pc.equal(years, year)).select(KEPT)
        for country in range(countries):
            folder = out / f"country=C{country + 1}" / f"year={year}" / f"indicator={indicator}"
            folder.mkdir(parents=True, exist_ok=True)
            raised = pc.add(part["value"], pa.scalar(country, pa.int32()))
            table = part.set_column(part.schema.get_field_index("value"), "value", raised)
            # An indicator may lie in two row groups; each gets its own file.
            pyarrow.parquet.write_table(table, folder / f"part-{group}.parquet", compression="zstd")
            written += 1
    return written


if __name__ == "__main__":
    main()
