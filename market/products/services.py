"""Loading products from seeds/reference, and checking them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import select

import config
from market.database import db, sync
from market.products.models import (
    Category,
    GeographicalIndication,
    Product,
    ProductAlias,
    Relation,
    Variety,
    WithdrawnAlias,
)
from market.products.pinyin import spell
from market.products.varieties import variety_problems, variety_rows
from market.regions.reference_edits import with_edits
from market.regions.services import read_csv
from market.text.units import UNIT_WORDS

# A trade note with these words forbids listing the product at all.
FORBIDDEN = "must not be listed"
# Of the last three digits of a code: from here on those of products that administrators add.
FIRST_ADDED = 900


def load_products(folder: Path = config.REFERENCE) -> None:
    """Bring the tables of products and their words to the files; safe to repeat."""
    products = read_csv(folder / "products.csv")
    sync(Category, category_rows(products))
    sync(Product, _distinct(product_rows(products)))
    aliases = alias_rows(products, read_csv(folder / "ambiguous_aliases.csv"))
    withdrawn = _withdrawn_aliases()
    sync(ProductAlias, [a for a in aliases if (a["alias"], a["product_code"]) not in withdrawn])
    sync(Variety, variety_rows(read_csv(folder / "varieties.csv")))
    sync(
        GeographicalIndication,
        [
            {k: g[k] for k in ("name", "region_code", "product_code", "claim", "source")}
            for g in read_csv(folder / "geographical_indications.csv")
        ],
    )


def category_rows(products: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
    """Rows for the two levels of categories, read off the products; parents first."""
    rows: dict[str, dict[str, Any]] = {}
    for p in products:
        english = p["category_en"].split(" > ")
        for digits, name, name_en, parent in (
            (2, p["category"], english[0], None),
            (4, p["subcategory"], english[-1], p["code"][:2]),
        ):
            code = p["code"][:digits]
            row = {"code": code, "name": name, "name_en": name_en, "parent_code": parent}
            rows.setdefault(code, row)
    return sorted(rows.values(), key=lambda r: (len(r["code"]), r["code"]))


def product_path(code: str, above: str | None) -> str:
    """The path of a product below another's path; without one, below its category."""
    return f"{above or f'{code[:2]}/{code[:4]}'}/{code}"


def _withdrawn_aliases() -> set[tuple[str, str]]:
    of = WithdrawnAlias
    return {(alias, code) for alias, code in db.session.execute(select(of.alias, of.product_code))}


