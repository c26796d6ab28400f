"""What the whole market needs is written in one place, and used from there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from market.fairs.figure_names import FIGURE_LABELS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("HOME_TIME_ZONE", "market/web/home_time.py"),
        ("fcntl", "market/web/file_lock.py"),
        ("pg_advisory_xact_lock", "market/database.py"),
    ],
)
def test_it_is_written_in_one_module(text: str, place: str) -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "market").rglob("*.py"))
        if text in path.read_text("utf-8")
    ]
    assert found == [place]


# The others are plain words too: "Supply" is a side, "Listings" a tab, "Deals" a page.
FIGURES_ALONE = ("amount_fen", "mass_kg", "varieties", "merchants", "conversion")
# What figures of a fair were called besides, and aren't any more.
OTHER_NAMES = r"(?<!有效涉农)商户数|成交宗数|成交单数|交易笔数|交易额"


def test_the_name_of_a_figure_is_written_once() -> None:
    names = "|".join(re.escape(FIGURE_LABELS[name]._args[-1]) for name in FIGURES_ALONE)
    written = re.compile(rf"""\b_l?\(\s*['"]({names}|Merchants|Number of deals)['"]\s*\)""")
    files = [
        *(ROOT / "market").rglob("*.py"),
        *(ROOT / "templates").rglob("*.html"),
    ]
    found = {path for path in files if written.search(path.read_text("utf-8"))}
    assert found == {ROOT / "market/fairs/figure_names.py"}


def test_no_figure_has_a_second_name_in_chinese() -> None:
    with (ROOT / "market/translations/zh_Hans_CN/LC_MESSAGES/messages.po").open("rb") as file:
        texts = [text for message in read_po(file) for text in _texts(message.string)]
    assert "有效涉农商户" in texts
    assert "成交笔数" in texts
    assert [text for text in texts if re.search(OTHER_NAMES, text)] == []


def _texts(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else string
