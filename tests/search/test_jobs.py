"""The queue of what is due by the clock heals by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from market import worker
from market.calendar.jobs import Jobs, is_broken

BROKEN = [b"\xff" * 9000, b"SQLite format 3\0" + b"\xff" * 9000, b"not a database at all" * 99]


@pytest.fixture
def jobs(app: Flask, tmp_path: Path) -> Iterator[Jobs]:
    jobs = Jobs(tmp_path / "jobs.sqlite3", lambda: worker.calendar_of(app), 1.0)
    yield jobs
    jobs.stop()


@pytest.mark.parametrize("content", BROKEN, ids=["noise", "a head and noise", "text"])
def test_a_broken_queue_is_begun_anew(jobs: Jobs, content: bytes) -> None:
    jobs.path.write_bytes(content)
    assert is_broken(jobs.path)
    jobs.look()
    assert not is_broken(jobs.path)
    assert jobs.consumer is not None
    assert len(jobs.consumer.huey.storage.scheduled_items()) == 0


def test_a_queue_broken_or_lost_while_the_worker_runs_is_begun_anew(jobs: Jobs) -> None:
    jobs.look()
    first = jobs.consumer
    jobs.look()
    assert jobs.consumer is first
    # The queue at work may write the file whole again before anybody looks.
    for _ in range(100):
        jobs.path.write_bytes(BROKEN[1])
        jobs.look()
        if jobs.consumer is not first:
            break
    second = jobs.consumer
    assert second is not first
    assert not is_broken(jobs.path)
    jobs.path.unlink()
    jobs.look()
    assert jobs.consumer is not second
    assert jobs.path.exists()


def test_a_queue_that_cant_be_made_now_is_made_once_it_can(
    jobs: Jobs, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    step = worker.Step(app, jobs.look, 0)
    with monkeypatch.context() as failing:
        failing.setattr(jobs, "fill", full)
        step.turn()
    assert (step.failures, jobs.consumer) == (1, None)
    step.turn(rush=False)
    step.due_alone = 0
    step.turn(rush=False)
    assert jobs.consumer is not None
