"""Opens the tables of an edition with LibreOffice, saves them as its own format, and compares every cell with the file: numbers
are numbers, Khmer is Khmer. Called by .ci/opendata with the folder of an edition. Needs soffice."""

import csv
import io
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

from lxml import etree

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# Comma, quotation mark, UTF-8, from the first line: what a person leaves as it is in the window that asks.
CSV = "--infilter=CSV:44,34,76,1"


def convert(files, out, profile, *more):
    command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", *more, "--convert-to", "ods", "--outdir", out]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=120)


def saved(path):
    """The cells of each sheet that LibreOffice has written, without empty ones at the end."""
    for table in etree.fromstring(zipfile.ZipFile(path).read("content.xml")).iter(TABLE + "table"):
        rows = []
        for row in table.iter(TABLE + "table-row"):
            cells = []
            for cell in row.iter(TABLE + "table-cell", TABLE + "covered-table-cell"):
                kind, text = cell.get(OFFICE + "value-type"), "\n".join("".join(p.itertext()) for p in cell.findall(TEXT + "p"))
                value = float(cell.get(OFFICE + "value")) if kind in ("float", "percentage") else text
                cells += [value] * (int(cell.get(TABLE + "number-columns-repeated", "1")) if kind else min(
                    int(cell.get(TABLE + "number-columns-repeated", "1")), 100))
            rows += [cells] * min(int(row.get(TABLE + "number-rows-repeated", "1")), 100)
        yield rows


def of_book(path):
    """The cells of each sheet of a workbook: numbers as numbers, everything else as text."""
    book = zipfile.ZipFile(path)
    words = ["".join(text.text or "" for text in item.iter(SHEET + "t"))
             for item in etree.fromstring(book.read("xl/sharedStrings.xml")).iter(SHEET + "si")]
    for name in sorted(name for name in book.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)):
        rows = []
        for row in etree.fromstring(book.read(name)).iter(SHEET + "row"):
            rows += [[] for _ in range(int(row.get("r")) - len(rows))]
            for cell in row.iter(SHEET + "c"):
                value = cell.find(SHEET + "v")
                letters = re.match("[A-Z]+", cell.get("r")).group()
                assert len(letters) == 1, letters
                rows[-1] += [""] * (ord(letters) - ord("A") + 1 - len(rows[-1]))
                if value is not None:
                    rows[-1][-1] = words[int(value.text)] if cell.get("t") == "s" else float(value.text)
        yield rows


def same(held, wanted):
    if isinstance(wanted, float):
        return isinstance(held, float) and abs(held - wanted) <= 1e-9 * max(1, abs(wanted))
    if isinstance(held, float):
        return re.fullmatch(r"-?\d+(\.\d+)?", wanted) is not None and same(held, float(wanted))
    # It takes the words of logic for its own.
    return held == wanted or (wanted in ("true", "false") and held == wanted.upper())


def compare(name, held, wanted):
    count = khmer = numbers = 0
    for n, row in enumerate(wanted):
        told = held[n] if n < len(held) else []
        for column, cell in enumerate(row):
            there = told[column] if column < len(told) else ""
            assert same(there, cell), f"{name}, row {n + 1}, column {column + 1}: {cell!r} became {there!r}"
            count, khmer = count + 1, khmer + bool(re.search("[\u1780-\u17ff]", str(cell)))
            numbers += isinstance(there, float)
    return count, khmer, numbers


def main(site):
    tables = [site / "sdmx/data.csv", *sorted((site / "data").rglob("*.csv"))]
    books = [site / "report-en.xlsx", site / "report-km.xlsx"]
    sums = [0, 0, 0]
    with tempfile.TemporaryDirectory() as folder:
        out, profile = pathlib.Path(folder) / "out", pathlib.Path(folder) / "profile"
        convert(tables, out, profile, CSV)
        convert(books, out, profile)
        for file in tables:
            wanted = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
            sums = [a + b for a, b in zip(sums, compare(file.name, next(saved(out / f"{file.stem}.ods")), wanted))]
        for file in books:
            for n, (held, wanted) in enumerate(zip(saved(out / f"{file.stem}.ods"), of_book(file), strict=True)):
                sums = [a + b for a, b in zip(sums, compare(f"{file.name}, sheet {n + 1}", held, wanted))]
    count, khmer, numbers = sums
    assert khmer > 1000 and numbers > 1000, sums
    # Without this the comparison might take anything for the same.
    assert not same("áž€áž˜áŸ’áž–", "កម្ព") and not same(1.5, "1.6") and not same("", "5")
    print(f"LibreOffice: {count} cells in {len(tables)} tables and {len(books)} workbooks, {numbers} numbers, {khmer} in Khmer")


main(pathlib.Path(sys.argv[1]).resolve())
