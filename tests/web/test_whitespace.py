"""Pages without the whitespace that only lays out their templates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from market.web.whitespace import WithoutIndentation

TEMPLATES = Path(__file__).parents[2] / "templates"


def rendered(source: str, name: str = "page.html") -> str:
    env = Environment(loader=DictLoader({name: source}), extensions=[WithoutIndentation])
    return env.get_template(name).render(word="word")


@pytest.mark.parametrize(
    ("source", "page"),
    [
        (
            '<ul class="a > b">\n <li>\n  {% if word %}\n   a\n  {% endif %}\n </li>\n</ul>',
            '<ul class="a > b"><li>\na\n</li></ul>',
        ),
        (
            "<p>a  b\n    <b>c</b> {{ word }} <i>d</i>\n  </p>",
            "<p>a  b\n<b>c</b> word <i>d</i></p>",
        ),
        ('<td class="{{ word }}">\n  a</td>', '<td class="word">\na</td>'),
        (
            "<p> \u3000a\u3000 </p> <link> <picture> </picture>",
            "<p>\u3000a\u3000</p><link><picture> </picture>",
        ),
    ],
)
def test_only_whitespace_that_is_not_shown_is_left_out(source: str, page: str) -> None:
    assert rendered(source) == page


def test_what_is_no_page_stays_as_it_is() -> None:
    assert rendered("a\n  <p> b\n", "paper.typ") == "a\n  <p> b"


def test_values_keep_their_whitespace() -> None:
    assert rendered("<p>{{ 'a\n   b' }}</p>") == "<p>a\n   b</p>"


def test_no_template_has_text_of_its_own_in_a_field_or_listing() -> None:
    wrong = []
    for path in TEMPLATES.rglob("*.html"):
        for held in re.findall(
            r"<(?:textarea|pre)\b.*?</(?:textarea|pre)>", path.read_text(), re.S
        ):
            text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|<[^<>]*>", "", held, flags=re.S)
            if text.strip():
                wrong.append(f"{path.name}: {text.strip()}")
    assert not wrong
