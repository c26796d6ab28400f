"""Charts show what is known, and nothing between."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask


def macros(app: Flask) -> Any:
    return app.jinja_env.get_template("components/chart.html").module


def paths(drawn: str) -> list[str]:
    return re.findall(r'class="line-path" d="([^"]*)"', drawn)


def test_a_line_is_broken_where_a_value_is_not_known(app: Flask) -> None:
    points = [("一", 2), ("二", 4), ("三", None), ("四", 1), ("五", None)]
    drawn = macros(app).line(points, "价格", "五周")
    assert paths(drawn) == ["M0.0,50.0L250.0,0.0M750.0,75.0h.1"]
    assert "line-area" not in drawn
    assert re.findall(r'circle class="line-dot" cx="([\d.]+)%', drawn) == ["25.00", "75.00"]


def test_a_line_through_days_that_are_all_known_is_whole(app: Flask) -> None:
    drawn = macros(app).line([("一", 2), ("二", 0), ("三", 4)], "成交", "三天")
    assert paths(drawn) == ["M0.0,50.0L500.0,100.0L1000.0,0.0"]
    assert 'class="line-area" d="M0,100L0.0,50.0L500.0,100.0L1000.0,0.0L1000.0,100z"' in drawn


def test_a_line_of_nothing_known_is_not_drawn(app: Flask) -> None:
    assert "<svg" not in macros(app).line([("一", None)], "价格", "一周")


def test_a_small_line_is_broken_where_a_value_is_not_known(app: Flask) -> None:
    drawn = macros(app).sparkline([1, None, 3, 2, None], "价格", "五周")
    assert paths(drawn) == ["M4.0,28.0h.1M60.0,4.0L88.0,16.0"]
    assert 'cx="88.0"' in drawn
