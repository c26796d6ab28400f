"""The short phrases of offers' fields in English, by a table: 果径60以上 is "fruit diameter 60 or
more". What is not understood stays in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from market.text.characters import is_chinese
from market.text.numbers import parse_number
from market.text.trade_terms import (
    ADDED,
    AFTER_NUMBER,
    CONTAINERS,
    IN_MILLIMETRES,
    MEASURED,
    METRIC,
    TERMS,
    UNITS,
)

MAX_LENGTH = 120
_SEPARATORS = re.compile(r"\s*[，,、。；;！!|｜]+\s*|\s+|\s*[·•]\s*")
_BRACKETS = str.maketrans("（）【】()[]", "，，，，，，，，")
# What says nothing by itself.
_MARKS = "/:：-—~+*的约"
_DIGITS = r"\d+(?:\.\d+)?"
_NUMBER = rf"(?:{_DIGITS}|[一二两三四五六七八九十半]+)"
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
# 3-5斤, 2两, 14%, 60, 10斤/箱.
_AMOUNT = re.compile(
    rf"({_NUMBER})(?:({_UNIT})?[-~–—至到]({_NUMBER}))?(?:({_UNIT})|([%％度℃]))?"
    rf"(?:/({_UNIT})|每({_UNIT}))?"
)
_ENTRIES = {**TERMS, **CONTAINERS, **ADDED, **MEASURED}
_BY_FIRST: dict[str, list[str]] = {}
for _entry in sorted(_ENTRIES, key=len, reverse=True):
    _BY_FIRST.setdefault(_entry[0], []).append(_entry)
_AFTER = sorted(AFTER_NUMBER, key=len, reverse=True)


@dataclass(frozen=True)
class PhrasePart:
    """A part of a phrase.

    Attributes:
        text: in English, or as it was written.
        is_original: as it was written, in Chinese.
    """

    text: str
    is_original: bool = False


@lru_cache(maxsize=8192)
def translate_phrase(text: str) -> tuple[PhrasePart, ...]:
    """The phrase in English, clause by clause, a comma between two.

    A clause of which less than half is in the table stays as it is, so that no sentence is left
    as a salad of words; so does a text longer than MAX_LENGTH.
    """
    if len(text) > MAX_LENGTH or not any(map(is_chinese, text)):
        return (PhrasePart(text, any(map(is_chinese, text))),) if text else ()
    clauses = [_clause(c) for c in _SEPARATORS.split(text.translate(_BRACKETS)) if c]
    if all(piece.is_original for clause in clauses for piece in clause):
        return (PhrasePart(text, True),)
    return tuple(_joined(clauses))


def has_translation(text: str) -> bool:
    """Whether any of a Chinese phrase is in the table."""
    return any(not piece.is_original for piece in translate_phrase(text)) and any(
        map(is_chinese, text)
    )


def _joined(clauses: Iterable[list[PhrasePart]]) -> Iterator[PhrasePart]:
    """The pieces of all, English ones that follow one another made one."""
    pieces: list[PhrasePart] = []
    for number, clause in enumerate(clauses):
        for first, piece in enumerate(clause):
            between = ", " if number and not first else " " if first else ""
            if pieces and not (pieces[-1].is_original or piece.is_original):
                pieces[-1] = PhrasePart(f"{pieces[-1].text}{between}{piece.text}")
            elif between and piece.is_original and pieces and not pieces[-1].is_original:
                pieces[-1] = PhrasePart(pieces[-1].text + between)
                pieces.append(piece)
            elif between:
                pieces += [PhrasePart(between + piece.text, piece.is_original)]
            else:
                pieces.append(piece)
    yield from pieces


def _clause(text: str) -> list[PhrasePart]:
    """A clause without separators, in pieces with a space between."""
    words, unread = _read(text)
    if unread * 2 > len(text) or not words:
        return [PhrasePart(text, any(map(is_chinese, text)))]
    return words


def _read(text: str) -> tuple[list[PhrasePart], int]:
    """(its words, how many of its characters are in no table)."""
    found: list[tuple[str, str]] = []  # (kind, English or Chinese)
    at = unread = 0
    entry = ""
    while at < len(text):
        entry_before = entry
        if entry := _entry_at(text, at):
            found.append((_kind_of(entry), _ENTRIES[entry]))
            at += len(entry)
        elif amount := _amount_at(text, at, "mm" if entry_before in IN_MILLIMETRES else ""):
            amount_text, at = amount
            found.append(("amount", amount_text))
        elif text[at] in _MARKS:
            at += 1
        else:
            if found and found[-1][0] == "unread":
                found[-1] = "unread", found[-1][1] + text[at]
            else:
                found.append(("unread", text[at]))
            unread += is_chinese(text[at])
            at += 1
    return list(_worded(found)), unread


def _worded(found: list[tuple[str, str]]) -> Iterator[PhrasePart]:
    """Their words: what is measured before its number, a container "of" so much, what is added
    after what it is added to; the rest with commas."""
    phrase = before = last = ""
    for kind, text in found:
        if kind == "unread":
            if phrase:
                yield PhrasePart(phrase)
            is_original = any(map(is_chinese, text))
            if is_original:
                yield PhrasePart(text, True)
                phrase, before = "", ""
            else:
                phrase, before = text, kind
            continue
        if not phrase:
            phrase = text
        elif kind == "amount" and before == "container":
            phrase += f" of {text}"
        elif kind == "container" and before == "amount" and phrase == last:
            phrase = f"{text} of {phrase}"
        elif kind in ("added", "after") or before == "measured":
            phrase += f" {text}"
        else:
            phrase += f", {text}"
        before, last = kind, text
    if phrase:
        yield PhrasePart(phrase)


def _entry_at(text: str, at: int) -> str:
    """The longest entry of the tables at `at`; "" for none."""
    return next((e for e in _BY_FIRST.get(text[at], ()) if text.startswith(e, at)), "")


def _kind_of(entry: str) -> str:
    if entry in MEASURED:
        return "measured"
    if entry in CONTAINERS:
        return "container"
    return "added" if entry in ADDED else "term"


def _amount_at(text: str, at: int, usual_unit: str) -> tuple[str, int] | None:
    """(an amount in English, where it ends) with what follows it; None where there is none.

    Args:
        usual_unit: that of a mere number.
    """
    match = _AMOUNT.match(text, at)
    if match is None:
        return None
    low, first_unit, high, unit, sign, per, each = match.groups()
    is_plain = low.replace(".", "").isdigit()
    if not is_plain and not (unit or sign):
        # 一 in a word is no amount.
        return None
    numbers = [parse_number(low), parse_number(high) if high else None]
    if numbers[0] is None or (high and numbers[1] is None):
        return None
    amount_text = _amount(
        [n for n in numbers if n is not None], unit or first_unit or usual_unit, sign or ""
    )
    if per or each:
        amount_text += f" per {UNITS[per or each][0]}"
    end = match.end()
    while after := next((a for a in _AFTER if text.startswith(a, end)), ""):
        amount_text, end = f"{amount_text} {AFTER_NUMBER[after]}", end + len(after)
    return amount_text, end


def _amount(numbers: list[Decimal], unit: str, sign: str) -> str:
    """So much of a unit, a traditional one with its weight beside: 3–5 jin (1.5–2.5 kg)."""
    text = _range(numbers)
    if sign:
        return text + {"%": "%", "％": "%", "度": "°", "℃": " °C"}[sign]
    if not unit:
        return text
    one, several = UNITS[unit]
    amount_text = f"{text} {one if numbers == [1] else several}"
    if metric := METRIC.get(one):
        factor, by, name = metric
        amount_text += f" ({_range([n * factor / by for n in numbers])} {name})"
    return amount_text


def _range(numbers: list[Decimal]) -> str:
    return "–".join(_trimmed(n) for n in numbers)


def _trimmed(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
