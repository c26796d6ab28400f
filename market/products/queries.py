"""What a word means, and what to suggest while it is typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import case, func, or_, select

from market.extensions import db
from market.products.models import Category, Product, ProductAlias


def get_product(code: str) -> Product:
    """The product of that code, or 404."""
    return db.session.get(Product, code) or abort(404)


def resolve_product(text: str) -> list[Product]:
    """What `text` may mean: one product, several to choose from, or none.

    Read in turn as a code, an ambiguous word, a name, an alias, an English name, pinyin,
    initials, and last as a longer phrase that ends with or holds a known word.
    """
    text = "".join(text.split()) if not text.isascii() else " ".join(text.split())
    if not text:
        return []
    for reading in (_by_code, _by_word, _by_letters, _by_longest_word):
        if found := reading(text):
            return found
    return []


def _by_code(text: str) -> list[Product]:
    product = db.session.get(Product, text) if len(text) == 7 and text.isdigit() else None
    return [product] if product else []


def _by_word(word: str) -> list[Product]:
    aliased = db.session.execute(
        select(Product, ProductAlias.ambiguous)
        .join(ProductAlias, ProductAlias.product_code == Product.code)
        .where(ProductAlias.alias == word)
        .order_by(Product.code)
    ).all()
    if any(row.ambiguous for row in aliased):
        return [row.Product for row in aliased]
    named = db.session.scalars(select(Product).where(Product.name == word)).all()
    return list(named) or [row.Product for row in aliased]


def _by_letters(text: str) -> list[Product]:
    if not text.isascii():
        return []
    lower = text.lower()
    letters = lower.replace(" ", "")
    for condition in (
        func.lower(Product.name_en) == lower,
        Product.pinyin == letters,
        Product.code.in_(select(ProductAlias.product_code).where(ProductAlias.pinyin == letters)),
        Product.initials == letters,
        Product.code.in_(select(ProductAlias.product_code).where(ProductAlias.initials == letters)),
    ):
        query = select(Product).where(condition).order_by(Product.code).limit(12)
        if found := db.session.scalars(query).all():
            return list(found)
    return []


def _by_longest_word(text: str) -> list[Product]:
    """A known word at the end of `text` (麻阳冰糖橙), else inside it; the longest wins."""
    if text.isascii():
        return []
    for words in (
        [text[i:] for i in range(1, len(text) - 1)],
        sorted(
            {text[i:j] for i in range(len(text)) for j in range(i + 2, len(text) + 1)},
            key=len,
            reverse=True,
        ),
    ):
        known = set(
            db.session.scalars(
                select(Product.name)
                .where(Product.name.in_(words))
                .union(select(ProductAlias.alias).where(ProductAlias.alias.in_(words)))
            )
        )
        for word in words:
            if word in known:
                return _by_word(word)
    return []


def suggest_products(text: str, limit: int = 8) -> list[tuple[Product, str]]:
    """(product, the word that fits) for what begins with `text`, shortest words first."""
    text = "".join(text.split()).lower()
    if not text:
        return []

    def starts(*columns: Any) -> Any:
        return or_(*(c.startswith(text, autoescape=True) for c in columns))

    words: dict[str, tuple[Product, str]] = {}
    names = select(Product, Product.name).where(
        starts(Product.name, Product.pinyin, Product.initials, func.lower(Product.name_en))
    )
    aliases = (
        select(Product, ProductAlias.alias)
        .join(ProductAlias, ProductAlias.product_code == Product.code)
        .where(starts(ProductAlias.alias, ProductAlias.pinyin, ProductAlias.initials))
    )
    for query, word in ((names, Product.name), (aliases, ProductAlias.alias)):
        for product, fits in db.session.execute(
            query.order_by(func.length(word), Product.code).limit(limit)
        ):
            words.setdefault(product.code, (product, fits))
    return list(words.values())[:limit]


def relatives(product: Product) -> Sequence[str]:
    """Codes of the product itself and all below it."""
    return db.session.scalars(
        select(Product.code).where(
            or_(Product.path == product.path, Product.path.startswith(product.path + "/"))
        )
    ).all()


@dataclass(frozen=True)
class Named:
    """A product or a category: its code, its path and its names."""

    code: str
    path: str
    name: str
    name_en: str


def named_products(codes: Iterable[str]) -> dict[str, Named]:
    """The products (7 digits) and categories (2 or 4) of these codes, in their order."""
    wanted = list(dict.fromkeys(codes))
    found: dict[str, Named] = {}
    if products := [code for code in wanted if len(code) > 4]:
        rows = select(Product.code, Product.path, Product.name, Product.name_en)
        found |= _named(rows.where(Product.code.in_(products)))
    if categories := [code for code in wanted if len(code) <= 4]:
        path = case(
            (Category.parent_code.is_(None), Category.code),
            else_=Category.parent_code + "/" + Category.code,
        )
        above = select(Category.code, path, Category.name, Category.name_en)
        found |= _named(above.where(Category.code.in_(categories)))
    return {code: found[code] for code in wanted if code in found}


def _named(rows: Any) -> dict[str, Named]:
    return {row[0]: Named(*row) for row in db.session.execute(rows)}
