"""What a word means, and what to suggest while it is typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import abort
from sqlalchemy import func, or_, select

from market.extensions import db
from market.memory import kept
from market.products.lexicon import ProductLexicon, Word
from market.products.models import Category, Product, ProductAlias


def get_product(code: str) -> Product:
    """The product of that code, or 404."""
    return db.session.get(Product, code) or abort(404)


def product_lexicon() -> ProductLexicon:
    """The words that name products, in memory, as the database has them.

    Kept by the app, so that tests may hold several databases. Every few seconds one cheap
    statement asks whether the words are still the same, so that what another process
    loaded is noticed without a restart.
    """
    return kept("product_lexicon", _fingerprint, _lexicon)


def _fingerprint() -> Any:
    words = ProductAlias.alias + ProductAlias.product_code
    products = Product.code + Product.name + Product.name_en + Product.path
    return db.session.execute(
        select(
            select(func.aggregate_strings(products, ";")).scalar_subquery(),
            select(func.aggregate_strings(words, ";")).scalar_subquery(),
        )
    ).one()


def _lexicon() -> ProductLexicon:
    words: list[Word] = []
    for c in db.session.execute(select(Category.code, Category.name, Category.name_en)):
        words += [Word(c.name, c.code, 0), Word(c.name_en, c.code, 2)]
    paths: dict[str, str] = {}
    columns = (Product.code, Product.name, Product.name_en, Product.path)
    for p in db.session.execute(select(*columns, Product.pinyin, Product.initials)):
        paths[p.code] = p.path
        words += [Word(p.name, p.code, 0, p.pinyin, p.initials), Word(p.name_en, p.code, 2)]
    for a in db.session.execute(select(*ProductAlias.__table__.columns)):
        words.append(Word(a.alias, a.product_code, 1, a.pinyin, a.initials, a.ambiguous))
    return ProductLexicon(words, paths)


def resolve_product(text: str) -> list[Product]:
    """What `text` may mean: one product, several to choose from, or none."""
    return _products(c for c in product_lexicon().resolve(text) if len(c) == 7)


def suggest_products(text: str, limit: int = 8) -> list[tuple[Product, str]]:
    """(product, the word that fits) for what begins with `text`, shortest words first."""
    found = dict(product_lexicon().suggest(text, limit))
    return [(product, found[product.code]) for product in _products(found)]


def _products(codes: Iterable[str]) -> list[Product]:
    """The products of these codes, in that order."""
    order = {code: i for i, code in enumerate(codes)}
    if not order:
        return []
    found = db.session.scalars(select(Product).where(Product.code.in_(order)))
    return sorted(found, key=lambda p: order[p.code])


def relatives(product: Product) -> Sequence[str]:
    """Codes of the product itself and all below it."""
    return db.session.scalars(
        select(Product.code).where(
            or_(Product.path == product.path, Product.path.startswith(product.path + "/"))
        )
    ).all()
