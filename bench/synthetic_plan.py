"""The plan package of the national load: real places, synthetic everything else, marked so in every title and source.

Takes names and codes of places from plans/cambodia-wps and the columns of every file from there too, so that a new
column of the package shows up here without a change. Refuses to invent Khmer and to know about numbers (national.py).
"""

import csv
import json
from pathlib import Path

PLANS = Path(__file__).resolve().parent.parent / "plans"
SHAPE = PLANS / "cambodia-wps"
ID = "synthetic-national"
SOURCE = "Synthetic: made by bench/national.py to measure speed; describes no real measure"
OFFICE = "SYN-OFFICE"
FORM = "commune-quarter"

SEXES = [("sex.f", "Women"), ("sex.m", "Men")]
AGES = [
    ("age.0-17", "0–17"),
    ("age.18-24", "18–24"),
    ("age.25-34", "25–34"),
    ("age.35-44", "35–44"),
    ("age.45-59", "45–59"),
    ("age.60+", "60 and over"),
]

# The earlier figures of other engines were taken on 25 provinces, 209 districts and 1,652 communes. The package has
# the same communes in 210 districts, so one district is left out and its nine communes stand under its neighbour.
LEFT_OUT, NEIGHBOUR = "KH-1408", "KH-1407"
EXPECTED = {"country": 1, "province": 25, "district": 209, "commune": 1652}


def areas():
    """Rows of areas.csv, every child after its parent."""
    rows = [row for row in read("areas") if row["id"] != LEFT_OUT]
    for row in rows:
        if row["parent"] == LEFT_OUT:
            row["parent"] = NEIGHBOUR
    counts = {level: sum(row["level"] == level for row in rows) for level in EXPECTED}
    if counts != EXPECTED:
        raise SystemExit(f"plans/cambodia-wps/areas.csv gives {counts}, expected {EXPECTED}; mend synthetic_plan.py.")
    return rows


def indicator_id(number):
    return f"SYN-{number:03}"


def write(folder, indicators):
    """Writes all files of the package for that number of indicators."""
    folder.mkdir(parents=True, exist_ok=True)
    places = areas()
    rows = {
        "plans": [plan()],
        "areas": places,
        "institutions": [office()],
        "dimensions": [dimension("sex", "Sex"), dimension("age", "Age")],
        "categories": categories(),
        "nodes": [
            node("SYN-P", "pillar", "", "Synthetic pillar"),
            node("SYN-O", "outcome", "SYN-P", "Synthetic outcome"),
        ],
        "indicators": [indicator(number) for number in range(1, indicators + 1)],
        "forms": [form()],
        "assignments": [assignment(place["id"]) for place in places if place["level"] == "commune"],
    }
    descriptor = json.loads((SHAPE / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["name"] = ID
    text = json.dumps(descriptor, ensure_ascii=False, indent=2)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")
    for resource in descriptor["resources"]:
        write_sheet(folder, resource, rows.get(resource["name"], []))


def read(kind):
    with open(SHAPE / f"{kind}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_sheet(folder, resource, rows):
    columns = [field["name"] for field in resource["schema"]["fields"]]
    with open(folder / resource["path"], "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def plan():
    return {
        "id": ID,
        "title": "Synthetic national load (not a plan)",
        "description": "Made to measure speed. The places are real, except that the communes of district 1408 stand "
        "under 1407; the indicators and all numbers are invented and mean nothing.",
        "secretariat": OFFICE,
        "area": "KH",
        "map_level": "province",
        "first_year": "2021",
        "last_year": "2025",
        "source": SOURCE,
    }


def office():
    return {
        "id": OFFICE,
        "name": "Synthetic office that reports for every commune",
        "kind": "authority",
        "engagement": "not stated",
        "engagement_inferred": "true",
        "khmer": "draft",
        "source": SOURCE,
    }


def dimension(id, name):
    return {"id": id, "name": name, "additivity": "partition", "version": "1", "source": SOURCE}


def categories():
    return [
        {"id": id, "dimension": id.split(".")[0], "name": name, "order": str(order)}
        for order, (id, name) in enumerate(SEXES + AGES, start=1)
    ]


def node(id, level, parents, title):
    return {"id": id, "level": level, "parents": parents, "title": title, "khmer": "draft", "source": SOURCE}


def indicator(number):
    return {
        "id": indicator_id(number),
        "name": f"Synthetic count {number}",
        "definition": "Counts nothing: random numbers to measure speed.",
        "khmer": "draft",
        "kind": "count",
        "unit": "people",
        "time": "sum",
        "place": "sum",
        "dimensions": "sex;age",
        "direction": "neutral",
        "owner": OFFICE,
        "nodes": "SYN-O",
        "level": "output",
        "training": "false",
        "frequency": "quarter",
        "form": FORM,
        "data_source": "Synthetic",
        "class": "public",
        "k": "0",
        "floor": "commune",
        "source": SOURCE,
    }


def form():
    return {
        "id": FORM,
        "name": "Synthetic form of a commune, every quarter",
        "audience": "area",
        "frequency": "quarter",
        "due_days": "15",
        "chain": "province;secretariat",
        "source": SOURCE,
    }


def assignment(area):
    return {"id": f"{FORM}.{area}", "form": FORM, "institution": OFFICE, "area": area, "from": "2021Q1"}
