"""Format the HTML templates: one block-level element a line, and no line over 120 columns.

    python scripts/format_templates.py [--check] [paths...]

What a page shows stays the same: each gap between two things of a template is either *open*
(beside a block-level tag, where whitespace is not shown and may come or go), *spaced* (some
whitespace stays), or *closed*, and broken only beside a Jinja delimiter, by whitespace control.
Whitespace control of the source counts for what it does and is written anew. With --check,
nothing is written, and the exit code is 1 if a file, named then, is not as it would be written.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from pretty import Doc, Fill, Indent, Line, group, write
from template_source import Token, scan

# Whitespace control may put a dash at either end of a line after it was measured.
WIDTH = 120 - 2

# Whitespace is not shown around these and at the edges of what they hold.
_BLOCK = """
    address article aside base blockquote body caption col colgroup dd details dialog div dl doctype
    dt fieldset figcaption figure footer form h h1 h2 h3 h4 h5 h6 head header hr html legend li link
    main menu meta nav noscript ol optgroup option p pre script section style summary table tbody td
    tfoot th thead tr ul
    circle g line path rect
"""
BLOCK = set(_BLOCK.split())
# It is not shown around these, but in them.
BLOCK_OUTSIDE = {"br", "desc", "text", "title"}
# It is shown around these, but not at the edges of what they hold.
BLOCK_INSIDE = {"select", "svg"}
OWN_LINE = BLOCK | BLOCK_OUTSIDE - {"br"}

CONTROL = {"autoescape", "for", "if", "with"}
DEFINITIONS = {"block", "call", "filter", "macro", "set-block"}


@dataclass
class Node:
    """A token alone, or those that begin, part and end what stands between them."""

    tokens: list[Token]
    bodies: list[list[Node]] = field(default_factory=list)

    @property
    def is_container(self) -> bool:
        """Whether it is a statement with what stands in it."""
        return bool(self.bodies) and self.tokens[0].kind == "statement"

    def owns_line(self) -> bool:
        first = self.tokens[0]
        if first.kind == "statement":
            return not self.bodies or first.name in DEFINITIONS or self.holds_lines()
        return first.name in OWN_LINE

    def holds_lines(self) -> bool:
        return any(node.owns_line() for body in self.bodies for node in body)


def parse(tokens: list[Token]) -> list[Node]:
    """The nodes up to what ends them, which is left first; a tag that nothing closes is alone."""
    nodes: list[Node] = []
    while not ends_body(tokens[0]):
        token = tokens.pop(0)
        node = Node([token])
        if token.kind == "statement" and token.name in CONTROL | DEFINITIONS:
            while len(node.tokens) == 1 or not node.tokens[-1].name.startswith("end"):
                node.bodies.append(parse(tokens))
                node.tokens.append(tokens.pop(0))
        if token.kind == "close":
            opened = [n for n in nodes if n.tokens[-1].kind == "tag"]
            for opening in [n for n in opened if n.tokens[0].name == token.name][-1:]:
                place = next(i for i, n in enumerate(nodes) if n is opening)
                node = Node([opening.tokens[0], token], [nodes[place + 1 :]])
                del nodes[place:]
        nodes.append(node)
    return nodes


def ends_body(token: Token) -> bool:
    is_middle = token.name in ("elif", "else") or token.name.startswith("end")
    return token.kind == "end" or (token.kind == "statement" and is_middle)


def open_gaps(nodes: list[Node], state: bool, back: bool, marks: bool = True) -> bool:
    """Mark the gaps beside block-level tags, going forward or back; give the state at the end.

    The state says that what is shown last, whichever way the statements go, is such a tag.
    """
    for node in reversed(nodes) if back else nodes:
        if node.is_container:
            state = open_gaps_of_container(node, state, back, marks)
            continue
        for number, token in enumerate(reversed(node.tokens) if back else node.tokens):
            if number:
                state = open_gaps(node.bodies[0], state, back, marks)
            before, after = sides(token, state)
            token.is_open |= marks and (before if back else state)
            state = before if back else after
    return state


def sides(token: Token, state: bool) -> tuple[bool, bool]:
    """The states that a token alone leaves to what is before it and to what is after it."""
    if token.kind == "comment" or (token.kind == "statement" and token.name != "include"):
        return state, state
    outside, inside = token.name in BLOCK | BLOCK_OUTSIDE, token.name in BLOCK | BLOCK_INSIDE
    kinds = {"whole": (outside, outside), "tag": (outside, inside), "close": (inside, outside)}
    return kinds.get(token.kind, (False, False))


def open_gaps_of_container(node: Node, state: bool, back: bool, marks: bool) -> bool:
    """The same for one statement; where what is in it is shown elsewhere, nothing is known."""
    name, *others = [token.name for token in node.tokens]
    inner = name in CONTROL and state
    if name == "for":
        # What is before or after the body may be the body.
        inner = inner and open_gaps(node.bodies[0], inner, back, marks=False)
    edges = [open_gaps(body, inner, back, marks) for body in node.bodies]
    if name in CONTROL:
        may_be_left_out = name in ("for", "if") and "else" not in others
        after = all(edges) and (state or not may_be_left_out)
    else:
        after = state and name in ("macro", "set-block")
    if marks:
        node.tokens[0].is_open |= after if back else state
        for edge, token in zip(edges, node.tokens[1:], strict=True):
            token.is_open |= inner if back else edge
    return after


def gap(left: Token, right: Token) -> Line | None:
    """The line between the two; none where the gap is closed to whitespace."""
    if right.is_open:
        return Line()
    if right.is_spaced:
        return Line(" ")
    if any(isinstance(t.doc, str) and t.doc != t.doc.strip() for t in (left, right)):
        # Jinja would trim wide spaces too.
        return None
    return Line(dash="after") if right.is_jinja else Line(dash="before") if left.is_jinja else None


def separator(left: Node, right: Node) -> Line | None:
    """The line between two that follow each other; breaks of the source stay unless in text."""
    last, first = left.tokens[-1], right.tokens[0]
    line, kinds = gap(last, first), (last.kind, first.kind)
    if not line or (line.dash and "text" in kinds):
        return None
    owns = (left.owns_line() and last.kind != "tag") or right.owns_line()
    if line.dash:
        hard = bool(first.newlines) and (owns or "comment" in kinds)
    else:
        is_text = not {"text", "attribute", "end"}.isdisjoint(kinds)
        hard = (first.is_open and owns) or (bool(first.newlines) and not is_text)
    return line._replace(hard=hard, blank=hard and first.newlines > 1)


def joined(nodes: list[Node]) -> Fill:
    """The nodes, those with a closed gap between them in one."""
    docs: list[Doc] = []
    for number, node in enumerate(nodes):
        if line := number and separator(nodes[number - 1], node):
            docs += [line, document(node)]
        else:
            docs[-1:] = [[*docs[-1:], document(node)]]
    return Fill(docs)


def tag_document(token: Token) -> Doc:
    """A tag, one attribute a line where they do not fit."""
    *attributes, end = token.attributes
    line = Line(" " if end.is_spaced and token.ending == "/>" else "")
    if not attributes:
        return [token.doc, line.flat, token.ending]
    head = Node([Token("attribute", doc=token.doc)])
    return group(Indent(joined([head, *parse([*attributes, end])]).docs), line, token.ending)


def document(node: Node) -> Doc:
    """A node on one line, or what is in it indented; it breaks where lines of their own are in it.

    A statement may have one of these beside it: {% if x %}<p>...</p>{% endif %}.
    """
    first, *others = node.tokens
    begin = tag_document(first) if first.attributes else first.doc
    if not others:
        return begin
    docs: list[Doc] = [begin]
    for left, body, right in zip(node.tokens, node.bodies, others, strict=False):
        ending = tag_document(right) if right.attributes else right.doc
        start = gap(left, body[0].tokens[0] if body else right)
        stop = gap(body[-1].tokens[-1] if body else left, right)
        if not body:
            docs += [stop.flat if stop else "", ending]
        elif not node.is_container and not (start and stop):
            return Indent(joined([Node([left]), *body, Node([right])]))
        else:
            docs += [Indent([start or "", joined(body)]), stop or "", ending]
    only = node.bodies[0][0] if [len(body) for body in node.bodies] == [1] else None
    if node.is_container:
        is_broken = node.holds_lines() and not (only and not only.holds_lines())
    else:
        is_broken = node.holds_lines() and others[-1].is_open
    return group(*docs, is_broken=is_broken)


def formatted(source: str) -> str:
    """The template as it is to be written."""
    tokens, _ = scan(source)
    nodes = parse(tokens)
    if len(tokens) > 1:
        raise ValueError(f"{tokens[0].name} ends nothing")
    extends = any(node.tokens[0].name == "extends" for node in nodes)
    is_silent = extends or not any(map(is_shown, nodes))
    open_gaps(nodes, is_silent, back=False)
    open_gaps(nodes, is_silent, back=True)
    for node in nodes:
        node.tokens[0].is_open |= is_silent
    return write(joined(nodes), WIDTH) + "\n"


def is_shown(node: Node) -> bool:
    """Whether it shows something where it stands."""
    first = node.tokens[0]
    defines = first.name in ("extends", "from", "import", "macro", "set", "set-block")
    return first.kind != "comment" and not (first.kind == "statement" and defines)


def main(arguments: list[str]) -> int:
    checks = "--check" in arguments
    paths = [Path(argument) for argument in arguments if argument != "--check"]
    changed = []
    for path in paths or [Path(__file__).parents[1] / "templates"]:
        for file in sorted(path.rglob("*.html")) if path.is_dir() else [path]:
            source = file.read_text("utf-8")
            if (text := formatted(source)) != source:
                changed.append(file)
                if not checks:
                    file.write_text(text, "utf-8")
    for file in changed:
        print(file)
    return int(checks and bool(changed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
