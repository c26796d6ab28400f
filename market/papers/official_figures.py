"""What an official paper prints: the statement a unit submitted, or the published table, as it
was frozen; where there is neither, the figures of now, said to be no more than that.

A snapshot of the reports room is told here in the shape of figures.take(), every figure as
it is, with one more part, `standing`: what the figures are and who vouches for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from market.database import db
from market.fairs.models import Fair, FairStatus
from market.papers.models import DocumentKind
from market.regions.models import Region
from market.statements import queries as filing
from market.statements.drift import cuts
from market.statements.models import Kind, Statement
from market.statements.queries import Corrected, Published
from market.statements.reversals import Reversal, reversals
from market.statements.rules import IN, Period, parse_period
from market.tables.figures import (
    COLUMNS,
    MOST_PRODUCTS,
    OF_PRODUCTS,
    frozen_quantities,
    refrozen,
    thawed,
    told_comparisons,
)
from market.tallies.quantities import quantities_until
from market.tallies.queries import Totals, rank_amounts, stored_count
from market.tallies.trees import Tree

PRESENT, STATEMENT, PUBLISHED = "present", "statement", "published"
# Where the figures are those of now.
NOT_SUBMITTED = {"kind": PRESENT}


def standing_of(figures: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the figures of a document are."""
    found: Mapping[str, Any] = figures.get("standing", NOT_SUBMITTED)
    return found


def official(kind: DocumentKind, fair: Fair, region: Region) -> dict[str, Any] | None:
    """The frozen figures that a paper of that kind prints; None where nothing is submitted.

    A statement of the whole fair is the published table, unless a unit reports of it.
    """
    if kind is DocumentKind.STATEMENT and (statement := statement_of(fair, region)):
        return of_statement(statement)
    table = published_of(fair) if region.code == fair.region_code else None
    return of_published(table) if table else None


def statement_of(fair: Fair, region: Region) -> Statement | None:
    """The final statement the unit has submitted; of an open fair else its latest daily one."""
    statements = db.session.scalars(
        select(Statement)
        .where(
            Statement.fair_id == fair.id,
            Statement.region_code == region.code,
            Statement.status.in_(IN),
        )
        .order_by(Statement.day.desc())
    ).all()
    return next((s for s in statements if _is_of_now(fair, s)), None) or _daily(fair, statements)


def published_of(fair: Fair) -> Published | None:
    """The final table published of the fair; of an open fair else that of its latest day."""
    known = filing.publications(fair)
    chosen = next((p for p in known if _is_of_now(fair, p)), None) or _daily(fair, known)
    return filing.published(fair, Period(chosen.day, chosen.kind)) if chosen else None


def _is_of_now(fair: Fair, filed: Any) -> bool:
    """Final, and for the last day the fair has now: one that was extended asks for another."""
    return filed.kind is Kind.FINAL and filed.day == fair.ends_on


def _daily(fair: Fair, filed: Sequence[Any]) -> Any:
    if fair.status is not FairStatus.OPEN:
        return None
    return next((one for one in filed if one.kind is Kind.DAILY), None)


def now_of(fair: Fair, figures: Mapping[str, Any]) -> dict[str, Any] | None:
    """What these official figures are now: the same statement or table with what was corrected
    since; None where the statement was sent back."""
    standing = standing_of(figures)
    if standing["kind"] == STATEMENT:
        statement = db.session.get_one(Statement, standing["statement"])
        return of_statement(statement) if statement.status in IN else None
    table = filing.published(fair, parse_period(standing["period"]))
    return of_published(table) if table else None


def of_statement(statement: Statement) -> dict[str, Any]:
    """The snapshot of the statement that counts: its last confirmed correction's, if any."""
    fair, version = statement.fair, statement.current
    tree = stored_count(fair).tree
    snapshot = filing.counting([statement.id])[statement.id]
    sha256 = version.sha256
    if snapshot["correction"]:
        sha256 = statement.corrections[snapshot["correction"] - 1].sha256
    found = _told(fair, snapshot, tree)
    found["standing"] = {
        "kind": STATEMENT,
        "statement": statement.id,
        "period": Period(statement.day, statement.kind).key,
        "version": version.number,
        "correction": snapshot["correction"],
        "by": version.by.name,
        "at": version.at.isoformat(),
        "sha256": sha256,
        "missing": _missing(snapshot),
        "corrections": [_correction(c, tree) for c in _corrections(statement, snapshot)],
        "late": [],
        "now": found["totals"],
    }
    return found


