"""What stations have made in the background, and what visitors notice of it.

A sheet of 5,000 rows is tried, imported and undone, and a stack of 200 village sheets is made, by
the worker beside the web server as a user runs them. Visitors come at an even rate before and
meanwhile. A probe asks for the writer's lock all the time: how long it waited at most is what a
form would have waited. Afterwards the market is as it was before.
"""

from __future__ import annotations

import io
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter
from pysqlite3 import dbapi2
from sqlalchemy import select

from market.accounts.models import Account, Grant, Role, TraderType
from market.database import db, transaction
from market.imports import files
from market.imports.models import DuplicatePolicy, Import
from market.imports.reading.heads import ImportKind, find_head
from market.imports.reading.sheets import read_sheets
from market.imports.services import (
    SheetValues,
    check_rows,
    create_import,
    start_import,
    undo_import,
)
from market.offers.models import Side
from market.regions.models import Region
from market.regions.queries import region_lexicon
from market.sheets.models import PaperSize, SheetStack
from market.sheets.places import SheetPlace, load_sheet_place
from market.sheets.stacks import request_stack
from market.sheets.villages import listed_villages, save_villages
from market.sheets.weeks import week_of
from market.web.home_time import home_today
from tests.benchmarks import traffic
from tests.benchmarks.served import Served, children, served

COUNTY = "430726"
ROWS, SHEETS = 5000, 200
DRY_SECONDS, STACK_SECONDS, SLOWER = 10.0, 30.0, 1.2
# Visits a second: a busy day of the fair, and what leaves a core to the worker.
RATE = 30.0
WARMING, BEFORE, STEP = 4.0, 20.0, 2.0
PATIENCE = 600.0
# What the worker has yet to do, of imports and of stacks.
WAITING = ("checking", "queued", "undoing", "running")
GOODS = (("脐橙", 1.6), ("蜜柚", 1.2), ("红薯", 0.8), ("生姜", 2.5), ("萝卜", 0.4))
HEADS = ("户主", "联系电话", "村", "品名", "数量(斤)", "单价(元/斤)")
# Of nobody: the second half is counted up.
PHONE = "1770000"
Row = dict[str, Any]
Percentiles = tuple[float, float, int]


class Probe:
    """Asks for the writer's lock again and again; the longest wait in seconds."""

    def __init__(self, instance: Path) -> None:
        self.longest, self._stop = 0.0, threading.Event()
        self._file = instance / "market.sqlite3"
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Probe:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        database = dbapi2.connect(self._file, timeout=PATIENCE, isolation_level=None)
        while not self._stop.wait(0.02):
            start = time.perf_counter()
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
            self.longest = max(self.longest, time.perf_counter() - start)
        database.close()


class Visits:
    """Visits at RATE, with the times of all so far in ms."""

    def __init__(self, port: int, requests: Iterator[tuple[str, bytes]]) -> None:
        self.port, self.requests = port, requests

    def during(self, is_over: Callable[[float], bool]) -> tuple[float, float, int]:
        """(p50, p95, errors) of visits until it is over, asked with the seconds since it began."""
        begin, times, errors = time.monotonic(), [], 0
        while True:
            told = traffic.send(self.port, self.requests, RATE, STEP)
            errors += told.errors
            times += [ms for kind in told.times.values() for ms in kind]
            if is_over(time.monotonic() - begin):
                p50, p95 = np.percentile(times or [PATIENCE * 1000], (50, 95)).tolist()
                return p50, p95, errors


class Work:
    """Waits in a thread of its own until the worker has done a piece of work.

    Attributes:
        state: as the database has it in the end.
        seconds: since it was asked for; peak: MiB that the worker's processes for it took at most.
    """

    def __init__(self, market: Served, instance: Path, command: str, table: str, id_: int) -> None:
        self.state, self.seconds, self.peak = "", PATIENCE, 0.0
        self._market, self._command = market, command
        self._file, self._query = instance / "market.sqlite3", (table, id_)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def is_over(self, _seconds: float) -> bool:
        return not self._thread.is_alive()

    def _run(self) -> None:
        table, id_ = self._query
        column = {"imports": "state", "sheet_stacks": "status"}[table]
        database = dbapi2.connect(self._file, timeout=PATIENCE, isolation_level=None)
        begin = time.monotonic()
        while time.monotonic() - begin < PATIENCE:
            query = f"SELECT {column} FROM {table} WHERE id = ?"
            ((self.state,),) = database.execute(query, [id_]).fetchall()
            self.peak = max(self.peak, peak_of_children(self._market.worker, self._command))
            if self.state not in WAITING:
                self.seconds = time.monotonic() - begin
                break
            time.sleep(0.1)
        database.close()


