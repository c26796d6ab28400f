"""The one background process: it keeps the index, the counts and the calendar, tells owners
of new matches, sends what leaves the site, and has documents made and spreadsheets imported.

Everything it does can be derived again from the database, so it may be killed at any
moment and losing its queue loses nothing.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from flask import Flask
from huey import Huey, crontab

from market.calendar.jobs import Jobs, JobStorage
from market.database import db, empty_log, gather_statistics, transaction, utcnow
from market.web.file_lock import Locked, file_lock
from market.web.form_recovery import purge_pending_forms

# Seconds. An offer must be found within one second of its posting.
PAUSE = 0.15
# A verified deal must be seen within five: with how long a page is kept and how often the
# wall screen asks, a test adds them up.
RECOUNT_EVERY = 0.5
# Going through all listings of a large fair takes a second or more, and offers must be found
# meanwhile: it gets what is left. Deals don't wait for it.
LISTINGS_EVERY, LISTINGS_SHARE = 2.0, 0.03
# For how long one thread may keep the interpreter from another: each of the many short waits
# of draining, for a file or for the database, would otherwise end with one of 5 ms.
GIVE_WAY_AFTER = 0.0005
# While offers keep coming in: to be found is urgent, to be told of a match is not.
NOTICING_SHARE = 0.1
CHECK_EVERY = 300.0
LOOK_FOR_DOCUMENTS_EVERY = 1.0
LOOK_FOR_IMPORTS_EVERY = 1.0
LOOK_AT_JOBS_EVERY = 5.0
FINISH_ERASURES_EVERY = 2.0
SEND_EVERY = 1.0
SEARCHES_EVERY, SEARCHES_SHARE = 1.0, 0.1
# Of each minute, for days before today whose prices were never counted.
PAST_PRICES_SECONDS = 5.0
LONGEST_PAUSE = 10.0
LONGEST_REST = 60.0
STOP_WITHIN = 1.5

log = logging.getLogger("market.worker")


class Step:
    """Something done over and over. A failure is logged, and tried again ever later.

    Attributes:
        every: seconds from one time to the next, at least.
        share: of the time it takes no more than this while anything else is waiting.
    """

    def __init__(
        self, app: Flask, act: Callable[[], Any], every: float, share: float = 1.0
    ) -> None:
        self.app = app
        self.act = act
        self.every = every
        self.share = share
        self.due = self.due_alone = 0.0
        self.failures = 0

    def turn(self, rush: bool = True) -> Any:
        """Act if it is due; what came of it, None when it wasn't due or failed.

        Args:
            rush: something else is waiting: keep to the share.
        """
        now = time.monotonic()
        if now < (self.due if rush else self.due_alone):
            return None
        with self.app.app_context():
            try:
                result = self.act()
                self.failures = 0
            except Exception:
                self.failures += 1
                log.exception("%s failed %d times", self.act.__name__, self.failures)
                result = None
            finally:
                db.session.remove()
        wait = self.every * 2**self.failures if self.failures else self.every
        self.due_alone = now + max(self.every, min(wait, LONGEST_PAUSE))
        took = time.monotonic() - now
        self.due = max(self.due_alone, now + min(took / self.share, LONGEST_REST))
        return result


def run(app: Flask) -> None:
    """Work until told to stop (SIGTERM or SIGINT); ends within two seconds of it.

    Raises:
        click.ClickException: a worker of this instance is already at work.
    """
    stop = threading.Event()
    sys.setswitchinterval(GIVE_WAY_AFTER)
    with _alone(Path(app.config["INSTANCE"]) / "worker.lock"):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        jobs = Jobs(Path(app.config["JOBS_DATABASE"]), lambda: calendar_of(app), STOP_WITHIN)
        log.info("the worker is at work")
        try:
            _loop(app, stop, jobs)
        finally:
            jobs.stop()
            with app.app_context():
                db.engine.dispose()


def calendar_of(app: Flask) -> Huey:
    """The queue with what the calendar asks for each minute and each day."""
    file = str(app.config["JOBS_DATABASE"])
    jobs = Huey("market", storage_class=JobStorage, filename=file, results=False)

    # At half past six in the evening UTC, when it is night at home.
    @jobs.periodic_task(crontab(hour="18", minute="30"))
    def each_day() -> None:
        Step(app, tidy, 0).turn()

    @jobs.periodic_task(crontab(minute="*"))
    def each_minute() -> None:
        Step(app, turn_calendar, 0).turn()

    # In a task of its own: with a large market it takes seconds.
    @jobs.periodic_task(crontab(minute="*"))
    def prices_each_minute() -> None:
        Step(app, count_day_prices, 0).turn()

    return jobs


def count_day_prices() -> None:
    """Count what products cost today, unless the clock can't be right."""
    from market.calendar.services import stopped_clock
    from market.prices.jobs import count_prices

    if stopped_clock() is None:
        count_prices(PAST_PRICES_SECONDS)


