"""The formatter of templates: what a page shows stays the same, whatever is written how."""

from __future__ import annotations

import re
from itertools import starmap
from pathlib import Path
from random import Random
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element

import html5lib
import pytest
from format_templates import BLOCK, BLOCK_INSIDE, BLOCK_OUTSIDE, formatted, main
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from template_source import VERBATIM

# Whether a tag starts or ends, or a text; its name or the text; and what else is compared.
Event: TypeAlias = tuple[Any, ...]
SPACES = " \t\n\r\f"
LONG = "a sentence of many words that goes on and on until no line has any room left for it"
# Macros as the templates have them, then what is to be formatted.
MACROS = """
{%- macro badge(text, kind='neutral') %}<span class="{{ kind }}">{{ text }}</span>{% endmacro %}
{%- macro panel(title, rows={}) %}<div><h2>{{ title }}</h2>{{ rows }}{{ caller() if caller }}</div>
{%- endmacro -%}
"""


def shown(html: str) -> list[Event]:
    """The tags and texts of a page, without the whitespace that HTML does not show."""
    events: list[Event] = []

    def add(text: str | None, is_verbatim: bool) -> None:
        if text:
            before = events.pop()[1] if events and events[-1][0] == "text" else ""
            events.append(("text", before + text, is_verbatim))

    def walk(element: Element, is_verbatim: bool) -> None:
        if not isinstance(element.tag, str):
            return
        name = element.tag.split("}")[-1]
        is_verbatim = is_verbatim or name in VERBATIM
        events.append(("start", name, tuple(sorted(element.attrib.items(), key=str))))
        add(element.text, is_verbatim)
        for child in element:
            walk(child, is_verbatim)
            add(child.tail, is_verbatim)
        events.append(("end", name))

    walk(html5lib.parse(html), False)
    around = zip([events[0], *events], events, [*events[1:], events[-1]], strict=False)
    return [event for event in starmap(collapse, around) if event != ("text", "")]


def collapse(before: Event, event: Event, after: Event) -> Event:
    """A text without whitespace beside block-level tags, and only single spaces elsewhere."""
    if event[0] != "text" or event[2]:
        return event
    text = re.sub(f"[{SPACES}]+", " ", event[1])
    inside, outside = BLOCK | BLOCK_INSIDE, BLOCK | BLOCK_OUTSIDE
    if before[1] in (inside if before[0] == "start" else outside) or before[1] == "br":
        text = text.lstrip(" ")
    if after[1] in (outside if after[0] == "start" else inside):
        text = text.rstrip(" ")
    return "text", text


def pages(source: str) -> list[list[Event]]:
    """What the template shows, whether its conditions hold or not."""
    template = Environment().from_string(MACROS + source)
    values = {"long": LONG, "word": "word", "rows": ["one", "two"], "nothing": []}
    return [shown(template.render(values, yes=yes, no=not yes)) for yes in (True, False)]


def check(source: str) -> str:
    """Format the source, and see that it shows the same, stays so, and has no long line."""
    text = formatted(source)
    assert pages(text) == pages(source), text
    assert formatted(text) == text
    assert max(map(len, text.splitlines())) <= 120, text
    return text


