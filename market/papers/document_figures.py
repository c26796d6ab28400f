"""What a document freezes: figures of market.tallies.frozen_figures as they are, with what they
are (provenance) and what a paper prints beside them. Stored as the JSON of Document.figures.

The JSON has a `format`: 2 holds the figures whole, in `figures`; the first documents had none, held
the figures in a shape of their own, and their provenance in `standing`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from market.statements.validation import ValidationFinding
from market.statements.validation_models import read_finding
from market.tallies.comparisons import ComparedFigure, Comparison
from market.tallies.frozen_figures import (
    FrozenFigures,
    Json,
    canonical,
    digest,
    parse_totals,
    plain,
    read_figures,
)
from market.tallies.quantities import Quantities
from market.tallies.queries import Totals

FORMAT = 2


class Origin(enum.StrEnum):
    """What the figures of a document are."""

    COUNT = "present"  # of the fair's last count, stated by nobody
    STATEMENT = "statement"  # as a unit submitted them
    PUBLICATION = "published"  # as the province published them


@dataclass(frozen=True)
class PrintedCorrection:
    """A confirmed correction, as papers and the page that checks them say it.

    Attributes:
        entry, hash: the last entry of the ledger in the corrected figures.
        changes: (figure, was, is).
    """

    code: str
    name: str
    name_en: str
    statement: int
    period: str
    number: int
    reason: str
    at: datetime
    entry: int
    hash: str
    changes: Sequence[tuple[str, Any, Any]]

    @property
    def key(self) -> tuple[int, int]:
        """What tells one correction from all others."""
        return self.statement, self.number


@dataclass(frozen=True)
class PrintedFinding:
    """What validation found in a statement, as papers say it.

    Attributes:
        code, name, name_en: of the unit whose figures are doubted.
        rule, subject, severity, numbers: those of statements.validation.ValidationFinding.
        consent: why the next level let a stop pass; empty for a warning.
    """

    code: str
    name: str
    name_en: str
    rule: str
    subject: str
    severity: str
    numbers: Mapping[str, Any]
    explanation: str
    consent: str = ""

    @property
    def finding(self) -> ValidationFinding:
        """As its rule found it."""
        return read_finding(self.rule, self.subject, self.severity, dict(self.numbers))


@dataclass(frozen=True)
class LateUnit:
    """A unit that came in after the publication."""

    name: str
    name_en: str
    at: datetime


@dataclass(frozen=True)
class Provenance:
    """Where the figures of a document come from, and who vouches for them.

    Attributes:
        period: the key of statements.rules.Period; by, at: who submitted or published, and when.
        sha256: of the statement or table; version, correction: the numbers of the statement's.
        now: with what was corrected or came in since; what is printed where nothing did.
        findings: of a statement, what validation found, with its explanations.
    """

    kind: Origin = Origin.COUNT
    period: str = ""
    by: str = ""
    at: datetime | None = None
    sha256: str = ""
    statement: int | None = None
    version: int | None = None
    correction: int | None = None
    corrections: Sequence[PrintedCorrection] = ()
    late: Sequence[LateUnit] = ()
    now: Totals | None = None
    findings: Sequence[PrintedFinding] = ()

    @property
    def is_official(self) -> bool:
        """Whether a unit or the province states the figures."""
        return self.kind is not Origin.COUNT


# Where the figures are those of the last count.
NOT_SUBMITTED = Provenance()


@dataclass(frozen=True)
class FrozenComparison:
    """The fair beside another, by its name; the attributes are those of
    tallies.comparisons.Comparison."""

    kind: str
    name: str
    name_en: str
    figures: Sequence[ComparedFigure]
    through: int | None = None
    provisional: bool = False


@dataclass(frozen=True)
class Issue:
    """Who issues a bulletin 发布单位, and its number 文号."""

    issuer: str
    number: str


@dataclass(frozen=True)
class DocumentFigures:
    """All that a document prints.

    Attributes:
        ranks: the place of each county by deal value, among those it is compared with.
        rank_within: of a county alone, its place in its prefecture.
        quantities: by product, what was dealt in by other measures than weight.
        issue: of a bulletin; None where it was made before bulletins had one.
        is_starred: somebody who was named in it has erased their account since.
    """

    figures: FrozenFigures
    provenance: Provenance = NOT_SUBMITTED
    ranks: Mapping[str, int] = field(default_factory=dict)
    rank_within: int | None = None
    quantities: Mapping[str, Quantities] = field(default_factory=dict)
    comparisons: Sequence[FrozenComparison] = ()
    issue: Issue | None = None
    is_starred: bool = False

    def to_json(self) -> Json:
        """For Document.figures."""
        return {
            "format": FORMAT,
            "figures": self.figures.data,
            "provenance": plain(asdict(self.provenance)),
            "ranks": dict(self.ranks),
            "rank_within": self.rank_within,
            "quantities": {code: plain(of) for code, of in self.quantities.items() if of},
            "comparisons": [plain(asdict(comparison)) for comparison in self.comparisons],
            **({"issue": asdict(self.issue)} if self.issue else {}),
        }


def read_document(data: Json) -> DocumentFigures:
    """Read what a document froze, in any format."""
    is_first = "format" not in data
    figures = read_figures(data if is_first else data["figures"])
    return DocumentFigures(
        figures,
        _provenance(data.get("standing" if is_first else "provenance", {})),
        _first_ranks(data) if is_first else data["ranks"],
        data["rank_within"],
        {
            code: {measure: Decimal(q) for measure, q in of.items()}
            for code, of in data.get("quantities", {}).items()
        },
        [_comparison(comparison) for comparison in data["comparisons"]],
        Issue(**data["issue"]) if "issue" in data else None,
        data.get("starred", False),
    )


def _first_ranks(data: Json) -> dict[str, int]:
    counties = [county for group in data["prefectures"] for county in group["counties"]]
    return {county["code"]: county["rank"] for county in counties if county["rank"]}


def _provenance(data: Json) -> Provenance:
    if data.get("kind", Origin.COUNT) == Origin.COUNT:
        return NOT_SUBMITTED
    parsed = {
        "kind": Origin(data["kind"]),
        "at": datetime.fromisoformat(data["at"]),
        "corrections": [_correction(correction) for correction in data["corrections"]],
        "late": [
            LateUnit(unit["name"], unit["name_en"], datetime.fromisoformat(unit["at"]))
            for unit in data["late"]
        ],
        "now": parse_totals(data["now"]),
        "findings": [PrintedFinding(**finding) for finding in data.get("findings", ())],
    }
    return Provenance(**{n: v for n, v in data.items() if n != "missing"} | parsed)


def _correction(data: Json) -> PrintedCorrection:
    changes = [(name, _number(was), _number(now)) for name, was, now in data["changes"]]
    at = datetime.fromisoformat(data["at"])
    return PrintedCorrection(**{**data, "at": at, "changes": changes})


def _comparison(data: Json) -> FrozenComparison:
    # The first documents named the other fair in a part of its own.
    names = data.get("baseline", data)
    return FrozenComparison(
        data["kind"],
        names["name"],
        names["name_en"],
        [
            ComparedFigure(
                figure["name"],
                _number(figure["now"]),
                _number(figure["then"]),
                None if figure["change"] is None else Decimal(figure["change"]),
                figure.get("is_derived", False),
            )
            for figure in data["figures"]
        ],
        data.get("through"),
        data.get("provisional", False),
    )


def freeze_comparison(comparison: Comparison) -> FrozenComparison:
    """The comparison, with the other fair by its name."""
    baseline = comparison.baseline
    return FrozenComparison(
        comparison.kind,
        baseline.name,
        baseline.name_en,
        comparison.figures,
        comparison.through,
        comparison.provisional,
    )


def _number(value: str | int | None) -> Decimal | int | None:
    return Decimal(value) if isinstance(value, str) else value


def fingerprint(data: Mapping[str, Any]) -> str:
    """The SHA-256, in hex, of a document's figures, but not of the minute they were counted in:
    the same figures have the same."""
    bare = {name: value for name, value in data.items() if name != "counted_at"}
    if "figures" in bare:
        bare["figures"] = {n: v for n, v in bare["figures"].items() if n != "taken_at"}
    return digest(canonical(bare))