def turn_calendar() -> None:
    """Expire the offers whose time is up, open and close the fairs whose day has come, keep what
    each open fair had at the end of a day; nothing of it by a clock that can't be right."""
    from market.calendar.services import observe, scheduled_steps
    from market.fairs.models import Fair
    from market.tallies.end_of_day import count_day_end, save_day_end, unsaved_day_ends

    now = utcnow()
    with transaction():
        goes_on = observe(now)
    if not goes_on:
        return
    for turn in scheduled_steps:
        with transaction():
            turn(now)
    for fair_id, day in unsaved_day_ends(now):
        fair = db.session.get_one(Fair, fair_id)
        # Counted before the transaction: it takes too long to keep others from writing.
        counted = count_day_end(fair, day)
        with transaction():
            save_day_end(fair, day, counted)
    purge_pending_forms()


def recount_open_fairs() -> bool:
    """Count every open fair anew, with its listings; False where one was counted otherwise
    meanwhile and must be counted again."""
    from market.tallies.services import open_fair_ids, prepare_count, recount, save_count

    is_saved = True
    for fair_id in open_fair_ids():
        # Counted before the transaction: it takes too long to keep others from writing.
        pending = prepare_count(fair_id)
        with transaction():
            if pending is None:
                recount(fair_id)
            elif not save_count(pending):
                is_saved = False
    return is_saved


def tidy() -> None:
    """Look at the tables afresh, delete the photos that nothing uses any more, and empty the
    log."""
    from market.calendar.services import stopped_clock
    from market.offers.privacy import delete_unused_offer_photos

    with transaction():
        gather_statistics()
    if stopped_clock() is None:
        delete_unused_offer_photos(time.time())
    empty_log()


def _loop(app: Flask, stop: threading.Event, jobs: Jobs) -> None:
    from market.accounts.privacy.erasures import finish_erasures
    from market.imports.jobs import ImportProcess
    from market.matching.services import notice_matches
    from market.notify.searches import notice_searches
    from market.outgoing.sending import send_waiting
    from market.papers.document_jobs import MakerProcess
    from market.search.services import check, drain
    from market.tallies.services import update_counts

    def recount() -> None:
        with transaction():
            update_counts()

    Step(app, turn_calendar, 0).turn()
    Step(app, tidy, 0).turn()
    queueing = Step(app, jobs.look, LOOK_AT_JOBS_EVERY)
    checking = Step(app, check, CHECK_EVERY)
    draining = Step(app, drain, PAUSE)
    # After draining, and as seldom: a view younger than that would not be looked for anew.
    noticing = Step(app, notice_matches, PAUSE, NOTICING_SHARE)
    recounting = Step(app, recount, RECOUNT_EVERY)
    erasing = Step(app, finish_erasures, FINISH_ERASURES_EVERY)
    with (
        contextlib.closing(MakerProcess()) as workshop,
        contextlib.closing(ImportProcess()) as importer,
        _counting_listings(app, stop) as changed,
        # A gateway that doesn't answer takes seconds, and offers must be found meanwhile.
        _beside("outgoing", Step(app, send_waiting, SEND_EVERY), stop),
        # Each publication is asked about of every saved search.
        _beside("searches", Step(app, notice_searches, SEARCHES_EVERY, SEARCHES_SHARE), stop),
    ):
        making = Step(app, workshop.look, LOOK_FOR_DOCUMENTS_EVERY)
        importing = Step(app, importer.look, LOOK_FOR_IMPORTS_EVERY)
        while not stop.is_set():
            checking.turn()
            if drained := bool(draining.turn()):
                changed.set()
            noticing.turn(rush=drained)
            recounting.turn()
            making.turn()
            importing.turn()
            queueing.turn()
            erasing.turn()
            stop.wait(max(0.0, draining.due - time.monotonic()))


@contextlib.contextmanager
def _counting_listings(app: Flask, stop: threading.Event) -> Iterator[threading.Event]:
    """Count the listings of open fairs whenever the event says that offers have changed.

    In a thread of its own: a large fair takes a second, and offers must be found meanwhile.
    """
    changed = threading.Event()
    changed.set()

    def recount_changed() -> None:
        if not changed.is_set():
            return
        changed.clear()
        if not recount_open_fairs():
            changed.set()

    with _beside("listings", Step(app, recount_changed, LISTINGS_EVERY, LISTINGS_SHARE), stop):
        yield changed


@contextlib.contextmanager
def _beside(name: str, step: Step, stop: threading.Event) -> Iterator[None]:
    """Take the step in a thread of its own until told to stop."""

    def turn() -> None:
        while not stop.wait(PAUSE):
            step.turn()

    thread = threading.Thread(target=turn, name=name, daemon=True)
    thread.start()
    yield
    thread.join(STOP_WITHIN)


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Be the only worker of the instance; a worker that died holds nothing."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(file_lock(file))
        except Locked:
            raise click.ClickException("A worker of this instance is already at work.") from None
        yield
