"""Writes what was measured as one Markdown table with the machine it ran on, and keeps RESULTS.md, a section a scale.

Refuses to round a figure into a claim: ratios are of CPU time, and the load average stands above them.
"""

import datetime
import os
import platform
import re
from pathlib import Path

from reference import QUERIES

NAME = "Romduol"
HEAD = """# Results

Written by `bench/compare --write`; each section is one run of it. What the queries are, how CPU time is taken and what
is not claimed stands in `README.md`.
"""


class Load:
    """The load average of one minute, taken before every engine and at the end."""

    def __init__(self):
        self.samples = []

    def sample(self):
        self.samples.append(os.getloadavg()[0])

    def __str__(self):
        return f"{min(self.samples):.1f} to {max(self.samples):.1f}"


def scale(rows):
    return "40m" if rows > 10_000_000 else "4m"


def section(outcomes, rows, load):
    ran = [outcome for outcome in outcomes if outcome.lines]
    versions = sorted({o.version for o in ran if o.version} | {f"Python {platform.python_version()}"})
    text = [
        f"## {scale(rows)}: {rows:,} observations",
        "",
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC. {machine()}. Load average while it ran: {load}.",
        "",
        f"Versions: {'; '.join(versions)}.",
        "",
        *table(ran),
        "",
        f"“times” is CPU time as a multiple of {basis(ran)}. Read differences below 1.5 times as a tie.",
    ]
    skipped = [f"{outcome.title}: {outcome.skipped}." for outcome in outcomes if outcome.skipped]
    wrong = [f"{outcome.title}: {text}." for outcome in outcomes for text in outcome.wrong]
    text += ["", *(f"- Skipped: {line}" for line in skipped), *(f"- WRONG: {line}" for line in wrong)]
    if not wrong:
        text.append("- Every answer agrees with the numpy reference.")
    return "\n".join(text) + "\n"


def table(ran):
    titles = ["engine", "measure", *QUERIES, "peak memory MB", "load s"]
    lines = ["| " + " | ".join(titles) + " |", "|---|---|" + "---:|" * (len(titles) - 2)]
    best = {query: yardstick(ran, query) for query in QUERIES}
    for outcome in ran:
        for measure, cell in (("CPU ms", cpu), ("wall ms, median (min)", wall), ("times", None)):
            cells = [cell(outcome, query) if cell else times(outcome, query, best) for query in QUERIES]
            first = measure == "CPU ms"
            edge = [number(outcome.peak_mb), number(outcome.load_wall_s)] if first else ["", ""]
            lines.append("| " + " | ".join([outcome.title if first else "", measure, *cells, *edge]) + " |")
    return lines


def cpu(outcome, query):
    line = outcome.lines.get(query)
    return number(line["cpu_ms"]) + ("" if line["runs"] > 1 else " *") if line else "-"


def wall(outcome, query):
    line = outcome.lines.get(query)
    return f"{number(line['wall_ms_median'])} ({number(line['wall_ms_min'])})" if line else "-"


def times(outcome, query, best):
    line = outcome.lines.get(query)
    return f"{number(line['cpu_ms'] / best[query])}x" if line and best[query] else "-"


def yardstick(ran, query):
    """Romduol's CPU time where it ran, else the least of all."""
    ours = [o.lines[query]["cpu_ms"] for o in ran if o.title == NAME and query in o.lines]
    everyone = [o.lines[query]["cpu_ms"] for o in ran if query in o.lines]
    return min(ours or everyone or [0])


def basis(ran):
    return f"{NAME}'s" if any(o.title == NAME for o in ran) else f"the least in the column, as {NAME} was not measured"


def number(value):
    """Three digits that mean something; no more are measured."""
    if value is None:
        return "-"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 0.001 else f"{value:.5f}"


def machine():
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1]) / 2**20
    name = model[1].strip() if model else platform.machine()
    return f"{name}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} {platform.release()}"


def write(path, name, text):
    """Replaces the section of that scale, or adds it, and leaves the others alone."""
    old = path.read_text(encoding="utf-8") if path.exists() else HEAD
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    block = f"{begin}\n{text}{end}"
    if begin in old:
        new = re.sub(f"{begin}.*?{end}", lambda _: block, old, flags=re.S)
    else:
        new = f"{old.rstrip()}\n\n{block}\n"
    path.write_text(new, encoding="utf-8")
