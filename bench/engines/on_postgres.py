"""PostgreSQL in a private cluster on a unix socket, made for the run and removed after it. Refuses TCP.

CPU time is that of the postmaster's whole tree (leader, workers, writers) in the kernel's ticks of 10 ms; short
queries therefore need the mean of many runs. fsync and synchronous_commit are on.
"""

import glob
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from . import THREADS, codes, sql
from .measure import Engine

PORT = 5499
SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "4GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "16GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "max_parallel_workers_per_gather": str(THREADS - 1),
}
TABLES = """
CREATE TABLE org_unit (org_unit_id int PRIMARY KEY, district_id smallint, province_id smallint);
CREATE TABLE category (category_id smallint PRIMARY KEY, sex smallint, age smallint);
CREATE TABLE observation (indicator_id smallint, period_id int, org_unit_id int, category_id smallint, value int);
"""
KEYS = """
CREATE UNIQUE INDEX observation_key ON observation (indicator_id, period_id, org_unit_id, category_id) INCLUDE (value);
CREATE INDEX observation_by_unit ON observation (org_unit_id, period_id);
"""
UPDATE = (
    "UPDATE observation SET value = c.value + %s FROM correction c WHERE indicator_id = c.ind "
    "AND period_id = c.per AND org_unit_id = c.comm AND category_id = c.cat"
)


def installed():
    """The folder of initdb, or None."""
    on_path = shutil.which("initdb")
    found = [os.path.realpath(on_path)] if on_path else sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    return Path(found[-1]).parent if found else None


def open(data, store, variant):
    return Postgres(data, store, installed())


class Postgres(Engine):
    def __init__(self, data, store, programs):
        self.data, self.programs = data, programs
        self.socket = Path(tempfile.mkdtemp(prefix="bench-pg-"))  # the path of a socket must be short
        self.cluster = store / "postgres"
        self.cluster.mkdir(parents=True)
        # PostgreSQL refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            owner = pwd.getpwnam(self.user)
            for folder in (self.cluster, self.socket):
                os.chown(folder, owner.pw_uid, owner.pw_gid)
        self.program("initdb", "-D", self.cluster, "--auth", "trust", "--username", "postgres", "--encoding", "UTF8")
        with (self.cluster / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
            file.write(f"port = {PORT}\nunix_socket_directories = '{self.socket}'\n")
        self.program("pg_ctl", "--pgdata", self.cluster, "--log", self.cluster / "log", "--wait", "start")
        self.postmaster = int((self.cluster / "postmaster.pid").read_text().split()[0])
        self.connection = psycopg.connect(host=str(self.socket), port=PORT, user="postgres", autocommit=True)
        self.version = f"PostgreSQL {self.rows_of('SHOW server_version')[0][0].split()[0]}"

    def program(self, name, *arguments):
        command = [str(self.programs / name), *map(str, arguments)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=self.user, group=self.user, cwd="/")

    def rows_of(self, text, arguments=None):
        return self.connection.execute(text, arguments).fetchall()

    def load(self):
        run = self.connection.execute
        run(TABLES)
        places, categories = set(), set()
        with self.connection.cursor() as cursor:
            with cursor.copy("COPY observation FROM STDIN (FORMAT csv)") as copy:
                for batch in pyarrow.parquet.ParquetFile(self.data / "returns.parquet").iter_batches(1 << 18):
                    self.copy_batch(copy, batch, places, categories)
            cursor.executemany("INSERT INTO org_unit VALUES (%s, %s, %s)", sorted(places))
            cursor.executemany("INSERT INTO category VALUES (%s, %s, %s)", sorted(categories))
        run(KEYS)
        run("VACUUM ANALYZE")
        run(sql.VIEW)
        run("CREATE TEMP TABLE correction (ind smallint, per int, comm int, cat smallint, value int)")
        with self.connection.cursor() as cursor:
            rows = [
                (ind, per, comm, codes.category(sex, age), value)
                for ind, per, comm, sex, age, value in codes.corrections(self.data)
            ]
            cursor.executemany("INSERT INTO correction VALUES (%s, %s, %s, %s, %s)", rows)
        run("ANALYZE correction")

    def copy_batch(self, copy, batch, places, categories):
        cat = pc.add(pc.multiply(pc.subtract(batch["sex"], 1), 6), batch["age"])
        for keys, names in ((places, ["comm", "dist", "prov"]), (categories, ["cat", "sex", "age"])):
            columns = [cat if name == "cat" else batch[name] for name in names]
            keys.update(zip(*(column.to_pylist() for column in columns)))
        wanted = [batch["ind"], batch["per"], batch["comm"], cat, batch["value"]]
        text = pyarrow.BufferOutputStream()
        options = pyarrow.csv.WriteOptions(include_header=False)
        pyarrow.csv.write_csv(pyarrow.record_batch(wanted, names=list("abcde")), text, options)
        copy.write(text.getvalue())

    def rows(self, query):
        return self.rows_of(sql.NORMALISED[query])

    def build_cube(self):
        for table, select in sql.CUBE.items():
            self.connection.execute(f"DROP TABLE IF EXISTS {table}")
            self.connection.execute(f"CREATE UNLOGGED TABLE {table} AS {select}")

    def cube_check(self):
        return self.rows_of(sql.CUBE_CHECK)[0]

    def correct(self, step):
        self.connection.execute(UPDATE, [step])

    def cpu(self):
        """Live processes of the tree, and what the postmaster has inherited from those that ended."""
        time.sleep(0.02)  # a parallel worker is counted once it has been waited for
        own = ticks(self.postmaster)
        children = Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children").read_text().split()
        return (sum(own) + sum(sum(ticks(child)[:2]) for child in children)) / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.connection.close()
        self.program("pg_ctl", "--pgdata", self.cluster, "--mode", "fast", "--wait", "stop")
        shutil.rmtree(self.socket)


def ticks(process):
    """utime, stime, cutime, cstime; none for a process that has just ended."""
    try:
        after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return (0, 0, 0, 0)
    return tuple(int(field) for field in after_name[11:15])
