"""Offers, farmers and deals: what each kind of entry has besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from market.imports.reading import words
from market.imports.reading.cells import CellProblem, text_of
from market.imports.reading.entries import Entry, EntryReader
from market.imports.reading.fields import MORE, ImportKind
from market.imports.reading.goods_entries import GoodsEntryReader
from market.imports.reading.heads import SheetHead
from market.imports.reading.parsed import Problem, ReadingContext
from market.imports.reading.places import PlaceProblem, PlaceReader
from market.imports.reading.sheet import Sheet
from market.imports.reading.skipping import SECTION
from market.offers.models import Side
from market.regions.queries import region_lexicon
from market.web.language import lazy_gettext as _l


class OfferReader(GoodsEntryReader):
    """Reads offers of both sides."""

    kind = ImportKind.OFFERS

    def __init__(self, sheet: Sheet, head: SheetHead, context: ReadingContext) -> None:
        super().__init__(sheet, head, context)
        self._looked = head.last_row + 1
        self._section: Side | None = None
        self.side = context.side or words.side_of(sheet, head)

    def _entries(self, entry: Entry) -> Iterator[Entry]:
        self._person(entry, "name", "phone")
        self._place(entry)
        self._side(entry)
        self._agreed(entry)
        self._texts(entry, "variety", "grade", "packaging", "delivery", "description")
        self._supply(entry)
        self._check_there(entry)
        yield from self._parts(entry)

    def _side(self, entry: Entry) -> None:
        side = self._side_above() or self.side
        if text := self._text("side"):
            side = self._try(entry, "side", lambda: words.read_side(text))
        elif side is None:
            self._refuse(entry, "side", _l("For sale or wanted? The sheet does not say."))
        entry.values["side"] = side

    def _check_there(self, entry: Entry) -> None:
        """Refuse what a remark, or the goods themselves, call sold out."""
        for name in ("description", "product"):
            text = self._text(name)
            if words.is_sold_out(text, alone=name == "description"):
                self._refuse(
                    entry,
                    name,
                    _l("It says “%(written)s”: leave the row out, or correct it.", written=text),
                )
        for column in self.head.columns:
            text = text_of(self.sheet.rows[self.row][column.index]) if column.field == MORE else ""
            if words.is_sold_out(text, alone=True):
                asked = _l("It says “%(written)s”: leave the row out, or correct it.", written=text)
                entry.problems.append(Problem("description", column.index, asked))

    def _side_above(self) -> Side | None:
        """The side that the last title between the rows names: 二、求购信息."""
        for cells in self.sheet.rows[self._looked : self.row]:
            filled = [text_of(cell) for cell in cells if cell not in (None, "")]
            if len({*filled}) == 1 and SECTION.match(filled[0]):
                self._section = words.side_in(filled[0]) or self._section
        self._looked = self.row
        return self._section

    def _supply(self, entry: Entry) -> None:
        begin, end = self._days(entry, "from_day"), self._days(entry, "until_day")
        first = begin.first
        last = end.last or (None if begin.is_day else begin.last)
        if last and last < self.context.today:
            name = "until_day" if end.last else "from_day"
            self._refuse(entry, name, _l("That day has passed."))
        elif first and last and last < first:
            self._refuse(entry, "until_day", _l("The last day is before the first."))
        else:
            entry.values |= {"from_day": first, "until_day": last}
        more = [entry.values.get("description"), begin.words, end.words, *self._remarks()]
        entry.values["description"] = "；".join(dict.fromkeys(filter(None, more)))

    def _remarks(self) -> Iterator[str]:
        """What stands in columns without a field of their own, each with its head."""
        for column in self.head.columns:
            if column.field == MORE and (cell := self._cell(self.row, column.index)) is not None:
                yield f"{column.title}：{text_of(cell)}" if column.title else text_of(cell)


class FarmerReader(EntryReader):
    """Reads farmers with how they agreed."""

    kind = ImportKind.FARMERS

    def _entries(self, entry: Entry) -> Iterator[Entry]:
        self._person(entry, "name", "phone")
        self._place(entry)
        if text := self._text("trader_type"):
            entry.values["trader_type"] = self._try(
                entry, "trader_type", lambda: words.read_trader_type(text)
            )
        self._agreed(entry)
        if text := self._text("consent"):
            entry.values["consent"] = self._try(entry, "consent", lambda: words.read_consent(text))
        self._texts(entry, "witness")
        if not entry.values.get("witness"):
            entry.values["witness"] = words.witness_beside(text)
        entry.values["consent_day"] = self._past_day(entry, "consent_day")
        yield entry


class DealReader(GoodsEntryReader):
    """Reads deals with both parties."""

    kind = ImportKind.DEALS

    def __init__(self, sheet: Sheet, head: SheetHead, context: ReadingContext) -> None:
        super().__init__(sheet, head, context)
        # A buyer may come from anywhere.
        self.elsewhere = PlaceReader(region_lexicon(), ())

    def _entries(self, entry: Entry) -> Iterator[Entry]:
        self._person(entry, "seller", "seller_phone")
        self._person(entry, "buyer", "buyer_phone")
        if text := self._text("buyer_region"):
            found = self._try(entry, "buyer_region", lambda: self._elsewhere(text))
            entry.values["buyer_region"] = found
        entry.values["day"] = self._past_day(entry, "day")
        if text := self._text("occasion"):
            title = self.columns["occasion"].title
            entry.values["occasion"] = self._try(
                entry, "occasion", lambda: words.read_occasion(text, title)
            )
        self._texts(entry, "variety", "note")
        for part in self._parts(entry):
            part.values.pop("is_negotiable", None)
            yield part

    def _elsewhere(self, text: str) -> str:
        try:
            return self.elsewhere.read(text, "", "").region
        except PlaceProblem as problem:
            raise CellProblem(problem.text) from None


READERS: Mapping[ImportKind, type[EntryReader]] = {
    reader.kind: reader for reader in (OfferReader, FarmerReader, DealReader)
}
