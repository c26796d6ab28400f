"""The background process: it does its rounds, survives failures, and stops when told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from types import SimpleNamespace

import click
import pytest
from sqlalchemy import select, update

from market import worker
from market.database import db, transaction, utcnow
from market.matching.models import MatchNotice
from market.offers.models import Offer, OfferStatus
from market.offers.photos import photo_path
from market.search import engine
from tests.killing import PATIENCE, ROOT, until
from tests.offers.factories import make_offer


@pytest.fixture
def working(app, tmp_path):
    """Start workers of the test's instance; they are killed afterwards."""
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "flask", "--app", "wsgi", "worker"],
            cwd=ROOT,
            env={
                **os.environ,
                "MARKET_ENV": "development",
                "MARKET_INSTANCE": str(tmp_path),
                "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


def found(offer):
    answer = engine.find(engine.Filters())
    return answer is not None and offer.id in answer.ids


@pytest.mark.postgresql
def test_a_worker_builds_the_index_follows_offers_and_stops_when_told(app, make_account, working):
    owner = make_account()
    first = make_offer(owner)
    process = working()
    until(lambda: found(first))
    second = make_offer(owner)
    until(lambda: found(second))

    process.send_signal(signal.SIGTERM)

    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.endurance
def test_a_second_worker_of_the_instance_is_refused(app, make_account, working):
    offer = make_offer(make_account())
    working()
    until(lambda: found(offer))
    second = working()
    _, errors = second.communicate(timeout=PATIENCE)
    assert second.returncode == 1
    assert "already at work" in errors


@pytest.mark.endurance
def test_killed_while_it_writes_the_next_worker_ends_equal_to_the_database(
    app, make_account, working
):
    owner = make_account()
    for _ in range(3):
        process = working()
        offer = make_offer(owner)
        until(lambda offer=offer: found(offer))
        last = [make_offer(owner) for _ in range(5)][-1]
        process.kill()
        process.wait()
    working()
    until(lambda: found(last))
    answer = engine.find(engine.Filters(per_page=100))
    assert sorted(answer.ids) == sorted(db.session.scalars(select(Offer.id)))


@pytest.mark.endurance
def test_killed_at_any_moment_the_next_worker_has_told_everybody_of_every_match(
    app, make_account, working
):
    seller = make_account()
    expected = set()
    for _ in range(3):
        process = working()
        purchase = make_offer(make_account(), "buy")
        sales = [make_offer(seller, "sell") for _ in range(2)]
        until(lambda sale=sales[0]: found(sale))
        process.kill()
        process.wait()
        expected |= {(sale.id, purchase.id) for sale in sales}
    working()

    def told():
        db.session.rollback()
        rows = db.session.execute(select(MatchNotice.offer_id, MatchNotice.counterpart_id))
        return {(row.offer_id, row.counterpart_id) for row in rows}

    until(lambda: expected <= told())
    assert {pair[::-1] for pair in told()} == told()


def test_the_lock_of_a_worker_falls_free_with_it(tmp_path):
    file = tmp_path / "worker.lock"
    with worker._alone(file), pytest.raises(click.ClickException), worker._alone(file):
        pytest.fail("two at work")
    with worker._alone(file):
        pass


def test_the_calendar_expires_what_is_past_its_time(app, make_account):
    offer = make_offer(make_account())
    with transaction():
        db.session.execute(update(Offer).values(valid_until=utcnow() - timedelta(minutes=1)))
    worker.turn_calendar()
    assert db.session.get(Offer, offer.id).status is OfferStatus.EXPIRED


def test_each_minute_the_calendar_is_asked_for(app):
    jobs = worker.calendar_of(app)
    tasks = jobs.read_periodic(datetime(2026, 9, 1, 9, 5))
    assert {task.name for task in tasks} == {"each_minute", "prices_each_minute"}


def test_each_day_photos_and_statistics_are_tidied(app, make_account):
    jobs = worker.calendar_of(app)
    at_night = jobs.read_periodic(datetime(2026, 9, 1, 18, 30))
    assert "each_day" in {task.name for task in at_night}
    orphan = photo_path("offers", "0" * 64)
    orphan.parent.mkdir(parents=True)
    orphan.touch()
    os.utime(orphan, (0, 0))
    make_account()
    worker.tidy()
    assert not orphan.exists()
    looked_at = db.select(db.func.count()).select_from(db.table("sqlite_stat1"))
    assert db.session.scalar(looked_at) > 0


@pytest.fixture
def clock(monkeypatch):
    """The worker's monotonic clock, which goes only when told."""
    stopped = SimpleNamespace(now=1000.0, monotonic=lambda: stopped.now)
    monkeypatch.setattr(worker, "time", stopped)
    return stopped


def test_a_step_that_fails_is_logged_and_waits_longer_each_time(app, caplog, clock):
    def fail():
        raise ValueError("no")

    step = worker.Step(app, fail, 1.0)
    waits = []
    for _ in range(6):
        step.due = 0.0
        assert step.turn() is None
        waits.append(step.due - clock.now)
    assert waits == [2, 4, 8, 10, 10, 10]
    assert "fail failed 6 times" in caplog.text


def test_a_step_is_done_again_only_when_it_is_due(app):
    done = []
    step = worker.Step(app, lambda: done.append(1), 1000.0)
    step.turn()
    step.turn()
    assert done == [1]


def test_a_step_with_a_share_waits_longer_after_long_work_but_only_in_a_rush(app, clock):
    done = []

    def work():
        clock.now += 0.02
        done.append(1)

    step = worker.Step(app, work, 0.0, share=0.001)
    step.turn(rush=True)
    step.turn(rush=True)
    assert done == [1]
    assert step.due == pytest.approx(1020)
    step.turn(rush=False)
    assert done == [1, 1]
