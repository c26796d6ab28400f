"""Pages without the whitespace that only lays out their templates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Flask
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

# Whitespace before and after these is not shown.
_BLOCK_TAG = (
    r"</?(?:article|aside|body|d[dlt]|details|div|fieldset|fig\w+|footer|form|h[1-6]|head|header|html"
    r"|legend|li|link|main|meta|nav|ol|option|p|script|section|summary|table|t[dhr]|t(?:body|foot|head)"
    r"|ul)\b"
)
_BEFORE_BLOCK = re.compile(rf"\s+(?={_BLOCK_TAG})", re.ASCII)
_AFTER_BLOCK = re.compile(rf"({_BLOCK_TAG}(?:[^<>\"]|\"[^\"]*\")*>)\s+", re.ASCII)
_INDENTATION = re.compile(r"\s*\n\s*", re.ASCII)


class WithoutIndentation(Extension):
    """Leaves out of a page what only lays out its template: a fifth of the text of a long one.

    No template has text of its own in a `pre` or `textarea`.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        is_page = bool(stream.name and stream.name.endswith(".html"))
        for token in stream:
            if is_page and token.type == "data":
                text = _INDENTATION.sub("\n", token.value)
                text = _AFTER_BLOCK.sub(r"\1", _BEFORE_BLOCK.sub("", text))
                token = Token(token.lineno, token.type, text)
            yield token


def init_app(app: Flask) -> None:
    app.jinja_env.add_extension(WithoutIndentation)
