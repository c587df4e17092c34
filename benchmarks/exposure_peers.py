"""Who met 1,000 cases (ring 1), and whom the met may have met (ring 2): Douse on DuckDB beside other ways to ask.

    python benchmarks/make_visits.py FOLDER --people 200000
    python benchmarks/exposure_peers.py FOLDER [--engines duckdb,polars,pandas,sqlite,postgres] [--cases 1000]

FOLDER holds a Parquet file a day: person_id, place_id, entered_at, left_at. Prints, for each engine, the seconds until
it can be asked (load), the median seconds of three answers, and the rows and seconds of the answer, which must be the
same for all. The others only count their rows; DuckDB hands them over. PostgreSQL is started from Debian's package in
a folder of its own, without network; where it is absent it is skipped.
"""

import argparse
import os
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

CROWD = 500
LEAST_SECONDS = 900
DAY = 86_400


class Days:
    """Prepared visits of a folder, day by day, and what is asked of them."""

    def __init__(self, folder: Path) -> None:
        self.files = sorted(folder.glob("*.parquet"))
        if not self.files:
            raise SystemExit(f"{folder} holds no Parquet files: make them with benchmarks/make_visits.py")
        self.first, self.last = (date.fromisoformat(file.stem) for file in (self.files[0], self.files[-1]))

    def frames(self) -> Iterator[tuple[date, pl.DataFrame]]:
        for file in self.files:
            day = date.fromisoformat(file.stem)
            yield (
                day,
                pl.read_parquet(file).select(
                    person="person_id", place="place_id", entered="entered_at", left="left_at",
                    exact=pl.lit(value=True), told_on=pl.lit(day),
                ),
            )  # fmt: skip

    def numbers(self) -> Iterator[pl.DataFrame]:
        """person, place, day, entered, left_at: times in seconds, for those who compute with numbers."""
        for _, frame in self.frames():
            yield frame.select(
                "person", "place", day=pl.col("entered").dt.epoch("d").cast(pl.Int32),
                entered=pl.col("entered").dt.epoch("s"), left_at=pl.col("left").dt.epoch("s"),
            )  # fmt: skip

    def cases(self, many: int) -> pl.DataFrame:
        """Cases spread over the people, each with a window of ten days."""
        people = pl.read_parquet(self.files[0], columns=["person_id"])["person_id"].unique().sort()
        chosen = people.gather_every(max(1, len(people) // many)).head(many)
        noon = datetime.combine(self.first, datetime.min.time()) + timedelta(hours=12)
        return pl.DataFrame({"host": "case " + chosen, "person": chosen}).with_columns(
            since=pl.lit(noon) + pl.duration(days=pl.int_range(pl.len()) % 5),
            until=pl.lit(noon) + pl.duration(days=pl.int_range(pl.len()) % 5 + 10),
        )

    def contacts(self, encounters: pl.DataFrame) -> pl.DataFrame:
        """The met, each from the first meeting to the end."""
        end = datetime.combine(self.last + timedelta(days=1), datetime.min.time())
        return (
            encounters.filter(pl.col("seconds") >= LEAST_SECONDS)
            .group_by("person")
            .agg(since=pl.col("first").min())
            .sort("person")
            .select(host="person", person="person", since="since", until=pl.lit(end))
        )


Answer = tuple[int, int]  # rows, seconds


class OnDuckDB:
    def __init__(self, days: Days, folder: Path) -> None:
        from douse.tracing.encounters import Asked
        from douse.tracing.warehouse.connect import DuckDB
        from douse.tracing.warehouse.engine import Warehouse
        from douse.tracing.warehouse.layout import compact, land

        begun = time.perf_counter()
        for day, frame in days.frames():
            land(folder / "visits", day, frame)
        landed = time.perf_counter() - begun
        duck = DuckDB(memory="4GB", temp=folder / "temp")
        compact(folder / "visits", duck)
        size = sum(file.stat().st_size for file in (folder / "visits").rglob("*.parquet")) / 1e9
        print(f"  duckdb: landed in {landed:.1f} s; {size:.2f} GB with both sorted copies and what was landed")
        self.warehouse = Warehouse(folder / "visits", duck)
        self.asked = Asked(as_of=days.last + timedelta(days=30), crowd=CROWD)

    def encounters(self, hosts: pl.DataFrame) -> pl.DataFrame:
        return self.warehouse.encounters(hosts, self.asked).encounters

    def ring1(self, hosts: pl.DataFrame) -> Answer:
        return counted(self.encounters(hosts))

    def ring2(self, hosts: pl.DataFrame, left_out: pl.Series) -> Answer:
        return counted(self.warehouse.further(hosts, left_out, self.asked, LEAST_SECONDS))


class OnPolars:
    def __init__(self, days: Days, _folder: Path) -> None:
        self.visits = pl.concat(days.numbers())

    def _pairs(self, hosts: pl.DataFrame) -> pl.LazyFrame:
        visits, windows = self.visits.lazy(), seconds_of(hosts).lazy()
        own = (
            visits.join(windows, on="person")
            .filter(pl.col("entered") < pl.col("until"), pl.col("left_at") > pl.col("since"))
            .select(
                "host", "place", "day", start=pl.max_horizontal("entered", "since"),
                stop=pl.min_horizontal("left_at", "until"),
            )
        )  # fmt: skip
        there = visits.join(own, on="place", how="semi")
        crowded = there.group_by("place", "day").len().filter(pl.col("len") > CROWD)
        return (
            own.join(crowded, on=["place", "day"], how="anti")
            .join(there.join(crowded, on=["place", "day"], how="anti"), on="place")
            .filter(pl.col("start") < pl.col("left_at"), pl.col("entered") < pl.col("stop"))
            .join(windows, on=["host", "person"], how="anti")
            .select(
                "host", "person", "place", begin=pl.max_horizontal("start", "entered"),
                end=pl.min_horizontal("stop", "left_at"),
            )
            .with_columns(seconds=pl.col("end") - pl.col("begin"))
        )  # fmt: skip

    def ring1(self, hosts: pl.DataFrame) -> Answer:
        rows = self._pairs(hosts).group_by("host", "person", "place", day=pl.col("begin") // DAY)
        return counted(rows.agg(pl.col("seconds").sum(), pl.col("begin").min(), pl.col("end").max()).collect())

    def ring2(self, hosts: pl.DataFrame, left_out: pl.Series) -> Answer:
        out = pl.LazyFrame({"person": pl.concat([left_out, hosts["person"]])})
        long = self._pairs(hosts).join(out, on="person", how="anti").filter(pl.col("seconds") >= LEAST_SECONDS)
        return counted(long.group_by("person").agg(pl.col("seconds").max()).collect(engine="streaming"))


class OnPandas:
    def __init__(self, days: Days, _folder: Path) -> None:
        import pandas as pd

        self.pd = pd
        self.visits = pd.concat([frame.to_pandas() for frame in days.numbers()], ignore_index=True)

    def ring1(self, hosts: pl.DataFrame) -> Answer:
        windows = seconds_of(hosts).to_pandas()
        own = self.visits.merge(windows, on="person")
        own = own[(own.entered < own.until) & (own.left_at > own.since)]
        own = own.assign(start=own[["entered", "since"]].max(axis=1), stop=own[["left_at", "until"]].min(axis=1))
        there = self.visits[self.visits.place.isin(own.place.unique())]
        began = there.groupby(["place", "day"]).size().rename("visits").reset_index()
        crowded = began[began.visits > CROWD]
        own, there = (
            frame.merge(crowded, on=["place", "day"], how="left").query("visits.isna()").drop(columns="visits")
            for frame in (own, there)
        )
        pairs = own[["host", "place", "start", "stop"]].merge(there, on="place")
        pairs = pairs[(pairs.start < pairs.left_at) & (pairs.entered < pairs.stop)]
        pairs = pairs.merge(windows[["host", "person"]], on=["host", "person"], how="left", indicator=True)
        pairs = pairs[pairs._merge == "left_only"]
        begin, end = pairs[["start", "entered"]].max(axis=1), pairs[["stop", "left_at"]].min(axis=1)
        pairs = pairs.assign(seconds=end - begin, began=begin // DAY)
        rows = pairs.groupby(["host", "person", "place", "began"]).seconds.sum()
        return len(rows), int(rows.sum())


# The questions of SQLite and PostgreSQL, step by step, each step with the index that the next one wants. SQLite takes
# the tables of a CROSS JOIN in the order in which they stand; PostgreSQL decides for itself. No
# visit is longer than the longest, so the index is read for a day or two instead of from the first visit on.
STEPS = """
DROP TABLE IF EXISTS own; DROP TABLE IF EXISTS crowded;
CREATE TEMP TABLE own AS
    SELECT h.host, v.place, v.day, {greatest}(v.entered, h.since) AS start, {least}(v.left_at, h.until) AS stop
    FROM hosts h CROSS JOIN visits v WHERE v.person = h.person AND v.entered < h.until AND v.left_at > h.since;
CREATE TEMP TABLE crowded AS
    SELECT place, day FROM visits WHERE place IN (SELECT place FROM own) GROUP BY place, day HAVING count(*) > {crowd};
CREATE INDEX crowded_days ON crowded (place, day);
DELETE FROM own WHERE EXISTS (SELECT 1 FROM crowded c WHERE c.place = own.place AND c.day = own.day);
{analyze}
"""
COUNT = """
WITH pairs AS (
    SELECT o.host, v.person, v.place, {greatest}(o.start, v.entered) AS met_from, {least}(o.stop, v.left_at) AS met_to
    FROM own o CROSS JOIN visits v WHERE v.place = o.place AND v.entered < o.stop AND v.left_at > o.start
      AND v.entered > o.start - (SELECT seconds FROM longest)
      AND NOT EXISTS (SELECT 1 FROM crowded c WHERE c.place = v.place AND c.day = v.day)
      AND NOT EXISTS (SELECT 1 FROM hosts h WHERE h.host = o.host AND h.person = v.person)
)
SELECT count(*), sum(seconds) FROM (
    SELECT host, person, place, met_from / 86400, sum(met_to - met_from) AS seconds
    FROM pairs GROUP BY 1, 2, 3, 4
) AS found
"""
IN_SQLITE = {"greatest": "max", "least": "min", "crowd": CROWD, "analyze": ""}
IN_POSTGRESQL = {"greatest": "greatest", "least": "least", "crowd": CROWD, "analyze": "ANALYZE own; ANALYZE crowded;"}
COLUMNS = "person text, place text, day integer, entered bigint, left_at bigint"
HOST_COLUMNS = "host text, person text, since bigint, until bigint"


class OnSQLite:
    def __init__(self, days: Days, folder: Path) -> None:
        self.database = sqlite3.connect(folder / "visits.sqlite")
        self.database.executescript(
            f"PRAGMA journal_mode = off; PRAGMA synchronous = off; PRAGMA cache_size = -1000000;"
            f"CREATE TABLE visits ({COLUMNS}); CREATE TABLE hosts ({HOST_COLUMNS});"
            "CREATE INDEX host_pairs ON hosts (host, person)"
        )
        for frame in days.numbers():
            self.database.executemany("INSERT INTO visits VALUES (?, ?, ?, ?, ?)", frame.iter_rows())
        self.database.executescript(
            "CREATE INDEX by_person ON visits (person);"
            "CREATE INDEX by_place ON visits (place, entered, left_at, person, day);"
            "CREATE TABLE longest AS SELECT max(left_at - entered) + 1 AS seconds FROM visits; ANALYZE"
        )

    def ring1(self, hosts: pl.DataFrame) -> Answer:
        self.database.execute("DELETE FROM hosts")
        self.database.executemany("INSERT INTO hosts VALUES (?, ?, ?, ?)", seconds_of(hosts).iter_rows())
        self.database.commit()
        self.database.executescript(STEPS.format(**IN_SQLITE))
        return self.database.execute(COUNT.format(**IN_SQLITE)).fetchone()


class OnPostgreSQL:
    def __init__(self, days: Days, folder: Path) -> None:
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        if not programs or not shutil.which("psql") or not shutil.which("runuser"):
            raise SkippedError("PostgreSQL's server is not installed (Debian: postgresql)")
        self.bin, self.folder = programs[-1].parent, folder / "postgres"
        self.folder.mkdir()
        folder.chmod(0o755)
        shutil.chown(self.folder, "postgres")
        self._as_postgres(self.bin / "initdb", "-D", self.folder / "data", "--auth=trust", "--no-sync")
        options = (
            f"-k {self.folder} -c listen_addresses= -c shared_buffers=2GB -c work_mem=256MB -c jit=off"
            " -c maintenance_work_mem=1GB -c max_wal_size=8GB -c fsync=off -c random_page_cost=1.1"
        )
        self._as_postgres(
            self.bin / "pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", options, "start"
        )
        self._sql(f"CREATE UNLOGGED TABLE visits ({COLUMNS}); CREATE TABLE hosts ({HOST_COLUMNS})")
        self._sql("CREATE INDEX ON hosts (host, person)")
        for frame in days.numbers():
            self._copy("visits", frame)
        self._sql("CREATE INDEX ON visits (person); CREATE INDEX ON visits (place, entered, left_at, person, day)")
        self._sql("CREATE TABLE longest AS SELECT max(left_at - entered) + 1 AS seconds FROM visits")
        self._sql("VACUUM ANALYZE visits")

    def ring1(self, hosts: pl.DataFrame) -> Answer:
        self._sql("TRUNCATE hosts")
        self._copy("hosts", seconds_of(hosts))
        found = self._sql("ANALYZE hosts", STEPS.format(**IN_POSTGRESQL), COUNT.format(**IN_POSTGRESQL))
        rows, seconds = found.splitlines()[-1].split("|")
        return int(rows), int(seconds)

    def close(self) -> None:
        self._as_postgres(self.bin / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")

    def _as_postgres(self, *command: object) -> None:
        words = ["runuser", "-u", "postgres", "--", *map(str, command)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def _sql(self, *statements: str, given: bytes | None = None) -> str:
        words = ["psql", "-h", str(self.folder), "-U", "postgres", "-Atq", "-v", "ON_ERROR_STOP=1"]
        words += [word for statement in statements for word in ("-c", statement)]
        return subprocess.run(words, check=True, input=given, capture_output=True).stdout.decode()

    def _copy(self, table: str, frame: pl.DataFrame) -> None:
        self._sql(f"COPY {table} FROM STDIN (FORMAT csv)", given=frame.write_csv(include_header=False).encode())


class SkippedError(Exception):
    """An engine is not on this machine."""


ENGINES: dict[str, Callable[[Days, Path], Any]] = {
    "duckdb": OnDuckDB,
    "polars": OnPolars,
    "pandas": OnPandas,
    "sqlite": OnSQLite,
    "postgres": OnPostgreSQL,
}


def seconds_of(hosts: pl.DataFrame) -> pl.DataFrame:
    return hosts.with_columns(pl.col("since", "until").dt.epoch("s"))


def counted(rows: pl.DataFrame) -> Answer:
    return rows.height, int(rows["seconds"].sum())


def median_of_three(ask: Callable[[], Answer]) -> tuple[float, Answer]:
    times, answer = [], (0, 0)
    for _ in range(3):
        begun = time.perf_counter()
        answer = ask()
        times.append(time.perf_counter() - begun)
    return statistics.median(times), answer


def measure(name: str, days: Days, rings: dict[str, tuple[pl.DataFrame, pl.Series | None]], folder: Path) -> None:
    begun = time.perf_counter()
    try:
        engine = ENGINES[name](days, folder)
    except (SkippedError, ModuleNotFoundError) as absent:
        print(f"  {name}: SKIPPED, {absent}")
        return
    print(f"  {name}: load {time.perf_counter() - begun:.1f} s", flush=True)
    if name == "duckdb":  # whom the others ask about in ring 2
        cases = rings["ring 1"][0]
        for many in (10, 100):
            hosts = days.contacts(engine.encounters(cases.head(many)))
            rings[f"ring 2 of {many}"] = (hosts, cases["person"])
    for ring, (hosts, left_out) in rings.items():
        if left_out is None:
            seconds, (rows, total) = median_of_three(lambda hosts=hosts: engine.ring1(hosts))
        elif hasattr(engine, "ring2"):
            seconds, (rows, total) = median_of_three(lambda hosts=hosts, out=left_out: engine.ring2(hosts, out))
        else:
            continue
        print(
            f"  {name}: {ring}, {hosts.height:,} hosts: {seconds:.2f} s; {rows:,} rows, {total:,} seconds", flush=True
        )
    if hasattr(engine, "close"):
        engine.close()


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--cases", type=int, default=1_000)
    asked = parser.parse_args()
    days = Days(asked.folder)
    print(f"{asked.folder.name}: {len(days.files)} days, {os.cpu_count()} processors")
    rings: dict[str, tuple[pl.DataFrame, pl.Series | None]] = {"ring 1": (days.cases(asked.cases), None)}
    for name in asked.engines.split(","):
        with tempfile.TemporaryDirectory(prefix="douse-peers-") as temporary:
            measure(name, days, rings, Path(temporary))


if __name__ == "__main__":
    run()
