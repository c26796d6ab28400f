"""Documents that know where they may be broken, and their writing within a width.

After Wadler ("A prettier printer") and Prettier: a group goes on one line if it fits, or else
breaks at all its lines; a fill breaks only at the lines that need it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

INDENT = 2


class Line(NamedTuple):
    """A place for a line break; `flat` is written where the line goes on.

    Attributes:
        hard: it always breaks.
        blank: an empty line comes with the break.
        dash: whether Jinja's whitespace control goes to the delimiter "before" or "after" a break.
        quote: what ends the string before a break and begins it anew.
    """

    flat: str = ""
    hard: bool = False
    blank: bool = False
    dash: str = ""
    quote: str = ""


class Indent(NamedTuple):
    doc: Doc


class Group(NamedTuple):
    """Its own lines break all together or not at all."""

    doc: Doc
    is_broken: bool = False


class Fill(NamedTuple):
    """Contents and the lines between them by turns.

    A line breaks after a content of several lines, and where the next content does not fit.
    `start` is the place in the output where the content before began.
    """

    docs: list[Doc]
    start: int = 0


Doc: TypeAlias = "str | list[Doc] | Line | Indent | Group | Fill"
# What is still to be written: how far it is indented, whether it goes on one line, and what.
Waiting: TypeAlias = tuple[int, bool, Doc]


def must_break(doc: Doc) -> bool:
    """Whether it holds a line that always breaks, or a text of several lines."""
    if isinstance(doc, str):
        return "\n" in doc
    if isinstance(doc, Line):
        return doc.hard
    if isinstance(doc, Group):
        return doc.is_broken
    if isinstance(doc, list):
        return any(map(must_break, doc))
    return must_break(doc[0])


def group(*docs: Doc, is_broken: bool = False) -> Group:
    return Group(list(docs), is_broken or any(map(must_break, docs)))


def write(doc: Doc, width: int) -> str:
    return _Writer(width).write(doc)


class _Writer:
    def __init__(self, width: int) -> None:
        self.width = width
        self.column = 0
        self.out: list[str] = []
        self.is_dash_due = False

    def write(self, doc: Doc) -> str:
        stack: list[Waiting] = [(0, False, doc)]
        while stack:
            indent, is_flat, doc = stack.pop()
            if isinstance(doc, str):
                self.add(doc)
            elif isinstance(doc, list):
                stack += [(indent, is_flat, part) for part in reversed(doc)]
            elif isinstance(doc, Indent):
                stack.append((indent + INDENT, is_flat, doc.doc))
            elif isinstance(doc, Group):
                fits = not doc.is_broken and (is_flat or self.fits(doc.doc, stack))
                stack.append((indent, fits, doc.doc))
            elif isinstance(doc, Fill):
                if is_flat:
                    stack += [(indent, True, part) for part in reversed(doc.docs)]
                else:
                    self.fill(doc, indent, stack)
            elif is_flat:
                self.add(doc.flat)
            else:
                self.break_line(doc, indent)
        return "".join(self.out)

    def fill(self, fill: Fill, indent: int, stack: list[Waiting]) -> None:
        """Write the line that is due, and put what follows on the stack."""
        docs = fill.docs
        if isinstance(line := docs[0], Line):
            breaks = must_break(docs[:2]) or any("\n" in text for text in self.out[fill.start :])
            if breaks or not self.fits(docs[:2], stack if len(docs) == 2 else []):
                self.break_line(line, indent)
            else:
                self.add(line.flat)
            docs = docs[1:]
        if docs[1:]:
            stack.append((indent, False, Fill(docs[1:], len(self.out))))
        stack.append((indent, False, docs[0]))

    def fits(self, doc: Doc, rest: Sequence[Waiting]) -> bool:
        """Whether it goes on this line, with what follows up to where that may be broken."""
        room = self.width - self.column
        stack, followers = [(True, doc)], list(rest)
        while room >= 0 and (stack or followers):
            is_flat, doc = stack.pop() if stack else followers.pop()[1:]
            if isinstance(doc, str):
                first, *others = doc.split("\n", 1)
                room -= len(first)
                if others:
                    break
            elif isinstance(doc, Line):
                if not is_flat:
                    room -= len(doc.quote)
                    break
                room -= len(doc.flat)
            elif isinstance(doc, Group):
                stack.append((is_flat and not doc.is_broken, doc.doc))
            elif isinstance(doc, Indent):
                stack.append((is_flat, doc.doc))
            else:
                parts = doc if isinstance(doc, list) else doc.docs
                stack += [(is_flat, part) for part in reversed(parts)]
        return room >= 0

    def add(self, text: str) -> None:
        if self.is_dash_due and text:
            text, self.is_dash_due = f"{text[:2]}-{text[2:]}", False
        self.out.append(text)
        *above, last = text.rsplit("\n", 1)
        self.column = len(last) + (0 if above else self.column)

    def break_line(self, line: Line, indent: int) -> None:
        if line.dash == "before":
            self.out[-1] = f"{self.out[-1][:-2]}-{self.out[-1][-2:]}"
        self.is_dash_due = line.dash == "after"
        lines = "\n\n" if line.blank else "\n"
        self.out.append(f"{line.quote}{lines}{' ' * indent}{line.quote}")
        self.column = indent + len(line.quote)
