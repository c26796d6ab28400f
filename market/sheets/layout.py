"""How much fits on one page: how many rows each list has, how high they are, and what fills the
rest. Pure: points of the page. Larger paper has more rows in the same type, and larger type where
there is little to say.

Everything on a sheet has a height known beforehand, so that no content can need a second page.
"""

from __future__ import annotations

from dataclasses import dataclass

from market.sheets.models import PaperSize

# Width and height (ISO 216: each size is the one before it enlarged by the root of two).
PAGES = {PaperSize.A4: (595.276, 841.89), PaperSize.A3: (841.89, 1190.551)}
SIDE, TOP, BOTTOM = 32.0, 26.0, 24.0
TITLE, HEAD, FAIR, FOOTER = 82.0, 39.0, 66.0, 112.0
# Between two blocks.
GAP = 7.0
PRICE_ROW = 22.0
MIN_ROW, MAX_ROW = 21.5, 38.0
# Of rows in two lines, in larger type; on A3 they may be higher by as much as it is larger.
MIN_TALL, MAX_TALL = 46.0, 62.0
# A line to write on by hand, and the least of them that are worth their head.
LINE, MIN_LINES, MAX_LINES = 34.0, 2, 20


@dataclass(frozen=True)
class Layout:
    """
    Attributes:
        wanted, for_sale: rows of the two lists; one where a list is empty, which says so.
        row: height of a row of theirs, in points.
        is_tall: whether there are so few rows that each has two lines.
        lines: to write on by hand, below a head of their own; 0: none.
        spare: what is left over, in points.
    """

    wanted: int
    for_sale: int
    row: float
    is_tall: bool
    lines: int
    spare: float


def lay_out(paper: PaperSize, wanted: int, for_sale: int, prices: int, fair: bool) -> Layout:
    """Lay a page out for so many rows.

    Args:
        wanted, for_sale: how many rows there are to show; those left out are counted on the page.
        prices: of which two stand beside one another.
    """
    blocks = [TITLE, HEAD, HEAD, FOOTER]
    if prices:
        blocks.append(HEAD + PRICE_ROW * -(-prices // 2))
    if fair:
        blocks.append(FAIR)
    width, height = PAGES[paper]
    room = height - TOP - BOTTOM - sum(blocks) - GAP * (len(blocks) - 1)
    top, bottom = _share(max(1, wanted), max(1, for_sale), int(room / MIN_ROW))
    rows = top + bottom
    is_tall = rows * MIN_TALL <= room
    highest = MAX_TALL * width / PAGES[PaperSize.A4][0] if is_tall else MAX_ROW
    row = min(highest, room / rows)
    # Rows that fill the room may be a rounding beyond it.
    left = max(0.0, room - rows * row)
    lines = min(MAX_LINES, int((left - HEAD - GAP) / LINE))
    if lines >= MIN_LINES:
        return Layout(top, bottom, row, is_tall, lines, left - HEAD - GAP - lines * LINE)
    return Layout(top, bottom, row, is_tall, 0, left)


def _share(first: int, second: int, room: int) -> tuple[int, int]:
    """Rows of two lists in the room of both: half for each, and what one leaves for the other."""
    if first + second <= room:
        return first, second
    half = -(-room // 2)
    top = min(first, max(half, room - second))
    return top, min(second, room - top)
