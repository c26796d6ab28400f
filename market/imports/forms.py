"""Bringing a file, saying what its columns hold, and deciding about what was tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from market.accounts.models import Grant
from market.imports.labels import KINDS, POLICIES
from market.imports.models import MAX_WITNESS_LENGTH, DuplicatePolicy, Import
from market.imports.reading.fields import GOOD, NAMED_BY_GOODS, SEVERAL
from market.imports.reading.heads import FIELDS, REQUIRED, ImportKind, SheetHead
from market.imports.reading.people import names_people
from market.imports.reading.sheets import Sheet
from market.imports.services import SheetValues
from market.imports.values import cell_text
from market.offers.labels import SIDES
from market.offers.models import Side
from market.regions.queries import region_lexicon
from market.stations.labels import WAYS
from market.stations.scope import own_township, station_name
from market.web.filters import local_name
from market.web.forms import Form, IdempotencyKey, Length
from market.web.language import lazy_gettext as _l
from market.web.uploads import MAX_FILE_BYTES

IMPORTED = (ImportKind.OFFERS, ImportKind.FARMERS, ImportKind.DEALS)
COLUMN = "column-"


class FileForm(Form):
    """A file to import."""

    key = IdempotencyKey()
    region = SelectField(_l("For which station"))
    kind = RadioField(
        _l("What is in it"),
        choices=[
            SelectChoice("", _l("Find out from the file")),
            *(SelectChoice(k.value, KINDS[k]) for k in IMPORTED),
        ],
        default="",
    )
    file = FileField(
        _l("The file"),
        description=_l("Excel or WPS (xlsx, xls, xlsb), OpenDocument (ods) or CSV, at most 8 MB."),
    )

    def __init__(self, stations: Sequence[Grant]) -> None:
        super().__init__()
        self.region.choices = [SelectChoice(s.region_code, station_name(s)) for s in stations]
        if len(stations) == 1:
            self.region.data = stations[0].region_code

    def validate_file(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Choose a file first."))
        stream = field.data.stream
        self.content, is_whole = stream.read(), not stream.failed
        field.data.close()
        if is_whole and not self.content:
            raise ValidationError(_l("This file is empty: there is nothing in it."))
        if not is_whole:
            raise ValidationError(_l("Nothing of the file arrived: choose it again."))
        if len(self.content) > MAX_FILE_BYTES:
            raise ValidationError(_l("The file is larger than 8 MB: send it in parts."))


class SheetForm(Form):
    """What the columns of a sheet hold, and what holds for all of its rows."""

    township = SelectField(
        _l("Which town or township the sheet is of"),
        description=_l("For rows that don't say it."),
    )
    side = RadioField(
        _l("Rows that don't say it are"),
        choices=[SelectChoice(side.value, label) for side, label in SIDES.items()],
        default=Side.SELL.value,
    )
    way = SelectField(
        _l("How farmers who are new agreed to be represented"),
        choices=[
            SelectChoice("", _l("each row says it")),
            *(SelectChoice(*way) for way in WAYS.items()),
        ],
        default="",
    )
    witness = StringField(
        _l("Who witnessed it, or where the papers are"),
        [Length(max=MAX_WITNESS_LENGTH)],
        description=_l(
            "For all rows that don't say it. Without a consent a new farmer is refused."
        ),
    )

    def __init__(
        self, imported: Import, kind: ImportKind, head: SheetHead, township: str | None
    ) -> None:
        """
        Args:
            township: code of the one that the sheet seems to be of, or was said to be of.
        """
        self.kind, self.head = kind, head
        super().__init__(
            data={
                "side": imported.side.value,
                "way": imported.way,
                "witness": imported.witness,
                "township": township or "",
            }
        )
        offered = region_lexicon().townships.of(imported.region_code)
        self.township.choices = [
            SelectChoice("", _l("several, or not known")),
            *(SelectChoice(each.code, local_name(each)) for each in offered),
        ]
        if not offered or own_township(imported.assistant, imported.region):
            del self.township
        if kind is not ImportKind.OFFERS:
            del self.side

    @property
    def columns(self) -> list[SelectField]:
        """The select of each column, in the order of the sheet."""
        return [self[f"{COLUMN}{column.index}"] for column in self.head.columns]

    def values(self) -> SheetValues:
        """What a valid form says."""
        fields = zip(self.head.columns, self.columns, strict=True)
        return SheetValues(
            {column.index: field.data or None for column, field in fields},
            Side(self.side.data) if "side" in self else Side.SELL,
            self.way.data or "",
            self.witness.data or "",
            (self.township.data or None) if "township" in self else None,
        )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        is_valid = bool(super().validate(*args, **kwargs))
        seen: dict[str, str] = {}
        for column, field in zip(self.head.columns, self.columns, strict=True):
            if field.data in SEVERAL[self.kind]:
                seen[field.data] = ""
            elif field.data and field.data in seen:
                other = seen[field.data]
                field.errors = [_l("Another column holds this already: %(title)s.", title=other)]
                is_valid = False
            seen.setdefault(field.data, column.title or str(column.index + 1))
        found = set(seen) | (NAMED_BY_GOODS if GOOD in seen else set())
        found |= {"name"} if "phone" in seen and names_people(seen["phone"]) else set()
        for name in sorted(REQUIRED[self.kind] - found):
            label = FIELDS[self.kind][name]
            self.form_errors.append(_l("No column holds this yet: %(field)s.", field=label))
            is_valid = False
        return is_valid


def sheet_form(
    imported: Import, kind: ImportKind, head: SheetHead, township: str | None
) -> SheetForm:
    """The form with a select for each column of the head; arguments as SheetForm has them."""
    known = {**FIELDS[kind], **SEVERAL[kind]}
    fields = (SelectChoice(name, label) for name, label in known.items())
    choices = [SelectChoice("", _l("not used")), *fields]
    selects = {
        f"{COLUMN}{column.index}": SelectField(
            column.title or _l("Column %(letter)s", letter=column_letter(column.index)),
            choices=choices,
            default=column.field or "",
        )
        for column in head.columns
    }
    made: type[SheetForm] = type("SheetForm", (SheetForm,), selects)
    return made(imported, kind, head, township)


def column_letter(index: int) -> str:
    """A, B, … AA of a column counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class StartForm(Form):
    """What is done with the rows that somebody has to decide about."""

    policy = RadioField(
        _l("What is there already"),
        choices=[SelectChoice(policy.value, label) for policy, label in POLICIES.items()],
        default=DuplicatePolicy.SKIP.value,
    )
    keeps_questioned = BooleanField(_l("I have looked at what is asked: it is so, import it too"))


def samples(sheet: Sheet, head: SheetHead, column: int, most: int = 3) -> list[str]:
    """The first cells with something in them below the head."""
    found: list[str] = []
    for row in sheet.rows[head.last_row + 1 :]:
        cell = row[column] if column < len(row) else None
        if cell not in (None, "") and len(found) < most:
            found.append(cell_text(cell)[:40])
    return found
