#!/usr/bin/env python3
"""A hub for many countries, by arithmetic and a small simulation over figures that were measured for one.

bench/scale.py                 prints the tables of docs/scale.md. Refuses to know prices: it counts machines, memory, disk.
"""

import random

# Measured for one country with a national load (bench/RESULTS.md): change them and the tables follow.
MEMORY_MB = 260        # most while starting from the snapshot; 160 to 215 afterwards
LEDGER_MB = 97         # five years of quarters
SNAPSHOT_MB = 109
START_S = 0.6          # until the first answer, snapshot in the page cache
COLD_S = 16.4          # without snapshot: folding and hashing the whole ledger, on a busy machine
REQUEST_MS = 2.7       # CPU of one request of the mix in bench/load, submissions included
RATE = 200             # requests a second at a country's busiest hour
DUMP_S = 64            # Parquet export of one country
PARQUET_MB = 47

NODE_MB, NODE_CORES = 15_000, 4     # a common machine with 16 GB, one GB left to the system
BUSY = 0.6                          # a node is full at this share of its cores
QUIET = 0.1                         # of the countries, this share is in its busiest hour at once


def spread(countries, nodes):
    """Countries on nodes round and round, as a router by name would do."""
    return [countries // nodes + (n < countries % nodes) for n in range(nodes)]


def needed(countries):
    by_memory = countries * MEMORY_MB / NODE_MB
    at_once = max(1, round(countries * QUIET))
    by_cpu = (at_once * RATE + (countries - at_once) * RATE * QUIET) * REQUEST_MS / 1000 / (NODE_CORES * BUSY)
    nodes = max(2, -(-int(1000 * max(by_memory, by_cpu)) // 1000))
    while peak(countries, nodes, 2_000) > 0.01:
        nodes += 1
    return by_memory, by_cpu, nodes


def failure(countries, nodes, runs=10_000):
    """A node dies at a random moment: how long until every country of it answers elsewhere, one start after another."""
    numbers = random.Random(7)
    worst, rest = 0.0, 0.0
    for _ in range(runs):
        lost = numbers.choice(spread(countries, nodes))
        takers = nodes - 1
        noticed = numbers.uniform(1, 3)
        waits = noticed + -(-lost // (takers * NODE_CORES)) * START_S
        worst, rest = max(worst, waits), rest + waits
    return rest / runs, worst


def peak(countries, nodes, hours=10_000):
    """The busiest node over many hours, each country quiet or busy by chance: how often is it beyond full?"""
    numbers = random.Random(11)
    beyond = 0
    for _ in range(hours):
        loads = []
        for own in spread(countries, nodes):
            busy = sum(numbers.random() < QUIET for _ in range(own))
            rate = busy * RATE + (own - busy) * RATE * QUIET
            loads.append(rate * REQUEST_MS / 1000 / NODE_CORES)
        beyond += max(loads) > BUSY
    return beyond / hours


def main():
    print("| countries | memory GB | ledgers GB | snapshots GB | nodes by memory | by CPU | nodes | "
          "hours with a full node | node lost: mean s | worst s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for countries in (1, 11, 108):
        by_memory, by_cpu, nodes = needed(countries)
        mean, worst = failure(countries, nodes)
        print(f"| {countries} | {countries * MEMORY_MB / 1000:.1f} | {countries * LEDGER_MB / 1000:.1f} | "
              f"{countries * SNAPSHOT_MB / 1000:.1f} | {by_memory:.2f} | {by_cpu:.2f} | {nodes} | "
              f"{100 * peak(countries, nodes):.1f} % | {mean:.1f} | {worst:.1f} |")
    print("\n| countries | Parquet GB | nightly export on one core, minutes | cold start of all on one node, minutes |")
    print("|---|---:|---:|---:|")
    for countries in (1, 11, 108):
        print(f"| {countries} | {countries * PARQUET_MB / 1000:.1f} | {countries * DUMP_S / 60:.0f} | "
              f"{countries * COLD_S / NODE_CORES / 60:.1f} |")


if __name__ == "__main__":
    main()
