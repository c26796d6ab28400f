"""Going on with the text in the search box."""

from __future__ import annotations

import pytest
from flask import Flask

from market.offers.search.suggestions import suggest_texts
from tests.conftest import Client
from tests.offers.test_views import queries_of


def values(text: str) -> list[str]:
    return [value for value, _label in suggest_texts(text)]


@pytest.fixture(autouse=True)
def request_context(app: Flask) -> object:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("脐", "脐橙"),
        ("qc", "脐橙"),
        ("qicheng", "脐橙"),
        ("土", "土豆"),
        ("石门", "石门"),
        ("常德 qc", "常德 脐橙"),
        ("常德qc", "常德脐橙"),
        ("求购常德 脐", "求购常德 脐橙"),
        ("常德脐", "常德脐橙"),
        ("2块以下 qc", "2块以下 脐橙"),
    ],
)
def test_the_last_word_is_finished_and_what_stands_before_it_stays(
    text: str, expected: str
) -> None:
    assert expected in values(text)


@pytest.mark.parametrize("text", ["", " ", "脐橙 ", "zzzzzz", "%", "\x00", "崀霖昀晟", "1" * 100])
def test_where_nothing_is_begun_nothing_is_suggested(text: str) -> None:
    assert values(text) == []


def test_letters_are_not_cut_inside_a_word() -> None:
    assert values("vqc") == []


def test_an_english_page_gets_english_words(client: Client) -> None:
    client.set_cookie("language", "en")
    found = client.get("/offers/suggest.json?q=fresh%20nav").get_json()
    assert "fresh Navel orange" in [one["value"] for one in found]
    assert client.get("/offers/suggest.json?q=shimen").get_json()


def test_a_word_inside_an_english_name_is_finished_too(client: Client) -> None:
    client.set_cookie("language", "en")
    found = client.get("/offers/suggest.json?q=fresh%20rice").get_json()
    assert [one["value"] for one in found][:2] == ["fresh Paddy rice", "fresh Milled rice"]


def test_a_suggestion_asks_the_database_nothing(client: Client) -> None:
    address = "/offers/suggest.json?q=常德 脐"
    assert client.get(address).get_json()[0]["value"] == "常德 脐橙"
    assert queries_of(client, address) == 0


def test_no_text_breaks_the_suggestions(client: Client) -> None:
    for text in ("%00", "%F0%28", "a" * 5000, "%E5%B8%B8", "'\"<>", ""):
        assert client.get(f"/offers/suggest.json?q={text}").status_code == 200
