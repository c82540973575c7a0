"""Ids of the package as the whole numbers the engines use, and the corrections in both. Refuses to know engines."""

import csv
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import synthetic_plan as plan  # noqa: E402 - the folder above is not a package

NUMBERS = {id: number for ids in (plan.SEXES, plan.AGES) for number, (id, _) in enumerate(ids, start=1)}


def number(key):
    """`SYN-007` is 7, `KH-0201` 201, `2024Q3` 20243, `sex.f` 1, `age.0-17` 1; a number stays what it is."""
    if not isinstance(key, str):
        return int(key)
    if key in NUMBERS:
        return NUMBERS[key]
    if match := re.fullmatch(r"(\d{4})Q([1-4])", key):
        return int(match[1] + match[2])
    if match := re.fullmatch(r"(?:SYN|KH)-(\d+)", key):
        return int(match[1])
    raise ValueError(f"“{key}” is not an id of the synthetic package.")


def corrections(data):
    """Rows of corrections.csv as (ind, per, comm, sex, age, value)."""
    with open(data / "corrections.csv", encoding="utf-8", newline="") as file:
        keys = ("indicator", "period", "area", "sex", "age")
        return [(*(number(row[key]) for key in keys), int(row["value"])) for row in csv.DictReader(file)]


def category(sex, age):
    """The number of a category of the normalised tables: 1 to 12, ages inside sexes."""
    return (sex - 1) * len(plan.AGES) + age
