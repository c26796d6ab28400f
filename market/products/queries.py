"""What a word means, and what to suggest while it is typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, String, case, cast, func, select

from market.cache.versions import versioned
from market.database import db, load_in_order
from market.products.lexicon import ProductLexicon
from market.products.models import (
    AddedWord,
    Category,
    Confidence,
    GeographicalIndication,
    Product,
    ProductAlias,
    Variety,
    VarietyKind,
)
from market.products.pinyin import spell
from market.products.words import LexiconWord

# Names of versioned values.
LEXICON, PRODUCT_NAMES = "product_lexicon", "product_names"


def product_lexicon() -> ProductLexicon:
    """The words that name products, in memory, as the database has them.

    Held by the app, so that tests may use several databases. Every few seconds one cheap
    statement asks whether the words are still the same, so that what another process
    loaded is noticed without a restart.
    """
    return versioned(LEXICON, words_version, _lexicon)


# All that names products, as one row.
_WORDS = select(
    *(
        select(func.aggregate_strings(words, ";")).scalar_subquery()
        for words in (
            Product.code
            + (Product.name + Product.name_en + Product.path)
            + (Product.storage_class + cast(Product.perishable, String)),
            ProductAlias.alias + ProductAlias.product_code,
            Variety.name + Variety.product_code + cast(Variety.confidence, String),
            AddedWord.word + AddedWord.product_code,
        )
    )
)


def words_version() -> Row[*tuple[Any, ...]]:
    """What differs when anything does of the words, the tree or the kinds of goods."""
    return db.session.execute(_WORDS).one()


def _lexicon() -> ProductLexicon:
    words: list[LexiconWord] = []
    for c in db.session.execute(select(Category.code, Category.name, Category.name_en)):
        words += [LexiconWord(c.name, c.code, 0), LexiconWord(c.name_en, c.code, 2)]
    paths: dict[str, str] = {}
    dry: set[str] = set()
    columns = (Product.code, Product.name, Product.name_en, Product.path, Product.storage_class)
    for p in db.session.execute(select(*columns, Product.pinyin, Product.initials)):
        paths[p.code] = p.path
        dry |= {p.code} if p.storage_class == "dry" else set()
        words += [
            LexiconWord(p.name, p.code, 0, p.pinyin, p.initials),
            LexiconWord(p.name_en, p.code, 2),
        ]
    # One string for each code: the driver makes a new one for every row.
    codes = {code: code for code in paths}
    for a in db.session.execute(select(*ProductAlias.__table__.columns)):
        code = codes[a.product_code]
        words.append(
            LexiconWord(a.alias, code, 1, a.pinyin, a.initials, a.ambiguous, asked=a.ambiguous)
        )
    named = select(Variety.name, Variety.product_code, Variety.kind, Variety.confidence)
    for name, code, kind, confidence in db.session.execute(named):
        series, asked = kind is VarietyKind.SERIES, confidence is Confidence.LOW
        words.append(LexiconWord(name, codes[code], 3, asked=asked, series=series))
    for word, code in db.session.execute(select(AddedWord.word, AddedWord.product_code)):
        words.append(LexiconWord(word, code, 1, *spell(word)))
    return ProductLexicon(words, paths, dry)


def resolve_product(text: str) -> list[Product]:
    """What `text` may mean: one product, several to choose from, or none."""
    return load_in_order(Product.code, [c for c in product_lexicon().resolve(text) if len(c) == 7])


def suggest_products(text: str, limit: int = 8) -> list[tuple[Product, str]]:
    """(product, the word that fits) for what begins with `text`, shortest words first."""
    found = dict(product_lexicon().suggest(text, limit))
    return [(product, found[product.code]) for product in load_in_order(Product.code, found)]


@dataclass(frozen=True)
class NamedProduct:
    """A product or a category: its code, its path and its names."""

    code: str
    path: str
    name: str
    name_en: str


def named_products(codes: Iterable[str]) -> dict[str, NamedProduct]:
    """The products (7 digits) and categories (2 or 4) of these codes, in their order; from
    memory, versioned like the lexicon."""
    names = versioned(PRODUCT_NAMES, words_version, _names)
    return {code: names[code] for code in codes if code in names}


def main_categories() -> list[NamedProduct]:
    """The categories of the first level, in the order of the tree; from memory."""
    names = versioned(PRODUCT_NAMES, words_version, _names)
    return [names[code] for code in sorted(names) if len(code) == 2]


def all_categories() -> dict[str, NamedProduct]:
    """The categories of both levels by their codes, in the order of the tree; from memory."""
    names = versioned(PRODUCT_NAMES, words_version, _names)
    return {code: names[code] for code in sorted(names) if len(code) <= 4}


def _names() -> dict[str, NamedProduct]:
    within = Category.parent_code + "/" + Category.code
    path = case((Category.parent_code.is_(None), Category.code), else_=within)
    categories = select(Category.code, path, Category.name, Category.name_en)
    products = select(Product.code, Product.path, Product.name, Product.name_en)
    return {
        row[0]: NamedProduct(*row)
        for rows in (categories, products)
        for row in db.session.execute(rows)
    }


@dataclass(frozen=True)
class Indication:
    """A protected product of a county, and the public page that says so."""

    name: str
    region_code: str
    product_code: str
    source: str


def indication_of(region_code: str, product_path: str) -> Indication | None:
    """The protected product of the county that the product is or is below, if any; the
    nearest in the tree. From memory, as the table was within the last seconds."""
    codes = product_path.split("/")
    known = versioned("indications", _indications, _by_region).get(region_code, ())
    found = [one for one in known if one.product_code in codes]
    return max(found, key=lambda one: codes.index(one.product_code), default=None)


def _indications() -> tuple[Indication, ...]:
    of = GeographicalIndication
    rows = select(of.name, of.region_code, of.product_code, of.source).order_by(of.name)
    return tuple(Indication(*row) for row in db.session.execute(rows))


def _by_region() -> dict[str, list[Indication]]:
    found: dict[str, list[Indication]] = {}
    for one in _indications():
        found.setdefault(one.region_code, []).append(one)
    return found