def _corrections(statement: Statement, snapshot: Mapping[str, Any]) -> list[Corrected]:
    """The statement's own; of one that gathers, its counties' that are not gathered in it."""
    if statement.region.is_leaf:
        return filing.confirmed_of(statement)
    gathered = {child["code"]: child["correction"] for child in snapshot["children"]}
    return [
        c
        for c in filing.corrections_of(statement.fair, statement.region)
        if (c.period.kind, c.period.day) == (statement.kind, statement.day)
        and c.number > gathered.get(c.code, 0)
    ]


def of_published(table: Published) -> dict[str, Any]:
    """The table as published; what it comes to now stands in `standing`."""
    publication = table.publication
    fair = publication.fair
    tree = stored_count(fair).tree
    found = _told(fair, table.snapshot, tree)
    totals: dict[str, Any] = {name: thawed(found["totals"], name) for name in COLUMNS}
    found["comparisons"] = told_comparisons(fair, Totals(**totals), day=table.period.day)
    rows = [row for group in table.groups for row in (group, *group.rows)]
    found["standing"] = {
        "kind": PUBLISHED,
        "period": table.period.key,
        "by": publication.by.name,
        "at": publication.at.isoformat(),
        "sha256": publication.sha256,
        "missing": _missing(table.snapshot),
        "corrections": [_correction(c, tree) for c in table.corrections],
        "late": [
            {**_names(row.name, row.name_en), "at": row.late_at.isoformat()}
            for row in rows
            if row.late_at is not None
        ],
        "now": refrozen(table.now),
    }
    return found


def _told(fair: Fair, snapshot: Mapping[str, Any], tree: Tree) -> dict[str, Any]:
    """A snapshot in the shape of figures.take()."""
    about, region, goods = snapshot["fair"], snapshot["region"], snapshot["products"]
    return {
        "fair": {
            **{name: about[name] for name in ("name", "name_en", "starts_on", "ends_on")},
            "is_replay": fair.is_replay,
        },
        "region": {name: region[name] for name in ("code", "name", "name_en")},
        "ledger": {"entry": snapshot["ledger"]["id"], "hash": snapshot["ledger"]["hash"]},
        # Of a day: its end, whenever it was submitted.
        "counted_at": snapshot.get("until", snapshot["taken_at"]),
        "totals": refrozen(snapshot["totals"]),
        **_of_the_day(snapshot),
        # A unit's place among the others is not in what it states.
        "rank": None,
        "rank_within": None,
        "prefectures": _prefectures(snapshot, tree),
        "products": [
            {
                **{"code": g["code"], "name": g["name"], "name_en": g["name_en"]},
                "total": refrozen(g, OF_PRODUCTS),
            }
            for g in goods[:MOST_PRODUCTS]
        ],
        "products_in_all": len(goods),
        "quantities": frozen_quantities(quantities_until(fair.id, _entries(snapshot, tree))),
        "days": [
            [d["day"], d["deals"], d["amount_fen"]]
            for d in snapshot["days"]
            if d["deals"] or ("until" in snapshot and d["amount_fen"])
        ],
        "comparisons": [],
    }


