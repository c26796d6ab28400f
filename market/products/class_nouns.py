"""What a class noun alone stands for: 鱼 is every product called some 鱼, 药 all medicines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from market.products.vocabulary import CATEGORY_WORDS


def class_members(
    noun: str, names: Iterable[tuple[str, str]], below: Callable[[str, str], bool]
) -> tuple[str, ...]:
    """Codes of the categories called by a noun, and of the products whose names end with it,
    by the head-final rule of Chinese.

    Of products only chapters with a third of them count, 山竹 and 腐竹 are no 竹; and beside
    categories with three, 山药 is no 药.

    Args:
        names: (code, name) of all products (7 digits) and categories.
        below: whether the first code is the second, a product, or below it.
    """
    rows = list(names)
    found = {code for code, name in rows if _ends(name, noun)}
    named = {code for code, name in rows if len(code) < 7 and name == noun + "类"}
    named |= {code for code in found if len(code) < 7}
    # 粮油 names two things, one of which is named below it: 食用油.
    named = {c for c in named if not any(o != c and o.startswith(c) for o in named)}
    named |= {code for word, code in CATEGORY_WORDS.items() if _ends(word, noun)}
    products = {code for code in found if len(code) == 7}
    of = Counter(code[:2] for code in products)
    few = 3 if named else 1 if len(products) > 1 else 2
    held = named | {c for c in products if of[c[:2]] >= max(len(products) / 3, few)}

    def within(code: str, top: str) -> bool:
        return code.startswith(top) if len(top) < 7 else below(code, top)

    return tuple(sorted(c for c in held if not any(o != c and within(c, o) for o in held)))


def _ends(name: str, noun: str) -> bool:
    """Whether a name, without its brackets, is longer than the noun and ends with it."""
    plain = re.split("[(（]", name)[0]
    return len(plain) > 1 and plain.endswith(noun)
