"""The phone number in a text of an offer: with the words that say it is one, and taken out."""

from __future__ import annotations

import re

from market.text.phones import Phone, find_phones

_LABEL = re.compile(
    r"(?:联系)?(?:电话|手机|热线|微信)(?:号码?|同号)?(?:是|为)?[:：]?\s*$|[☎📞📱]\s*$"
    r"|\btel[:.]?\s*$"
)
_AFTER = re.compile(r"\s*[(（]?(?:微信同号|同微信|微同|V信同号)[)）]?")
_EDGE = re.compile(r"^[\s,，。;；、:：]+|[\s,，、;；:：(（]+$")


def labelled(text: str, phone: Phone) -> tuple[int, int]:
    """Where the number stands in a folded text, with its label (联系电话：)."""
    label = _LABEL.search(text[: phone.start])
    after = _AFTER.match(text, phone.end)
    return label.start() if label else phone.start, after.end() if after else phone.end


def take_phone(text: str) -> tuple[str, str]:
    """(the text without its first phone number, the number in E.164); "" for none in it."""
    for phone in find_phones(text):
        if (number := e164(phone)).startswith("+"):
            start, end = labelled(text.lower(), phone)
            before, after = _EDGE.sub("", text[:start]), _EDGE.sub("", text[end:])
            return f"{before}，{after}" if before and after else before + after, number
    return text, ""


def e164(phone: Phone) -> str:
    """The number in E.164, or as it is dialled where it has no area code."""
    number = phone.number
    if len(number) < 10:
        return number
    return f"+86{number.removeprefix('0')}"
