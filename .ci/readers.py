"""Reads every table and every JSON of an edition with DuckDB and pandas, as people do who know no SDMX. Called by .ci/opendata
with the folder of an edition."""

import pathlib
import sys

import duckdb
import pandas

SITE = pathlib.Path(sys.argv[1])
TABLES = [SITE / "sdmx/data.csv", *sorted((SITE / "data").rglob("*.csv"))]
DOCUMENTS = ["edition.json", "data/places.geojson", "sdmx/data.json", "sdmx/structure.json", "datapackage.json", "dcat.jsonld"]

for file in TABLES:
    by_duckdb, by_pandas = duckdb.read_csv(str(file)), pandas.read_csv(file)
    assert by_duckdb.shape == by_pandas.shape and by_duckdb.columns == list(by_pandas.columns), file
    # The mark that spreadsheets want is no part of the first name.
    assert by_pandas.columns[0].isascii(), file
    if "OBS_VALUE" in by_pandas:
        assert str(dict(zip(by_duckdb.columns, by_duckdb.types))["OBS_VALUE"]) == "DOUBLE" and by_pandas["OBS_VALUE"].dtype == "float64"

facts = duckdb.read_csv(str(SITE / "data/observations.csv"))
told = pandas.read_csv(SITE / "sdmx/data.csv")
(shown, hidden), = duckdb.sql("SELECT count(OBS_VALUE), count(*) FILTER (OBS_VALUE IS NULL) FROM facts").fetchall()
assert (shown, hidden) == (told["OBS_VALUE"].notna().sum(), told["OBS_VALUE"].isna().sum()) and hidden > 20

# Names and outlines are joined by the codes.
named = f"SELECT count(*) FROM facts JOIN read_csv('{SITE}/data/codes/CL_AREA.csv') ON id = REF_AREA WHERE name_km <> ''"
assert duckdb.sql(named).fetchall() == [(shown + hidden,)]
drawn = f"""SELECT count(DISTINCT REF_AREA) FROM facts JOIN (SELECT unnest(features) AS feature
    FROM read_json('{SITE}/data/places.geojson', maximum_object_size=99999999)) ON feature.properties.REF_AREA = REF_AREA"""
(places,), = duckdb.sql(drawn).fetchall()
assert places > 20, places
for name in DOCUMENTS:
    assert duckdb.read_json(str(SITE / name), maximum_object_size=99_999_999).shape[0] == 1, name
print(f"DuckDB and pandas: {shown} numbers and {hidden} hidden in {len(TABLES)} tables, {places} places with outlines")