def _of_the_day(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Of a daily statement or table what its day added; empty for others."""
    if "increment" not in snapshot:
        return {}
    names = [name for name in COLUMNS if name in snapshot["increment"]]
    return {"increment": refrozen(snapshot["increment"], names)}


def reversed_since(fair: Fair, printed: Mapping[str, Any]) -> Sequence[Reversal]:
    """The deals in the figures of a paper that were taken back since it was frozen."""
    standing = standing_of(printed)
    if standing["kind"] == STATEMENT:
        snapshot = filing.counting([standing["statement"]])[standing["statement"]]
    elif standing["kind"] == PUBLISHED:
        table = filing.published(fair, parse_period(standing["period"]))
        if table is None:
            return ()
        snapshot = table.snapshot
    else:
        codes = {c["code"] for p in printed["prefectures"] for c in p["counties"]}
        return reversals(fair, dict.fromkeys(codes, printed["ledger"]["entry"]))
    ends = cuts(snapshot)
    # What a correction on the paper tells of is no news.
    told = {c["code"]: c["entry"] for c in standing["corrections"] if c["code"] in ends}
    return reversals(fair, {**ends, **told})


def _prefectures(snapshot: Mapping[str, Any], tree: Tree) -> list[dict[str, Any]]:
    """The counties by who gathered them, ranked among those in the snapshot."""
    region = {**snapshot["region"], "totals": snapshot["totals"]}
    below = snapshot["children"]
    groups: list[tuple[Mapping[str, Any], Sequence[Any]]] = []
    if tree.nodes[region["code"]].is_leaf:
        groups.append((region, [region]))
    elif direct := [node for node in below if tree.nodes[node["code"]].is_leaf]:
        summed = {name: _sum(direct, name) for name in COLUMNS}
        groups.append(
            (region if len(direct) == len(below) else {**region, "totals": summed}, direct)
        )
    groups += [(n, n["children"]) for n in below if not tree.nodes[n["code"]].is_leaf]
    overall = _places([county for _group, counties in groups for county in counties])
    overall = overall if below else {}
    return [
        {
            **{name: group[name] for name in ("code", "name", "name_en")},
            "total": refrozen(group["totals"]),
            "counties": [_county(c, tree, overall, _places(counties)) for c in counties],
        }
        for group, counties in groups
    ]


def _entries(snapshot: Mapping[str, Any], tree: Tree) -> dict[str, int]:
    """By reporting county, the last entry of the ledger that is in its figures."""
    found: dict[str, int] = {}
    nodes = [{**snapshot, "code": snapshot["region"]["code"]}]
    while nodes:
        node = nodes.pop()
        if tree.nodes[node["code"]].is_leaf:
            found[node["code"]] = node["ledger"]["id"]
        nodes += [{"ledger": node["ledger"], **below} for below in node.get("children", ())]
    return found


def _sum(nodes: Sequence[Any], name: str) -> Any:
    """The figure of several nodes together; None for one that adds up nowhere."""
    if name == "varieties":
        return None
    return sum(thawed(refrozen(node["totals"]), name) or 0 for node in nodes)


def _places(counties: Sequence[Any]) -> dict[str, int]:
    return rank_amounts((c["code"], c["totals"]["amount_fen"]) for c in counties)


def _county(
    county: Mapping[str, Any], tree: Tree, overall: dict[str, int], inside: dict[str, int]
) -> dict[str, Any]:
    code = county["code"]
    return {
        **{"code": code, "name": county["name"], "name_en": county["name_en"]},
        "host_code": tree.nodes[code].host_code,
        "rank": overall.get(code),
        "rank_within": inside.get(code) if overall else None,
        "total": refrozen(county["totals"]),
    }


def _missing(snapshot: Mapping[str, Any]) -> list[dict[str, str]]:
    names = ("code", "name", "name_en", "reason")
    return [{name: node[name] for name in names} for node in snapshot["missing"]]


def _correction(correction: Corrected, tree: Tree) -> dict[str, Any]:
    """A confirmed correction as papers and the page that checks them tell it."""
    node = tree.nodes[correction.code]
    was, now = refrozen(correction.before), refrozen(correction.after)
    return {
        **{"code": node.code, **_names(node.name, node.name_en)},
        "statement": correction.statement_id,
        "period": correction.period.key,
        "number": correction.number,
        "reason": correction.reason,
        "at": correction.confirmed_at.isoformat(),
        "entry": correction.ledger_id,
        "hash": correction.ledger_hash,
        "changes": [[name, was[name], now[name]] for name, _was, _now in correction.changes],
    }


def _names(name: str, name_en: str) -> dict[str, str]:
    return {"name": name, "name_en": name_en}


def corrections_after(fair: Fair, region: Region, at: datetime) -> list[dict[str, Any]]:
    """The corrections inside the region that were confirmed after that moment."""
    tree = stored_count(fair).tree
    found = filing.corrections_of(fair, region)
    return [_correction(c, tree) for c in found if c.confirmed_at > at]


def corrections_since(
    printed: Mapping[str, Any], stated: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """Those that the official figures have now and the printed ones had not."""
    known = set(map(key_of, standing_of(printed)["corrections"]))
    return [c for c in standing_of(stated)["corrections"] if key_of(c) not in known]


def key_of(correction: Mapping[str, Any]) -> tuple[int, int]:
    """What tells one correction from all others."""
    return correction["statement"], correction["number"]
