"""Runs one engine in this process: run.py NAME DATA STORE QUERY... Prints lines of the protocol and nothing else.

A process for each engine keeps its threads, its memory and its CPU time apart from those of the others.
"""

import importlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from engines import ALL  # noqa: E402
from engines.measure import measure, say  # noqa: E402


def main(name, data, store, *queries):
    entry = next(entry for entry in ALL if entry.name == name)
    module = importlib.import_module(f"engines.{entry.module}")
    engine = module.open(Path(data), Path(store), entry.variant)
    try:
        started = time.perf_counter()
        engine.load()
        say({"about": engine.version, "load_wall_s": round(time.perf_counter() - started, 3)})
        measure(engine, queries)
    finally:
        engine.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
