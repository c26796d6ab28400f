"""What a Jinja template of HTML consists of: its tokens, with the gaps before them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from jinja2 import Environment
from pretty import Doc, Fill, Indent, Line, group

_VOID = "area base br col doctype embed hr img input link meta source track wbr"
VOID = set(_VOID.split())
VERBATIM = ("pre", "script", "style", "textarea")
# Where an expression is broken, the loosest binding first.
OPERATORS = (("if", "else"), ("or",), ("and",), ("~",), ("|",))
BRACKETS = {"(": ")", "[": "]", "{": "}"}

# Other whitespace is shown as it is.
SPACES = tuple(" \t\n\r\f")
TEXT = re.compile(r"<!--.*?-->|(?:[^\s<{]|<(?![a-zA-Z/!])|\{(?![{%#]))+", re.DOTALL | re.ASCII)
RAW = re.compile(r"\{%(-?)\s*raw\b.*?\{%-?\s*endraw\s*(-?)%\}", re.DOTALL)
TAG = re.compile(r"<(/?)!?([a-zA-Z][\w-]*)")
TAG_END = re.compile(r"/?>")
UNQUOTED = re.compile(r"(?:[^\s>\"'{/]|/(?!>)|\{(?![{%#]))+", re.ASCII)
QUOTED = {quote: re.compile(rf"(?:[^{quote}{{]|\{{(?![{{%#]))+") for quote in "\"'"}

LexerTokens: TypeAlias = Iterator[tuple[int, str, str]]
LEXER = Environment().lexer


@dataclass
class Token:
    """A thing of a template that stays in one piece, and the gap before it.

    Attributes:
        kind: text, tag, close, whole, attribute, expression, statement, comment or end. A whole
            is a tag that nothing closes, or one with what it holds.
        name: of a tag or statement.
        attributes: of a tag; the last stands for the end of the tag.
        ending: what ends the tag, with what it holds where that stays as it is.
        trims: whether whitespace control stands at its beginning and at its end.
        is_spaced: the gap shows whitespace.
        is_open: whether it does is the same, for it stands beside a block-level tag.
        newlines: how many the gap has in the source.
    """

    kind: str
    name: str = ""
    doc: Doc = ""
    attributes: list[Token] = field(default_factory=list)
    ending: str = ""
    trims: tuple[bool, bool] = (False, False)
    is_spaced: bool = False
    is_open: bool = False
    newlines: int = 0

    @property
    def is_jinja(self) -> bool:
        return self.kind in ("expression", "statement", "comment")


class Item(NamedTuple):
    """A name, operator, literal or bracket of an expression, and whether a space is before it."""

    text: str
    doc: Doc
    is_spaced: bool


def scan(source: str, position: int = 0, in_tag: bool = False) -> tuple[list[Token], int]:
    """The tokens up to the end of the source, or of the tag; the last stands for that end."""
    tokens: list[Token] = []
    while not tokens or tokens[-1].kind != "end":
        start = position
        while source[position : position + 1] in SPACES:
            position += 1
        token, end = read_token(source, position, in_tag)
        is_trimmed = token.trims[0] or bool(tokens and tokens[-1].trims[1])
        token.is_spaced = position > start and not is_trimmed
        token.newlines = source.count("\n", start, position)
        tokens.append(token)
        position = end
    return tokens, position


def read_token(source: str, position: int, in_tag: bool) -> tuple[Token, int]:
    """The token that begins there, and where it ends."""
    if position == len(source) or (in_tag and TAG_END.match(source, position)):
        return Token("end"), position
    if raw := RAW.match(source, position):
        return Token("text", doc=raw[0], trims=(bool(raw[1]), bool(raw[2]))), raw.end()
    if source.startswith(("{%", "{#") if in_tag else ("{{", "{%", "{#"), position):
        return read_jinja(source, position)
    if in_tag:
        return read_attribute(source, position)
    if tag := TAG.match(source, position):
        return read_tag(source, tag)
    text = TEXT.match(source, position)
    assert text, f"Nothing can be made of {source[position : position + 20]!r}"
    return Token("text", doc=text[0]), text.end()


def read_tag(source: str, tag: re.Match[str]) -> tuple[Token, int]:
    """A tag with its attributes, and with what it holds where that stays as it is."""
    name = tag[2].lower()
    attributes, position = scan(source, tag.end(), in_tag=True)
    end = TAG_END.match(source, position)
    assert end, f"No end of {tag[0]}"
    kind = "close" if tag[1] else "whole" if name in VOID or end[0] == "/>" else "tag"
    ending, position = end[0], end.end()
    if kind == "tag" and name in VERBATIM:
        kind, start = "whole", position
        position = source.index(">", source.index(f"</{name}", start)) + 1
        ending += source[start:position]
    return Token(kind, name, tag[0], attributes, ending), position


def read_attribute(source: str, position: int) -> tuple[Token, int]:
    """An attribute with its value, whose whitespace stays as it is."""
    docs: list[Doc] = []
    quote = ""
    while True:
        character = source[position]
        if text := (QUOTED[quote] if quote else UNQUOTED).match(source, position):
            docs.append(text[0])
            position = text.end()
        elif character in (quote or "\"'"):
            quote = "" if quote else character
            docs.append(character)
            position += 1
        elif quote or source.startswith("{{", position):
            token, position = read_jinja(source, position, keeps_dashes=True)
            docs.append(token.doc)
        else:
            return Token("attribute", doc=docs), position


def read_jinja(source: str, position: int, keeps_dashes: bool = False) -> tuple[Token, int]:
    """An expression, statement or comment; whitespace control is in its document if kept there."""
    tokens: list[tuple[int, str, str]] = []
    for token in LEXER.tokeniter(source[position:], None):
        tokens.append(token)
        if token[1].endswith("_end"):
            break
    (_, kind, opening), *inner, (_, _, closing) = tokens
    closing = closing.rstrip()
    position += len(opening + closing) + sum(len(value) for _, _, value in inner)
    trims = opening.endswith("-"), closing.startswith("-")
    if not keeps_dashes:
        opening, closing = opening[:2], closing[-2:]
    if kind == "comment_begin":
        words = [opening, *"".join(value for _, _, value in inner).split(), closing]
        docs: list[Doc] = [doc for word in words for doc in (Line(" "), word)]
        return Token("comment", doc=Indent(Fill(docs[1:])), trims=trims), position
    items = read_items(iter(inner), closing="")
    if kind == "variable_begin":
        doc: Doc = group(f"{opening} ", expression(items), f" {closing}")
        return Token("expression", doc=doc, trims=trims), position
    (name, _, _), *items = items
    opening = f"{opening} {name}" + (" " if items and items[0].is_spaced else "")
    if name == "from":
        doc = group(opening, Indent(Fill(names(items))), f" {closing}")
    else:
        doc = group(opening, expression(items), f" {closing}")
    if name == "set" and not any(item.text == "=" for item in items):
        name = "set-block"
    return Token("statement", name, doc, trims=trims), position


def read_items(tokens: LexerTokens, closing: str) -> list[Item]:
    """What stands before the closing bracket, strings that follow each other made one."""
    items: list[Item] = []
    is_spaced = False
    for _, kind, text in tokens:
        if text == closing:
            break
        if kind == "whitespace":
            is_spaced = True
            continue
        last = items[-1].text if items else " "
        is_spaced = text != "," and (is_spaced or last == ",")
        if text in BRACKETS:
            doc = bracket(text, read_items(tokens, BRACKETS[text]))
        elif kind == "string" and text[0] == last[0]:
            text, is_spaced = last[:-1] + text[1:], items.pop().is_spaced
            doc = string(text)
        else:
            doc = string(text) if kind == "string" else text
        items.append(Item(text, doc, is_spaced))
        is_spaced = False
    return items


def names(items: list[Item]) -> list[Doc]:
    """What is imported, as contents of a fill."""
    docs: list[Doc] = [""]
    for item in items:
        docs += [Line(" "), item.doc] if item.is_spaced and docs != [""] else []
        if not item.is_spaced or docs == [""]:
            docs[-1] = [docs[-1], item.doc]
    return docs


def string(text: str) -> Doc:
    """A string, which goes on in a further one where a line has no room for it."""
    docs: list[Doc] = []
    for words in re.split(r"(?<= )(?=[^ ])", text):
        docs += [Line(quote=text[0]), words] if docs else [words]
    return Fill(docs)


def bracket(opening: str, items: list[Item]) -> Doc:
    """One argument a line where they do not fit; a bracket alone in a bracket keeps close to it."""
    closing = BRACKETS[opening]
    if not items:
        return opening + closing
    if len(items) == 1 and items[0].text in BRACKETS:
        return [opening, items[0].doc, closing]
    arguments: list[list[Item]] = [[]]
    for item in items:
        if item.text == ",":
            arguments.append([])
        else:
            arguments[-1].append(item)
    trailing = "" if arguments[-1] else ","
    if trailing:
        arguments.pop()
    docs: list[Doc] = []
    for argument in arguments:
        docs += [[",", Line(" ")] if docs else Line(), expression(argument)]
    return group(opening, Indent([*docs, trailing]), Line(), closing)


def expression(items: list[Item], operators: Sequence[tuple[str, ...]] = OPERATORS) -> Doc:
    """The items, to be broken before the operators that bind loosest."""
    if not operators:
        return [doc for item in items for doc in (" " * item.is_spaced, item.doc)][1:]
    starts = [n for n, item in enumerate(items) if n and item.text in operators[0]]
    if not starts:
        return expression(items, operators[1:])
    space = "" if operators[0] == ("|",) else " "
    docs: list[Doc] = []
    for start, end in zip(starts, [*starts[1:], len(items)], strict=True):
        operand = expression(items[start + 1 : end], operators[1:])
        docs += [Line(space), items[start].text + space, operand]
    return group(expression(items[: starts[0]], operators[1:]), Indent(docs))