# An @ stands for a long sentence.
TRICKY = {
    "a condition in a sentence": (
        "<p>Some {{ long }}{% if yes %}, and{% else %}; or{% endif %} more {{ long }}.</p>"
    ),
    "no space between": "<p>{{ word }}{{ word }}<b>@</b><i>@</i>{{ word }}</p>",
    "spaces that stay": "<p>@ @ <b>{{ word }}</b> {{ word }}</p>",
    "nested calls": (
        "{{ panel('A title that is long', {'first': badge(long, kind='good'), 'second': badge("
        "word ~ long if yes else long|upper|truncate(20), kind='bad' if no else 'good')}) }}"
    ),
    "a call block": (
        "{% call panel(long, rows={'one': long, 'two': word}) %}"
        "<p>{{ long }}</p><p>x</p>{% endcall %}"
    ),
    "attributes": (
        '<p><a href="/{{ word }}"{% if yes %} class="{{ word if no else long }}" hidden{% endif %}'
        ' title="@" {% for r in rows %} data-{{ r }}="{{ r }}"{% endfor %}>x</a><a href=y>y</a></p>'
    ),
    "a value in parts": '<p class="a{%- if yes %} b {%- endif %} c {{- word }}{{ long }}"></p>',
    "comments": "<p>a{# @ @ #}b {#- c -#} d</p>{# e\n  f #}<!-- g  h -->",
    "verbatim": (
        "<div><textarea>\n  a\n{{ long }}  b</textarea><pre>\n a   b\n</pre>"
        "<script>if (a  < b) {\n}</script></div>"
    ),
    "raw": "<p>a{% raw %}{{ b }}  {% c %}{% endraw %}d</p>",
    "whitespace control": (
        "<p>a {%- if yes -%} b {%- endif %} c {{- word -}} d</p>\n{%- set x = 1 -%} e"
    ),
    "tags that nothing closes": (
        "<table><tr><th>a<td>{{ word }}{% for r in rows %}<td>{{ r }}{% endfor %}"
        "<tr><td>b</table><ul><li>a<li>b</ul>"
    ),
    "a tag closed elsewhere": (
        "{% if yes %}<section>{% endif %}<p>a</p>{% if yes %}</section>{% endif %}"
    ),
    "a list": "<ul>{% for r in rows %}<li>{{ r }}</li>{% else %}<li>none</li>{% endfor %}</ul>",
    "a loop of text": (
        "<p>{% for r in rows %}{{ r }}{% if not loop.last %}, {% endif %}{% endfor %}@</p>"
    ),
    "a loop without spaces": "<p>{% for r in rows %}{{ r }}{{ long ~ '@' }}{% endfor %}</p>",
    "a line break left out": "<p>{{ long ~ '@' }}{% if no %}<br>{% endif %}{{ long ~ '@' }}</p>",
    "a loop beside text": "<div>{% for r in rows %}<p>{{ r }}</p> {% endfor %}{{ word }}</div>",
    "wide spaces": "<p>a\u3000{{ long }}\u00a0{% if yes %}\u3000{{ long }}@{% endif %}</p>",
    "strings": "<p>{{ '@ @'|upper ~ \"it's\" ~ '%s   %s'|format(1, 'two') }}</p>",
    "brackets in strings": "<p>{{ '}} %} {{ ' }}{% if '%}' == word %}x{% endif %}</p>",
    "a block set": "{% set both %}{{ word }} {{ word }}{% endset %}<p>{{ both }}{{ both }}</p>",
    "a drawing": (
        '<svg width="{{ 9 }}"><title>{{ long }} {{ long }}</title><rect x="1"/>'
        "<text> a </text></svg>"
    ),
    "a choice": "<p>a<select> <option> x <option>y</select>b<br>c</p>",
    "operators": (
        "<p>{{ (1 if yes and (no or not yes) else -2) + rows|length * 3 - rows[0:1]|length }}"
        "{{ long if yes and long in rows or no and long not in rows else word ~ long ~ long }}</p>"
    ),
}


@pytest.mark.parametrize("name", TRICKY)
def test_what_is_shown_stays_the_same(name: str) -> None:
    check(TRICKY[name].replace("@", LONG))


def test_a_shown_space_is_told_from_one_that_is_not() -> None:
    assert shown("<p> a <b>b</b> </p> <p>c") == shown("<p>a\n<b>b</b></p><p>c")
    assert shown("<p>a <b>b</b></p>") != shown("<p>a<b>b</b></p>")
    assert shown("<p>a <textarea> b</textarea></p>") != shown("<p>a <textarea>b</textarea></p>")
    assert shown("<p><b>a</b> <i>b</i></p>") != shown("<p><b>a</b><i>b</i></p>")


def test_each_element_has_a_line() -> None:
    assert check('<ul class="a"><li>a</li>{% if yes %}<li>b <b>c</b></li>{% endif %}</ul>') == (
        '<ul class="a">\n  <li>a</li>\n  {% if yes %}<li>b <b>c</b></li>{% endif %}\n</ul>\n'
    )


def test_arguments_and_attributes_have_a_line_each_where_they_do_not_fit() -> None:
    source = "{{ panel('" + LONG + "', rows={'one': word, 'two': word}) }}"
    assert check(source) == (
        "{{ panel(\n"
        "  'a sentence of many words that goes on and on until no line has any room left for it',\n"
        "  rows={'one': word, 'two': word}\n"
        ") }}\n"
    )
    source = f'<p class="{LONG}" id="x"{{% if yes %}} hidden{{% endif %}}></p>'
    assert check(source) == (
        f'<p\n  class="{LONG}"\n  id="x"\n  {{%- if yes %}} hidden{{% endif %}}\n></p>\n'
    )


