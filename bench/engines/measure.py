"""Measures the queries of one engine and prints the lines of the protocol in README.md. Refuses to judge answers."""

import json
import statistics
import time

# A query that takes longer than this is not warmed up: its first run is its only one.
LONG = 10.0
SHORT, SHORT_RUNS, RUNS = 0.15, 25, 5


class Engine:
    """What every engine can do; a file on_*.py fills it in."""

    def load(self):
        """Brings returns.parquet into the engine's own storage."""

    def rows(self, query):
        """The rows of Q1 to Q4 as the engine now stands."""

    def build_cube(self):
        """Q5, into the engine's cheapest kind of table."""

    def cube_check(self):
        """Cells, sum and sum of squares / 1000 of what build_cube left."""

    def correct(self, step):
        """Makes the corrections durable, each value raised by step."""

    def corrected_rows(self, query):
        """Q1 and Q2 after corrections."""
        return self.rows(query)

    def cpu(self):
        """Seconds of user and system time of all threads of the engine so far."""
        return time.process_time()

    def close(self):
        pass


def measure(engine, queries):
    """Runs the queries in their order and prints one line each. Q6b comes last, because it changes the data."""
    for query in queries:
        if query == "Q5":
            line, _ = timed(engine, lambda run: engine.build_cube())
            cells, total, squares = engine.cube_check()
            line |= {"cells": int(cells), "sum": int(total), "sum_of_squares_per_1000": round(float(squares))}
        elif query == "Q6b":
            line, answer = timed(engine, lambda run: corrections_visible(engine, run))
            line |= {"step": line.pop("last_run"), "answer": answer}
        else:
            line, answer = timed(engine, lambda run: engine.rows(query))
            line |= {"answer": plain(answer)}
        line.pop("last_run", None)
        say({"query": query} | line)


def corrections_visible(engine, run):
    engine.correct(run)
    return {query: plain(engine.corrected_rows(query)) for query in ("Q1", "Q2")}


def timed(engine, work):
    """Warms up, then runs and takes wall time of each run and CPU time over all of them."""
    wall, cpu, answer = once(engine, work, 0)
    if wall > LONG:
        return line([wall], cpu, 0), answer
    count = SHORT_RUNS if wall < SHORT else RUNS
    walls, before = [], engine.cpu()
    for run in range(1, count + 1):
        started = time.perf_counter()
        answer = work(run)
        walls.append(time.perf_counter() - started)
    return line(walls, engine.cpu() - before, count), answer


def once(engine, work, run):
    before, started = engine.cpu(), time.perf_counter()
    answer = work(run)
    return time.perf_counter() - started, engine.cpu() - before, answer


def line(walls, cpu, last_run):
    return {
        "runs": len(walls),
        "cpu_ms": round(cpu * 1000 / len(walls), 4),
        "wall_ms_median": round(statistics.median(walls) * 1000, 4),
        "wall_ms_min": round(min(walls) * 1000, 4),
        "last_run": last_run,
    }


def plain(rows):
    """Rows of any engine as lists of whole numbers."""
    return [[int(cell) for cell in row] for row in rows]


def say(line):
    print(json.dumps(line), flush=True)
