"""Write market/text/traditional.py from the character table of OpenCC (Apache License 2.0).

One character to one character: a folded text is as long as what was typed.
"""

from __future__ import annotations

from pathlib import Path

from opencc import OpenCC

FILE = Path(__file__).parents[1] / "market" / "text" / "traditional.py"
# Variants in names of people, places and plants that OpenCC leaves as they are.
VARIANTS = {"甦": "苏", "甯": "宁", "蕃": "番"}
# Simplified as they are, though another is written for them as well: 哪吒.
SIMPLIFIED = "吒"
PER_LINE = 44


def pairs() -> dict[str, str]:
    """Traditional characters of the basic plane with the simplified ones they are written as."""
    simplified = OpenCC("t2s").convert
    found = {c: simplified(c) for c in map(chr, range(0x4E00, 0xA000)) if c not in SIMPLIFIED}
    return {
        c: s for c, s in found.items() if c != s and len(s) == 1 and s < "\U00010000"
    } | VARIANTS


def source() -> str:
    """The text of the module."""
    table = sorted(pairs().items())
    columns = ("".join(each) for each in zip(*table, strict=True))
    lines = [
        '"""Traditional characters and the simplified ones they are written as, in the same order.',
        "",
        "Made by scripts/traditional.py from the character table of OpenCC (Apache License 2.0).",
        '"""',
        "",
    ]
    for name, column in zip(("TRADITIONAL", "SIMPLIFIED"), columns, strict=True):
        rows = [column[i : i + PER_LINE] for i in range(0, len(column), PER_LINE)]
        lines += [f"{name} = (", *(f'    "{row}"' for row in rows), ")"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(source(), encoding="utf-8")
