"""The look at the site before the web server forks."""

from __future__ import annotations

import re
from threading import Thread
from typing import Any

from flask import Flask, request, request_started
from sqlalchemy import event

from market.database import db
from market.web.warmup import warm


def asked_while_warming(app: Flask) -> list[str]:
    paths: list[str] = []

    def note(sender: Flask, **extra: Any) -> None:
        paths.append(request.path)

    with request_started.connected_to(note, app):
        warm(app)
    return paths


def test_the_list_an_offer_and_a_fair_are_looked_at_before_visitors_come(market: Flask) -> None:
    paths = asked_while_warming(market)
    assert {"/", "/offers", "/fairs"} <= set(paths)
    assert any(re.fullmatch(r"/offers/\d+", path) for path in paths)
    assert any(re.fullmatch(r"/fairs/[^/]+", path) for path in paths)


def test_no_connection_is_left_for_another_process(market: Flask) -> None:
    opened: list[str] = []
    closed: list[str] = []
    pool = db.engine.pool
    event.listen(pool, "connect", lambda *_: opened.append(""))
    event.listen(pool, "close", lambda *_: closed.append(""))
    # As the web server does, outside any context of the test.
    other = Thread(target=warm, args=[market])
    other.start()
    other.join()
    assert opened
    assert len(closed) >= len(opened)


def test_a_market_without_a_database_starts_all_the_same(empty_database: Flask) -> None:
    empty_database.config["PROPAGATE_EXCEPTIONS"] = False
    assert asked_while_warming(empty_database) == ["/"]