GAPS = st.sampled_from(["", "", " ", "\n", "\n\n  "])
WORDS = st.sampled_from(
    [
        *("word", "a.", LONG, "{{ word }}", "{{ badge(long) }}", "{{ long if yes else word }}"),
        *("{# why #}", "{% set z = word %}", "<br>", "<input>", "<textarea> a\n </textarea>"),
        *("{{ word|upper ~ ': ' ~ long }}", "(", "{{ rows|join(', ') }}"),
    ]
)
INLINE_TAGS = st.sampled_from(
    [
        *(("<q>", "</q>"), ('<label for="{{ word }}"{% if no %} hidden{% endif %}>', "</label>")),
        ('<span class="{{ long }}{% if yes %} b{% endif %}" title="{{ word }}">', "</span>"),
    ]
)
BLOCK_TAGS = st.sampled_from(
    [("<div>", "</div>"), ("<ul><li>", "</ul>"), ('<section id="{{ long }}">', "</section>")]
)
STATEMENTS = st.sampled_from(
    [
        *(("{% if yes %}", "{% endif %}"), ("{% if no %}a{% else %}", "{% endif %}")),
        *(("{% for r in rows %}", "{% endfor %}"), ("{% for r in nothing %}", "{% endfor %}")),
        *(("{% set z %}", "{% endset %}{{ z }}"), ("{% with y = 1 %}", "{% endwith %}")),
    ]
)
BLOCK_STATEMENTS = STATEMENTS | st.sampled_from(
    [
        ("{% call panel(word) %}", "{% endcall %}"),
        ("{% if yes %}<p>x</p>{% elif no %}", "{% endif %}"),
    ]
)


def within(
    children: st.SearchStrategy[str], tags: st.SearchStrategy[tuple[str, str]]
) -> st.SearchStrategy[str]:
    """The children in a row, with gaps of all kinds, in one of the pairs of tags."""
    row = st.lists(st.tuples(GAPS, children), max_size=3)
    return st.builds(
        lambda pair, parts, gap: pair[0] + "".join(g + p for g, p in parts) + gap + pair[1],
        tags,
        row,
        GAPS,
    )


INLINE = st.recursive(WORDS, lambda inner: within(inner, INLINE_TAGS | STATEMENTS), max_leaves=6)
PARAGRAPHS = within(INLINE, st.just(("<p>", "</p>")))
BLOCKS = st.recursive(
    PARAGRAPHS | INLINE, lambda inner: within(inner, BLOCK_TAGS | BLOCK_STATEMENTS), max_leaves=6
)
TEMPLATES = within(BLOCKS, st.just(("<main>", "</main>")))


@given(TEMPLATES, st.integers(0, 1000))
def test_any_template_shows_the_same_when_formatted(source: str, seed: int) -> None:
    """Whitespace control is strewn in here and there."""
    dashes = Random(seed)
    trimmed = re.sub(
        r"(\{[{%#])( [^{}]* )([#%}]\})",
        lambda found: ("-" * (dashes.random() < 0.2)).join(found.groups()),
        source,
    )
    text = formatted(trimmed)
    assert pages(text) == pages(trimmed), text
    assert formatted(text) == text


def test_files_that_would_change_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, right = tmp_path / "rooms/wrong.html", tmp_path / "right.html"
    wrong.parent.mkdir()
    wrong.write_text("<ul><li>a</ul>")
    right.write_text("<p>a</p>\n")
    assert main(["--check", str(tmp_path)]) == 1
    assert capsys.readouterr().out == f"{wrong}\n"
    assert wrong.read_text() == "<ul><li>a</ul>"
    assert main([str(tmp_path)]) == 0
    assert main(["--check", str(tmp_path)]) == 0


FILES = sorted((Path(__file__).parents[2] / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_template_is_as_the_formatter_writes_it_and_short(path: Path) -> None:
    source = path.read_text("utf-8")
    assert formatted(source) == source
    assert not [line for line in source.splitlines() if len(line) > 120]
    assert len(source.splitlines()) <= 200