def measure(root: Path, instance: Path, visits: Mapping[str, Sequence[str]]) -> list[Row]:
    """Rows of figures with their targets. Inside an app context of the instance."""
    assistant = _assistant()
    office = load_sheet_place(COUNTY, region_lexicon().townships.of(COUNTY)[0].code)
    rows: list[Row] = []
    with served(root, instance) as market, Probe(instance) as probe:
        visitors = Visits(market.port, traffic.mixed(visits, 1))
        visitors.during(lambda seconds: seconds > WARMING)
        before = visitors.during(lambda seconds: seconds > BEFORE)
        rows += _told("before", before, None)

        def beside(name: str, target: float | None, work: Work) -> None:
            probe.longest = 0.0
            during = visitors.during(work.is_over)
            ended = f"{name} ({work.state}), s"
            rows.append({"figure": ended, "is": work.seconds, "target": target})
            rows.append({"figure": "  its peak memory, MiB", "is": work.peak, "target": None})
            longest = {"figure": "  longest wait for the writer's lock, s", "is": probe.longest}
            rows.append({**longest, "target": None})
            rows.extend(_told("meanwhile", during, before))

        def of_import(number: int) -> Work:
            return Work(market, instance, "imports", "imports", number)

        number = _try_sheet(assistant)
        beside(f"trying {ROWS} rows", DRY_SECONDS, of_import(number))
        with transaction():
            imported = db.session.get_one(Import, number)
            start_import(assistant, imported, DuplicatePolicy.SKIP, True)
        beside("importing them", None, of_import(number))
        db.session.rollback()
        made = db.session.get_one(Import, number).made
        rows.append({"figure": "  rows imported", "is": made, "target": None})
        with transaction():
            undo_import(assistant, db.session.get_one(Import, number))
        beside("undoing it", None, of_import(number))
        listed = listed_villages(office)
        stack = _ask_for_stack(assistant, office)
        work = Work(market, instance, "papers", "sheet_stacks", stack)
        beside(f"a stack of {SHEETS} village sheets", STACK_SECONDS, work)
        with transaction():
            save_villages(assistant, office, listed)
        rows.append({"figure": "  sheets made", "is": _sheets(stack), "target": None})
    return rows


def peak_of_children(pid: int, command: str) -> float:
    """The most memory in MiB that a descendant has had whose command line names that command."""
    peaks = [0.0]
    for child in children(pid):
        with suppress(OSError, StopIteration, ValueError):
            words = Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")
            lines = Path(f"/proc/{child}/status").read_text().splitlines()
            if command in words:
                peak = next(line for line in lines if line.startswith("VmHWM:"))
                peaks.append(int(peak.split()[1]) / 1024)
            peaks.append(peak_of_children(child, command))
    return max(peaks)


def _told(when: str, visits: Percentiles, before: Percentiles | None) -> list[Row]:
    """Rows of visitors' times, with what was before as the measure."""
    p50, p95, errors = visits
    targets = [ms * SLOWER for ms in before[:2]] if before else [None, None]
    return [
        {"figure": f"  visitors {when}, p50, ms", "is": p50, "target": targets[0]},
        {"figure": f"  visitors {when}, p95, ms", "is": p95, "target": targets[1]},
        {"figure": f"  visitors {when}, errors", "is": errors, "target": 0},
    ]


def _assistant() -> Account:
    """The benchmark's assistant of the county, made where there is none."""
    found = db.session.scalar(select(Account).where(Account.phone == f"+86{PHONE}0000"))
    if found is not None:
        return found
    region = db.session.get_one(Region, COUNTY)
    account = Account(
        name="信息员（测速）",
        phone=f"+86{PHONE}0000",
        trader_type=TraderType.BROKER,
        region_code=COUNTY,
        grants=[Grant(role=Role.ASSISTANT, region=region)],
    )
    with transaction():
        db.session.add(account)
    return account


def _try_sheet(assistant: Account) -> int:
    """Ask for the dry run; the import's number."""
    content = _workbook()
    (sheet,) = read_sheets(content, "bench.xlsx")
    head = find_head(sheet, ImportKind.OFFERS)
    assert head is not None
    columns = {column.index: column.field for column in head.columns}
    region = db.session.get_one(Region, COUNTY)
    with transaction():
        sha256 = files.store_file(content)
        about = (ImportKind.OFFERS, "bench.xlsx", sha256, uuid.uuid4().hex)
        imported = create_import(assistant, region, *about)
        values = SheetValues(columns, Side.SELL, "spoken", "村主任在场")
        check_rows(assistant, imported, 0, ImportKind.OFFERS, values)
        return imported.id


def _workbook() -> bytes:
    """Two goods of each farmer, none of whom the market knows."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS)
        for n in range(ROWS):
            farmer, (product, price) = n // 2, GOODS[n % len(GOODS)]
            name, phone = f"测速{farmer}", f"{PHONE}{farmer + 1:04d}"
            row = (name, phone, f"村{farmer % 50}", product, 1000 + n, price)
            sheet.write_row(n + 1, 0, row)
    return file.getvalue()


def _ask_for_stack(assistant: Account, office: SheetPlace) -> int:
    """A sheet for each of so many villages, named so that no earlier stack is the same."""
    stamp = uuid.uuid4().hex[:4]
    with transaction():
        save_villages(assistant, office, [f"{stamp}第{n}村" for n in range(SHEETS)])
        week, language = week_of(home_today()), "zh_CN"
        asked = (week, PaperSize.A4, 1, True, language, "https://example.test")
        return request_stack(assistant, office, *asked).id


def _sheets(stack: int) -> int:
    db.session.rollback()
    return db.session.get_one(SheetStack, stack).sheets
