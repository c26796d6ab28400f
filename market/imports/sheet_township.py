"""Which township a sheet is of, by what stands around its rows: the title, who filled it in, the
names of the sheet and of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from market.imports.reading.heads import SheetHead
from market.imports.reading.sheet import Sheet
from market.regions.queries import region_lexicon
from market.text.characters import tidy

# 填报单位：夹山镇人民政府, above the head or below the rows.
_FILLED_IN_BY = re.compile(r"(?:填[报表写]|报送|上报|制表|统计)(?:单位|乡镇|部门)[:：]?")
# A county of its own before the name: 慈利县太平镇 is no town of Shimen.
_IN_A_COUNTY = re.compile(r"[\u4e00-\u9fff][县市区]$")


def township_of(sheet: Sheet, head: SheetHead, filename: str, county: str) -> str:
    """The code of the one township of the county that a sheet is of; "" where nothing says it, or
    what says it names several.

    Args:
        county: code of that which the import is for.
    """
    for text in _texts(sheet, head, filename):
        if named := _named(text, county):
            return named.pop() if len(named) == 1 else ""
    # 夹山: a sheet's name leaves out the kind.
    whole = region_lexicon().townships.read(sheet.name, county) if sheet.name.strip() else None
    return whole.code if whole else ""


def _texts(sheet: Sheet, head: SheetHead, filename: str) -> Iterator[str]:
    """What may say it, what says it best first."""
    above = [cell for row in sheet.rows[: head.first_row] for cell in row]
    yield from dict.fromkeys(cell for cell in above if isinstance(cell, str))
    for row in sheet.rows[head.last_row + 1 :]:
        texts = [cell for cell in row if isinstance(cell, str)]
        if any(_FILLED_IN_BY.match("".join(text.split())) for text in texts):
            yield "".join(dict.fromkeys(texts))
    yield sheet.name
    yield PurePath(filename).stem


def _named(text: str, county: str) -> set[str]:
    """Codes of the townships that a text names in full; of 新关镇 and 关镇 the longer."""
    text, lexicon = "".join(tidy(text).split()), region_lexicon()
    own = lexicon.places[county].name
    found: set[str] = set()
    for each in sorted(lexicon.townships.of(county), key=lambda t: -len(t.name)):
        before, name, _after = text.partition(each.name)
        if name and (before.endswith(own) or not _IN_A_COUNTY.search(before)):
            found.add(each.code)
            text = text.replace(name, "|")
    return found
