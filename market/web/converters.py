"""Numbers in addresses and query strings: what can't be the number of anything is none.

PostgreSQL refuses an integer over 2**31 - 1, SQLite one over 2**63 - 1, Python a text of
more than 4,300 digits, and `int` takes digits of any script: decided once, here.
"""

from __future__ import annotations

import re

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, ValidationError

# The largest key of a table, and the largest page of a list.
MAX_ID = 2**31 - 1
MAX_PAGE = 10_000


def row_id(text: str) -> int:
    """The key of a table's row, for `request.args.get(name, type=row_id)`.

    Raises:
        ValueError: no row can have it.
    """
    if not re.fullmatch(r"[0-9]{1,10}", text) or not 0 < int(text) <= MAX_ID:
        raise ValueError(text)
    return int(text)


def asked_row(name: str) -> int | None:
    """The row that the query string names; None where it names none.

    Whose form a page is must not be guessed: what is no key of a row is not found (404), an empty
    one too.
    """
    text = request.args.get(name)
    if text is None:
        return None
    try:
        return row_id(text)
    except ValueError:
        abort(404)


def page_number(text: str) -> int:
    """The page of a list, from 1; one beyond MAX_PAGE is MAX_PAGE.

    Raises:
        ValueError: it is no page.
    """
    if not re.fullmatch(r"[0-9]+", text) or not text.strip("0"):
        raise ValueError(text)
    return min(int(text), MAX_PAGE) if len(text) <= 6 else MAX_PAGE


class RowIdConverter(IntegerConverter):
    """`<int:…>` in a route: the key of a table's row. Any other number is not found."""

    regex = r"[0-9]{1,10}"

    def to_python(self, value: str) -> int:
        try:
            return row_id(value)
        except ValueError:
            raise ValidationError from None


def init_app(app: Flask) -> None:
    """Let every `<int:…>` be a RowIdConverter; called before the routes are made."""
    app.url_map.converters["int"] = RowIdConverter
