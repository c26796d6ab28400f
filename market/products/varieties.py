"""Names of varieties, brands and dialects: checking them, and reading those of a series."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from market.products.models import Confidence, VarietyKind
from market.text.characters import fold

# What follows the name of a series: 希森6号, 郑单958, 柳城05-136, 妙香七号, 乾泰系列. Without 号 a
# number is too like a quantity, so it has two digits at least and no unit after it.
_NUMBER = re.compile(
    r"-?(?:\d{1,5}(?:-\d{1,4})?[a-z]?号|[一二三四五六七八九十]{1,3}号|系列"
    r"|\d{2,5}(?:-\d{1,4})?[a-z]?(?![a-z0-9.%#+个十百千万两斤公千克吨元块毛角箱袋筐件包盒瓶头只羽尾条枚"
    r"亩棵株颗粒厘分毫米寸丈尺天月日号级度年以起左上到至-]))"
)


def series_end(text: str, start: int, stem: str) -> int:
    """Where the name of a variety of the series `stem`, which stands at `start`, ends in the
    folded text; 0 where no number follows that makes it one."""
    found = _NUMBER.match(text, start + len(stem))
    return found.end() if found else 0


def variety_rows(varieties: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Rows for the table."""
    return [
        {
            **{name: v[name] for name in ("name", "product_code", "region", "source")},
            "kind": VarietyKind(v["kind"]),
            "confidence": Confidence(v["confidence"]),
        }
        for v in varieties
    ]


def variety_problems(
    varieties: Iterable[Mapping[str, str]],
    codes: Iterable[str],
    words: Mapping[str, Iterable[str]],
) -> Iterator[str]:
    """What is wrong with the varieties, a sentence each.

    Args:
        codes: of the products.
        words: that name products already: name or alias -> codes.
    """
    known = set(codes)
    meanings: dict[str, set[str]] = defaultdict(set)
    for word, meant in words.items():
        meanings[fold(word)] |= set(meant)
    seen: set[str] = set()
    for v in varieties:
        name, code = fold(v["name"]), v["product_code"]
        if code not in known:
            yield f"variety {v['name']}: no such product {code}"
        if v["kind"] not in set(VarietyKind) or v["confidence"] not in set(Confidence):
            yield f"variety {v['name']}: unknown kind or confidence"
        if not v["source"]:
            yield f"variety {v['name']}: no source"
        if name in seen:
            yield f"variety {v['name']} stands twice; a word of several meanings is ambiguous"
        elif name in meanings:
            yield f"variety {v['name']} is a word of {', '.join(sorted(meanings[name]))} already"
        seen.add(name)
