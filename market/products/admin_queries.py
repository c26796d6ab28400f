"""What administrators read of products and their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, and_, func, or_, select

from market.database import db
from market.products.models import AddedWord, Category, Product, ProductAlias, WithdrawnAlias
from market.products.services import FIRST_ADDED
from market.products.unmatched import plain_word
from market.regions.reference_edits import ReferenceEdit
from market.web.pagination import Pagination

PER_PAGE = 25


@dataclass(frozen=True)
class CatalogueSearch:
    """Which products: whose name, word or code fits `text`, of a category, listed or not."""

    text: str = ""
    category: str = ""
    listable: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """SQL over Product."""
        found: list[ColumnElement[bool]] = []
        if self.text:
            aliases = select(ProductAlias.product_code).where(
                ProductAlias.alias.contains(self.text, autoescape=True)
            )
            added = select(AddedWord.product_code).where(
                AddedWord.word.contains(plain_word(self.text), autoescape=True)
            )
            found.append(
                or_(
                    Product.name.contains(self.text, autoescape=True),
                    Product.name_en.icontains(self.text, autoescape=True),
                    Product.code.startswith(self.text, autoescape=True),
                    Product.code.in_(aliases),
                    Product.code.in_(added),
                )
            )
        if self.category:
            found.append(Product.code.startswith(self.category, autoescape=True))
        if self.listable is not None:
            found.append(Product.listable.is_(self.listable))
        return found


@dataclass(frozen=True)
class ProductPage:
    """Rows (code, name, name_en, listable, category_name, category_name_en, is_edited,
    is_added) in the order of their codes."""

    rows: Sequence[Any]
    pagination: Pagination


def get_product(code: str) -> Product:
    """The product of that code, or 404."""
    return db.session.get(Product, code) or abort(404)


def find_products(search: CatalogueSearch, page: int = 1) -> ProductPage:
    """A page of products; two queries for any length."""
    wanted = search.conditions()
    total = db.session.scalar(select(func.count(Product.code)).where(*wanted)) or 0
    pagination = Pagination(page, PER_PAGE, total)
    edit = and_(ReferenceEdit.kind == Product.__tablename__, ReferenceEdit.code == Product.code)
    query = (
        select(
            *(Product.code, Product.name, Product.name_en, Product.listable),
            Category.name.label("category_name"),
            Category.name_en.label("category_name_en"),
            ReferenceEdit.code.is_not(None).label("is_edited"),
        )
        .join(Category, Category.code == Product.category_code)
        .outerjoin(ReferenceEdit, edit)
        .where(*wanted)
        .order_by(Product.code)
    )
    return ProductPage(db.session.execute(pagination.limit(query)).all(), pagination)


def is_added(code: str) -> bool:
    """Whether an administrator added the product of that code."""
    return int(code[4:]) >= FIRST_ADDED


@dataclass(frozen=True)
class ProductWords:
    """The words of a product: those that were added, of the reference data, and withdrawn."""

    added: Sequence[AddedWord]
    aliases: Sequence[ProductAlias]
    withdrawn: Sequence[WithdrawnAlias]


def words_of(product: Product) -> ProductWords:
    """The words of a product, each kind in their order."""

    def of(model: Any, word: Any) -> Sequence[Any]:
        rows = select(model).where(model.product_code == product.code).order_by(word)
        return db.session.scalars(rows).all()

    return ProductWords(
        of(AddedWord, AddedWord.word),
        of(ProductAlias, ProductAlias.alias),
        of(WithdrawnAlias, WithdrawnAlias.alias),
    )


def get_word(code: str, word: str) -> ProductAlias | AddedWord:
    """The word of the product of that code, or 404; one of the reference data goes first."""
    if alias := db.session.get(ProductAlias, (word, code)):
        return alias
    added = db.session.get(AddedWord, word)
    return added if added and added.product_code == code else abort(404)


def get_withdrawn(code: str, word: str) -> WithdrawnAlias:
    """The withdrawn word of the product of that code, or 404."""
    return db.session.get(WithdrawnAlias, (word, code)) or abort(404)


def categories(digits: int) -> Sequence[Category]:
    """The categories of two digits, or the subcategories of four, in their order."""
    rows = select(Category).where(func.length(Category.code) == digits)
    return db.session.scalars(rows.order_by(Category.code)).all()
