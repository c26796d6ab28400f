"""Every message has its Chinese, with the same blanks to fill in."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "market/translations/zh_Hans_CN/LC_MESSAGES/messages.po"
METHODS = [("market/**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "_n": (1, 2), "gettext": None, "ngettext": (1, 2)}
KEYWORDS |= {"lazy_gettext": None, "lazy_ngettext": (1, 2), "_ln": (1, 2)}
KEYWORDS |= {"lazy_pgettext": ((1, "c"), 2)}


def first(message: str | tuple[str, ...] | list[str]) -> str:
    """The singular of a message that has a plural, else the message."""
    return message if isinstance(message, str) else message[0]


def messages_in_the_code() -> set[tuple[str | None, str]]:
    """Each with its context: one word may have several meanings."""
    found = extract_from_dir(str(ROOT), METHODS, {}, keywords=KEYWORDS)
    return {(context, first(message)) for _, _, message, _, context in found}


def blanks(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]", text))


def test_every_message_is_translated_and_none_is_left_over() -> None:
    with PO.open("rb") as file:
        catalogue = read_po(file)
    translated = {
        (m.context, first(m.id))
        for m in catalogue
        if m.id and not m.fuzzy and all([m.string] if isinstance(m.string, str) else m.string)
    }
    written = messages_in_the_code()
    assert written - translated == set()
    assert translated - written == set()
    assert not catalogue.obsolete


def test_a_translation_has_the_same_blanks() -> None:
    with PO.open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        ids = [message.id] if isinstance(message.id, str) else message.id
        strings = [message.string] if isinstance(message.string, str) else message.string
        for text in strings:
            assert blanks(text) <= set().union(*map(blanks, ids)), message.id
            assert blanks(ids[-1]) <= blanks(text) | {"%(num)s", "%(num)d"}, message.id


def test_the_chinese_says_one_thing_in_one_word() -> None:
    """您, never 你; 查看号码 wherever a number is shown; closing is 结束."""
    with PO.open("rb") as file:
        singular = [m for m in read_po(file) if m.id and isinstance(m.id, str)]
    chinese = {(m.context, m.id): str(m.string) for m in singular}
    assert not [text for text in chinese.values() if "你" in text]
    assert not [text for text in chinese.values() if re.search(r"(?<!查)看(电话)?号码", text)]
    assert chinese[None, "Close"] == "结束"
    assert "撤下" not in chinese[None, "Reject and take down"]
