"""The right answers, from the numbers of returns.parquet with numpy, and the comparison with what an engine said.

Refuses to know how an engine works: it sees only the lines of the protocol.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet

sys.path.insert(0, str(Path(__file__).resolve().parent))
from engines import codes  # noqa: E402

QUERIES = ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6b"]
INDICATOR, QUARTER, PROVINCE = 7, 20243, 2


class Reference:
    """A dense cube of indicator x quarter x district x sex x age, which is all that Q1 to Q5 need."""

    def __init__(self, data):
        table = pyarrow.parquet.read_table(data / "returns.parquet")
        self.labels, indexes, shape = {}, 0, ()
        for name in ("ind", "per", "dist", "sex", "age"):
            column = table[name].to_numpy()
            self.labels[name], index = label(column)
            shape += (len(self.labels[name]),)
            indexes = indexes * shape[-1] + index
        size = int(np.prod(shape))
        self.sums = np.bincount(indexes, table["value"].to_numpy(), size).astype(np.int64).reshape(shape)
        self.counts = np.bincount(indexes, minlength=size).reshape(shape)
        self.rows = table.num_rows
        self.provinces = self.labels["dist"] // 100  # a district's number begins with that of its province
        self.deltas = correction_deltas(table, codes.corrections(data))

    def answer(self, query, sums=None):
        sums = self.sums if sums is None else sums
        axes = dict(self.labels)
        seventh = sums[list(axes["ind"]).index(INDICATOR)]
        quarter = list(axes["per"]).index(QUARTER)
        if query == "Q1":
            return keyed(seventh.sum(axis=(1, 3)), axes["per"], axes["sex"])
        if query == "Q2":
            by_province, provinces = by(seventh[quarter].sum(axis=(1, 2))[None], self.provinces)
            return keyed(by_province[0], provinces)
        if query == "Q3":
            inside = self.provinces == PROVINCE
            cells = sums[:, quarter, inside].sum(axis=3).transpose(0, 2, 1)
            return keyed(cells, axes["ind"], axes["sex"], axes["dist"][inside])
        return keyed(sums.sum(axis=(2, 3, 4)), axes["ind"], axes["per"])

    def cube(self):
        """Cells that are not empty, their sum, and the sum of their squares / 1000, with all margins."""
        cells, total, squares = 0, 0, 0.0
        for axis_sums, axis_counts in zip(self.units(self.sums), self.units(self.counts)):
            for over in ((), (3,), (4,), (3, 4)):
                values = axis_sums.sum(axis=over)
                cells += int(np.count_nonzero(axis_counts.sum(axis=over)))
                total += int(values.sum())
                squares += float((values.astype(float) ** 2 / 1000).sum())
        return cells, total, squares

    def units(self, values):
        """The values of the districts, of the provinces and of the nation."""
        moved, _ = by(np.moveaxis(values, 2, -1), self.provinces)
        return values, np.moveaxis(moved, -1, 2), values.sum(axis=2, keepdims=True)

    def corrected(self, step):
        """Q1 and Q2 when every corrected cell has its value of corrections.csv plus step."""
        sums = self.sums.copy()
        for (ind, per, comm, sex, age), change in self.deltas:
            keys = {"ind": ind, "per": per, "dist": district(comm, self.labels["dist"]), "sex": sex, "age": age}
            sums[tuple(int(np.searchsorted(self.labels[name], key)) for name, key in keys.items())] += change + step
        return {query: self.answer(query, sums) for query in ("Q1", "Q2")}


def label(column):
    """The different numbers of a column in order, and where each row stands among them. Sorts no long column."""
    present = np.flatnonzero(np.bincount(column))
    place = np.zeros(present[-1] + 1, np.int64)
    place[present] = np.arange(len(present))
    return present, place[column]


def by(values, provinces):
    """Sums over the last axis by province."""
    numbers = np.unique(provinces)
    return np.stack([values[..., provinces == number].sum(axis=-1) for number in numbers], axis=-1), numbers


def keyed(values, *labels):
    return [
        [*(int(names[place]) for names, place in zip(labels, index)), int(value)]
        for index, value in np.ndenumerate(values)
    ]


def district(commune, districts):
    """Nine communes stand under the neighbour of their own district (synthetic_plan.py)."""
    own = commune // 100
    left_out, neighbour = codes.number(codes.plan.LEFT_OUT), codes.number(codes.plan.NEIGHBOUR)
    return neighbour if own == left_out and left_out not in districts else own


def correction_deltas(table, corrections):
    """What each correction adds to the value that the cell had."""
    keys = [table[name].to_numpy().astype(np.int64) for name in ("ind", "per", "comm", "sex", "age")]
    packed = pack(keys)
    changes = []
    for *key, value in corrections:
        place = int(np.searchsorted(packed, pack(key)))
        if place == len(packed) or packed[place] != pack(key):
            raise SystemExit(f"corrections.csv names a cell {key} that returns.parquet does not hold.")
        changes.append((key, value - table["value"][place].as_py()))
    return changes


def pack(keys):
    """One number for the key; the rows of returns.parquet stand in its order."""
    ind, per, comm, sex, age = keys
    return (((ind * 100_000 + per) * 1_000_000 + comm) * 10 + sex) * 10 + age


def difference(reference, line):
    """What is wrong with a line of the protocol, or None."""
    query = line["query"]
    if query == "Q5":
        cells, total, squares = reference.cube()
        given = (line["cells"], line["sum"])
        if given != (cells, total):
            return f"Q5 has cells and sum {given}, expected {(cells, total)}"
        if abs(line["sum_of_squares_per_1000"] - squares) > 1 + squares * 1e-9:
            return f"Q5 has a sum of squares / 1000 of {line['sum_of_squares_per_1000']}, expected {squares:.0f}"
        return None
    if query == "Q6b":
        expected = reference.corrected(line["step"])
        wrong = [rows_differ(f"Q6b {part}", line["answer"].get(part, []), rows) for part, rows in expected.items()]
        return next((text for text in wrong if text), None)
    return rows_differ(query, line["answer"], reference.answer(query))


def rows_differ(query, given, expected):
    given = sorted([*map(codes.number, keys), value] for *keys, value in given)
    expected = sorted(expected)
    if given == expected:
        return None
    for ours, theirs in zip(expected, given):
        if ours != theirs:
            return f"{query} says {theirs}, expected {ours}"
    return f"{query} has {len(given)} rows, expected {len(expected)}"
