"""The Chinese fonts of the machine: what a document on paper is set in, and embeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from flask import current_app

# Families, the more fitting for an official paper first, and how their files' names begin.
FAMILIES = (
    ("Noto Serif CJK SC", "notoserifcjk"),
    ("Source Han Serif SC", "sourcehanserif"),
    ("SimSun", "simsun"),
    ("FandolSong", "fandolsong"),
    ("AR PL UMing CN", "uming"),
    ("Noto Sans CJK SC", "notosanscjk"),
    ("Source Han Sans SC", "sourcehansans"),
    ("WenQuanYi Micro Hei", "wqy-microhei"),
    ("WenQuanYi Zen Hei", "wqy-zenhei"),
    ("Droid Sans Fallback", "droidsansfallback"),
)
ENDINGS = (".ttc", ".ttf", ".otf")


def font_folders() -> list[Path]:
    """The folders of the machine's Chinese fonts, by the names of their files; none: no font.

    Looked for each time: a font that is installed is found without a restart.
    """
    beginnings = tuple(beginning for _family, beginning in FAMILIES)
    found: dict[Path, None] = {}
    for folder in map(Path, current_app.config["FONT_FOLDERS"]):
        for file in _files(folder.expanduser()):
            if file.name.lower().startswith(beginnings):
                found[file.parent] = None
    return list(found)


def _files(folder: Path) -> Iterable[Path]:
    if not folder.is_dir():
        return ()
    return (file for file in folder.rglob("*") if file.suffix.lower() in ENDINGS)


def is_there_a_font() -> bool:
    """Whether a document can be set on this machine."""
    return bool(font_folders())


@lru_cache(maxsize=2)
def _loaded(folders: tuple[Path, ...]) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(f) for f in folders])


def chinese_fonts() -> tuple[Any, Sequence[str]]:
    """(what typst sets with, the families to use, the best first); no family: no font."""
    folders = tuple(font_folders())
    if not folders:
        return None, []
    fonts = _loaded(folders)
    there = set(fonts.families())
    return fonts, [family for family, _beginning in FAMILIES if family in there]
