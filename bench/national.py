#!/usr/bin/env python3
"""Writes the national load: OUT/plan, OUT/returns.csv, OUT/returns.parquet and OUT/corrections.csv.

1,652 communes x 20 quarters x 12 categories x 10 or 100 indicators, 5 % of the cells missing. Everything is invented,
and the same for the same seed and numpy version. Refuses to be taken for data of any real place or measure.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

import synthetic_plan as plan

SEED = 20210101
QUARTERS = [(year, quarter) for year in range(2021, 2026) for quarter in range(1, 5)]
CATEGORIES = [(sex, age) for sex, _ in plan.SEXES for age, _ in plan.AGES]
MISSING = np.uint16(65535)
MISSING_SHARE = 0.05
HEADER = "form,area,period,indicator,sex,age,value\n"
CORRECTIONS, CORRECTIONS_OF_7 = 1000, 100


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--indicators", type=int, default=10, choices=[10, 100], help="10: scale 4m, 100: scale 40m")
    arguments = parser.parse_args()
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    plan.write(out / "plan", arguments.indicators)
    communes = communes_in_order(plan.areas())
    values = draw(arguments.indicators, len(communes))
    write_parquet(out / "returns.parquet", values, communes)
    write_csv(out / "returns.csv", values, communes)
    write_corrections(out / "corrections.csv", values, communes)
    present = values != MISSING
    summary = {
        "indicators": arguments.indicators,
        "rows": int(present.sum()),
        "sum": int(values.sum(where=present, dtype=np.int64)),
        "sha256_of_corrections": hashlib.sha256((out / "corrections.csv").read_bytes()).hexdigest(),
    }
    (out / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    print(json.dumps(summary))


def communes_in_order(areas):
    """Communes depth first: (id, province, district, commune), the last three as the numbers of the codes."""
    parents = {area["id"]: area["parent"] for area in areas}
    rows = [
        (area["id"], code(parents[area["parent"]]), code(area["parent"]), code(area["id"]))
        for area in areas
        if area["level"] == "commune"
    ]
    return sorted(rows, key=lambda row: row[1:])


def code(area):
    return int(area.removeprefix("KH-"))


def draw(indicators, communes):
    """Counts by indicator, quarter, commune, category; MISSING where nothing was reported.

    Every indicator has its own stream of random numbers, so the ten of the small scale are the first of the large.
    """
    effects = np.random.default_rng([SEED, 0])
    by_commune = effects.normal(0, 0.6, communes)
    by_category = effects.normal(0, 0.4, len(CATEGORIES))
    by_indicator = effects.normal(1.5, 0.8, 100)
    shape = (len(QUARTERS), communes, len(CATEGORIES))
    values = np.empty((indicators, *shape), np.uint16)
    for number in range(indicators):
        stream = np.random.default_rng([SEED, number + 1])
        growth = stream.normal(0.01, 0.01) * np.arange(len(QUARTERS))
        rate = np.exp(by_indicator[number] + growth[:, None, None] + by_commune[:, None] + by_category)
        counts = np.minimum(stream.poisson(rate, shape), MISSING - 1)
        values[number] = np.where(stream.random(shape) < MISSING_SHARE, MISSING, counts)
    return values


def write_parquet(path, values, communes):
    """Integer columns in the order indicator, quarter, commune, category: the best case of a column engine."""
    _, quarters, places, categories = values.shape
    province, district, commune = (np.array(column) for column in list(zip(*communes))[1:])
    per = [year * 10 + quarter for year, quarter in QUARTERS]
    cells = quarters * places * categories
    columns = {
        "per": np.repeat(np.array(per, np.int32), places * categories),
        "prov": np.tile(np.repeat(province.astype(np.int16), categories), quarters),
        "dist": np.tile(np.repeat(district.astype(np.int16), categories), quarters),
        "comm": np.tile(np.repeat(commune.astype(np.int32), categories), quarters),
        "sex": np.tile(np.repeat(np.array([1, 2], np.int8), len(plan.AGES)), quarters * places),
        "age": np.tile(np.arange(1, len(plan.AGES) + 1, dtype=np.int8), quarters * places * 2),
    }
    writer = None
    for number, block in enumerate(values, start=1):
        block = block.reshape(cells)
        present = block != MISSING
        table = pa.table(
            {"ind": np.full(int(present.sum()), number, np.int16)}
            | {name: column[present] for name, column in columns.items()}
            | {"value": block[present].astype(np.int32)}
        )
        # The page index lets DataFusion skip the pages of other provinces: a fourth of the time in Q3.
        writer = writer or pa.parquet.ParquetWriter(path, table.schema, compression="zstd", write_page_index=True)
        writer.write_table(table)
    writer.close()


def write_csv(path, values, communes):
    """Rows as they arrive: quarter by quarter, and in it the returns of the communes one after another."""
    indicators, _, _, categories = values.shape
    area = dictionary([commune[0] for commune in communes])
    indicator = dictionary([plan.indicator_id(number + 1) for number in range(indicators)])
    sex, age = (dictionary([pair[part] for pair in CATEGORIES]) for part in (0, 1))
    block_places = 256  # keeps the text of one block in the tens of megabytes
    with open(path, "wb") as file:
        file.write(HEADER.encode())
        for quarter, (year, part) in enumerate(QUARTERS):
            for start in range(0, len(communes), block_places):
                block = values[:, quarter, start : start + block_places].transpose(1, 0, 2)
                place, number, category = np.nonzero(block != MISSING)
                fields = [
                    dictionary([plan.FORM]).take(pa.array(np.zeros(len(place), np.int8))),
                    area.take(pa.array(place + start)),
                    dictionary([f"{year}Q{part}"]).take(pa.array(np.zeros(len(place), np.int8))),
                    indicator.take(pa.array(number)),
                    sex.take(pa.array(category)),
                    age.take(pa.array(category)),
                    pa.array(block[block != MISSING]),
                ]
                write_rows(file, fields)


def dictionary(words):
    return pa.array(words, pa.string())


def write_rows(file, fields):
    batch = pa.record_batch(fields, names=HEADER.strip().split(","))
    options = pa.csv.WriteOptions(include_header=False, quoting_style="none", batch_size=1 << 16)
    pa.csv.write_csv(batch, file, options)


def write_corrections(path, values, communes):
    """1,000 reported cells in random order, 100 of them of indicator 7, with the value they have now plus one."""
    stream = np.random.default_rng([SEED, 1000])
    indicators, quarters, places, categories = values.shape
    reported = np.flatnonzero(values.reshape(indicators, -1) != MISSING)
    seventh = reported[reported // (quarters * places * categories) == 6]
    others = reported[reported // (quarters * places * categories) != 6]
    chosen = np.concatenate([
        stream.choice(seventh, CORRECTIONS_OF_7, replace=False),
        stream.choice(others, CORRECTIONS - CORRECTIONS_OF_7, replace=False),
    ])
    stream.shuffle(chosen)
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEADER)
        for number, quarter, place, category in zip(*np.unravel_index(chosen, values.shape)):
            (year, part), (sex, age) = QUARTERS[quarter], CATEGORIES[category]
            value = int(values[number, quarter, place, category]) + 1
            unit = f"{plan.FORM},{communes[place][0]},{year}Q{part}"
            file.write(f"{unit},{plan.indicator_id(number + 1)},{sex},{age},{value}\n")


if __name__ == "__main__":
    main()