def _distinct(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the files as they were edited, each with a name of its own: an administrator
    may have used one that a later release has for another product.

    The name of the files wins; a product that was added gets its code behind its name. (So does,
    until the rows are written, one whose name goes over to another.)
    """
    rows = with_edits(Product, given)
    times = Counter(row["name"] for row in rows)
    for plain, row in zip(given, rows, strict=True):
        if times[row["name"]] > 1:
            row |= {column: plain[column] for column in ("name", "pinyin", "initials")}
    owners = {row["name"]: row["code"] for row in rows}
    for product in db.session.scalars(select(Product)):
        if owners.get(product.name, product.code) != product.code:
            product.name += product.code
    db.session.flush()
    return rows


def product_rows(products: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
    """Rows for the table, parents first."""
    given = {p["code"]: p for p in products}
    rows: dict[str, dict[str, Any]] = {}

    def add(p: dict[str, str]) -> dict[str, Any]:
        if p["code"] in rows:
            return rows[p["code"]]
        parent = add(given[p["parent_code"]]) if p["parent_code"] else None
        relation = Relation(p["relation"]) if parent else None
        pinyin, initials = spell(p["name_zh"])
        rows[p["code"]] = {
            "code": p["code"],
            "name": p["name_zh"],
            "name_en": p["name_en"],
            "category_code": p["code"][:4],
            "parent_code": p["parent_code"] or None,
            "path": product_path(p["code"], parent["path"] if parent else None),
            "relation": relation,
            "family_path": product_path(
                p["code"],
                parent["family_path"] if parent and relation is Relation.VARIETY else None,
            ),
            "unit": UNIT_WORDS[p["unit"]],
            "perishable": p["perishable"] == "1",
            "storage_class": p["storage_class"],
            "trade_note": p["trade_note"],
            "listable": FORBIDDEN not in p["trade_note"],
            "pinyin": pinyin,
            "initials": initials,
        }
        return rows[p["code"]]

    for p in given.values():
        add(p)
    return list(rows.values())


def alias_rows(
    products: Iterable[dict[str, str]], ambiguous: Iterable[dict[str, str]]
) -> list[dict[str, Any]]:
    """A row for each word and product it may mean; what the ambiguous list says wins, also of a
    word with one meaning here and another outside the trade: 无人机."""
    meanings: dict[str, list[str]] = defaultdict(list)
    for p in products:
        for alias in filter(None, p["aliases"].split("|")):
            if p["code"] not in meanings[alias]:
                meanings[alias].append(p["code"])
    listed = {word["alias"]: word["codes"].split("|") for word in ambiguous}
    rows = []
    for alias, codes in (meanings | listed).items():
        pinyin, initials = spell(alias)
        for code in codes:
            row = {
                "alias": alias,
                "product_code": code,
                "ambiguous": alias in listed or len(codes) > 1,
            }
            rows.append({**row, "pinyin": pinyin, "initials": initials})
    return rows


def check_products(folder: Path = config.REFERENCE) -> list[str]:
    """What is wrong with the reference files, a sentence each; empty when nothing is."""
    products = read_csv(folder / "products.csv")
    listed = {w["alias"]: w["codes"].split("|") for w in read_csv(folder / "ambiguous_aliases.csv")}
    codes = Counter(p["code"] for p in products)
    names = {p["name_zh"]: p["code"] for p in products}
    problems = [f"code {code} stands {n} times" for code, n in codes.items() if n > 1]
    owners: dict[str, set[str]] = defaultdict(set)
    for p in products:
        if p["parent_code"] and p["parent_code"] not in codes:
            problems.append(f"{p['code']} {p['name_zh']}: no such parent {p['parent_code']}")
        elif _is_its_own_ancestor(p, {q["code"]: q["parent_code"] for q in products}):
            problems.append(f"{p['code']} {p['name_zh']}: its own ancestor")
        elif p["relation"] not in (set(Relation) if p["parent_code"] else {""}):
            problems.append(
                f"{p['code']} {p['name_zh']}: relation {p['relation'] or 'none'} to"
                f" {p['parent_code'] or 'no parent'}"
            )
        if int(p["code"][4:]) >= FIRST_ADDED:
            problems.append(f"{p['code']} {p['name_zh']}: a code of those that are added here")
        if p["unit"] not in UNIT_WORDS:
            problems.append(f"{p['code']} {p['name_zh']}: unknown unit {p['unit']}")
        for alias in filter(None, p["aliases"].split("|")):
            owners[alias].add(p["code"])
    for alias, codes_of in owners.items():
        meant = codes_of | ({names[alias]} if alias in names else set())
        if len(meant) > 1 and alias not in listed:
            problems.append(
                f"alias {alias} belongs to {', '.join(sorted(meant))} and is not listed"
            )
    for alias, several in listed.items():
        problems += [f"ambiguous {alias}: no such product {c}" for c in several if c not in codes]
    words = {**owners, **listed, **{name: {code} for name, code in names.items()}}
    varieties = read_csv(folder / "varieties.csv")
    return [*problems, *variety_problems(varieties, codes, words)]


def _is_its_own_ancestor(product: dict[str, str], parents: dict[str, str]) -> bool:
    seen = {product["code"]}
    code = product["parent_code"]
    while code:
        if code in seen:
            return True
        seen.add(code)
        code = parents.get(code, "")
    return False
