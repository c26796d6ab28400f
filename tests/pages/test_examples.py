"""What our own texts give as examples is understood, in both languages."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from market.offers.models import Side
from market.offers.search.understanding import parse_text
from market.offers.sentence import read_sentence
from market.pages.texts import FOLDER
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon
from market.web.language import in_language

LANGUAGES = ("zh_CN", "en")
QUOTED = re.compile(r"「([^」]+)」|\"([^\"]+)\"")


def quoted(language: str, name: str, before: str) -> list[str]:
    """What a text quotes as examples on its lines that say `before`."""
    lines = (FOLDER / language / f"{name}.md").read_text("utf-8").splitlines()
    found = [QUOTED.findall(line.partition(before)[2]) for line in lines if before in line]
    return [left or right for line in found for left, right in line]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("side", Side)
def test_the_sentence_shown_in_the_empty_box_fills_the_form(
    app: Flask, language: str, side: Side
) -> None:
    client = app.test_client()
    client.set_cookie("language", language)
    page = unescape(client.get(f"/offers/new?side={side.value}").text)
    box = re.search(r'<textarea[^>]*name="sentence"[^>]*>', page)
    assert box
    example = re.search(r'placeholder="(?:比如：)?([^"]+)"', box[0])
    assert example
    (post,) = read_sentence(example[1])
    assert len(post.products) == 1
    assert post.quantity
    assert post.price_low
    assert not set(post.unsure) - {"side"}
    assert post.side in (None, side)


@pytest.mark.parametrize(("language", "before"), [("zh_CN", "一句话就够"), ("en", "one sentence")])
def test_the_sentence_of_the_page_about_the_market_is_one_good(
    reference: Flask, language: str, before: str
) -> None:
    (example,) = quoted(language, "about", before)
    with reference.test_request_context(), in_language(language):
        (post,) = read_sentence(example)
    assert len(post.products) == 1
    assert post.quantity
    assert post.price_low
    assert not set(post.unsure) - {"side"}


@pytest.mark.parametrize(("language", "before"), [("zh_CN", "搜索框"), ("en", "search box")])
def test_the_questions_of_the_help_are_understood_to_the_last_word(
    reference: Flask, language: str, before: str
) -> None:
    examples = quoted(language, "help", before)
    assert len(examples) == 2
    for example in examples:
        found = parse_text(example, product_lexicon(), region_lexicon())
        assert found.products, example
        assert not found.words, example
