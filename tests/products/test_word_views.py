"""The desk's page of unknown words, as officials use it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from market.accounts.models import Account, Role
from market.cache import versions
from market.database import db, transaction
from market.offers.forms import OfferForm
from market.offers.models import Side
from market.offers.posts import parse_post
from market.offers.search.suggestions import suggest_texts
from market.products import unmatched
from market.products.models import AddedWord, TextSource, UnmatchedText
from market.products.queries import product_lexicon, resolve_product, suggest_products
from market.regions.models import Region
from market.regions.queries import region_lexicon
from market.web.home_time import home_today
from tests.conftest import Client, make_app

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]
PAGE = "/desk/words"


@pytest.fixture(autouse=True)
def _nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unmatched.unmatched_counts, "_waiting", Counter())


@pytest.fixture
def official(make_account: Make, log_in: LogIn) -> Client:
    return log_in(make_account(name="石门员", role=Role.COUNTY_OFFICIAL))


def _count(text: str, source: TextSource = TextSource.SEARCH, weeks_ago: int = 0) -> None:
    week = unmatched.monday() - timedelta(weeks=weeks_ago)
    with transaction():
        db.session.add(UnmatchedText(week=week, source=source, text=text, count=1))


def _html(answer: Any) -> str:
    return answer.get_data(as_text=True)


def test_a_text_is_shown_with_its_week_and_where_it_was_typed(official: Client) -> None:
    _count("咕噜果")
    _count("咕噜果", TextSource.POST)
    _count("嘎啦果", weeks_ago=2)
    html = _html(official.get(PAGE))
    assert "咕噜果" in html
    assert "嘎啦果" not in html
    (other,) = set(re.findall(r'href="(/desk/words\?week=[\d-]+)"', html)) - {
        f"{PAGE}?week={unmatched.monday()}"
    }
    assert "嘎啦果" in _html(official.get(other))


def test_an_empty_page_says_why_and_leads_to_the_form(official: Client) -> None:
    html = _html(official.get(PAGE))
    assert 'href="#page-form"' in html
    assert 'id="page-form"' in html


def test_a_word_is_added_at_its_row(official: Client) -> None:
    _count("本地咕噜果")
    html = _html(official.get(PAGE))
    link = next(a for a in re.findall(r'href="([^"]+)"', html) if "text=" in a)
    row = official.get(link.replace("&amp;", "&"))
    assert 'value="本地咕噜果"' in _html(row)
    assert _html(row).count('id="page-form"') == 1
    assert "data-suggest" in _html(row)
    action = re.search(r'action="(/desk/words\?[^"]+)"', _html(row))
    assert action
    answer = official.send(
        action[1].replace("&amp;", "&"), {"word": "咕噜果", "product": "土豆"}, PAGE
    )
    assert answer.status_code == 303
    after = _html(official.get(answer.location))
    assert "咕噜果" in after
    assert "马铃薯" in after
    # The row is known by now: there is nothing to say of it any more.
    assert not re.search(r'<a [^>]*href="[^"]*text=', after)


@pytest.mark.parametrize(
    ("word", "product", "field"),
    [
        ("西红柿", "苹果", "word"),
        ("新鲜", "苹果", "word"),
        ("石门县", "苹果", "word"),
        ("果", "苹果", "word"),
        ("", "苹果", "word"),
        ("咕噜果", "", "product"),
        ("咕噜果", "没有这种东西", "product"),
        ("咕噜果", "地瓜", "product"),
    ],
)
def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(
    official: Client, word: str, product: str, field: str
) -> None:
    answer = official.send(PAGE, {"word": word, "product": product}, PAGE)
    html = _html(answer)
    assert answer.status_code == 422
    assert re.search(r'id="(\w+)-error"', html).group(1) == field  # type: ignore[union-attr]
    assert f'value="{word}"' in html
    assert f'value="{product}"' in html
    assert db.session.get(AddedWord, word) is None


def test_a_clash_names_the_product_that_is_meant_already(official: Client) -> None:
    assert "番茄" in _html(official.send(PAGE, {"word": "西红柿", "product": "苹果"}, PAGE))


def test_a_word_is_withdrawn(official: Client) -> None:
    official.send(PAGE, {"word": "咕噜·果", "product": "苹果"}, PAGE)
    html = _html(official.get(PAGE))
    action = re.search(r'action="(/desk/words/[^"]+)"', html)
    assert action
    assert resolve_product("咕噜·果")
    assert official.send(action[1].replace("&amp;", "&"), page=PAGE).status_code == 303
    assert db.session.get(AddedWord, "咕噜·果") is None
    assert not [p for p in resolve_product("咕噜·果") if p.name == "苹果"]


@contextmanager
def _second_app(folder: Path) -> Iterator[Flask]:
    """Another process's app on the same database."""
    other = make_app(folder)
    with other.app_context():
        yield other
        db.session.remove()
        db.engine.dispose()


def test_an_added_word_works_in_another_process_too(
    app: Flask, official: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _second_app(tmp_path) as other:
        assert resolve_product("咕噜果") == []
        region = db.session.get_one(Region, "430726")
        visitor = other.test_client()
        before = _html(visitor.get("/offers?q=咕噜果"))
        assert official.send(PAGE, {"word": "咕噜果", "product": "苹果"}, PAGE).status_code == 303
        # The other process looks every few seconds; here they have passed.
        monkeypatch.setattr(versions, "VERSION_CHECK_SECONDS", 0.0)
        db.session.rollback()
        assert [p.name for p in resolve_product("咕噜果")] == ["苹果"]
        assert [p.name for p, _word in suggest_products("咕噜")] == ["苹果"]
        assert any("咕噜果" in value for value, _label in suggest_texts("咕噜"))
        assert _html(visitor.get("/offers?q=咕噜果")) != before
        post = parse_post(
            "咕噜果三千斤，两块一斤", product_lexicon(), region_lexicon(), home_today()
        )
        assert post.products == (resolve_product("苹果")[0].code,)
        with other.test_request_context():
            form = OfferForm(Side.SELL, region, {})
            form.product.process(MultiDict({"product": "咕噜果"}))
            assert form.product.data == resolve_product("苹果")[0]
    # The process that added it knows it without waiting.
    assert [p.name for p in resolve_product("咕噜果")] == ["苹果"]


def test_who_added_and_withdrew_a_word_is_read_at_the_page_and_in_the_record(
    official: Client, make_account: Make, log_in: LogIn
) -> None:
    official.send(PAGE, {"word": "咕噜果", "product": "苹果"}, PAGE)
    official.send(f"{PAGE}/咕噜果/withdraw", page=PAGE)
    administrator = log_in(make_account(name="管理", role=Role.ADMINISTRATOR, region="430000"))
    found = administrator.get("/admin/audit?kind=added_words&object_id=咕噜果")
    for html in (_html(official.get(PAGE)), _html(found)):
        for said in ("咕噜果", "苹果", "石门员", "添加这个词", "撤回这个词"):
            assert said in html, said
