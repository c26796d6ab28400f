"""Products and their words as administrators change them, effective at once and kept when the
reference data is loaded again. A code never changes and no product is deleted: deals, offers and
figures that name one can be read for ever."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from market.database import db
from market.products.models import (
    AddedWord,
    Category,
    Product,
    ProductAlias,
    Relation,
    WithdrawnAlias,
)
from market.products.pinyin import spell
from market.products.queries import named_products, product_lexicon
from market.products.services import FIRST_ADDED, product_path
from market.products.unmatched import plain_word
from market.regions.reference_edits import edit_reference
from market.web.errors import Invalid
from market.web.filters import local_name
from market.web.language import gettext as _
from market.web.language import lazy_gettext as _l


def edit_product(product: Product, name: str, **values: Any) -> bool:
    """Give a product another name and other values of its columns; whether anything differs.

    What it was called before still finds it.

    Raises:
        Invalid: another product is called so.
    """
    before = product.name
    if name != before:
        _check_name(name, product)
        values["pinyin"], values["initials"] = spell(name)
    changed = edit_reference(product, {"name": name, **values})
    if name != before:
        _remember(before, product)
    return changed


def add_product(
    name: str, category: Category, parent: Product | None, relation: Relation | None, **values: Any
) -> Product:
    """A product that the reference data doesn't have, below `parent` or the category.

    Args:
        relation: to the parent; None without one.

    Raises:
        Invalid: another product is called so, the parent is of another category, or the
            category has no code left.
    """
    if parent and parent.category_code != category.code:
        raise Invalid(_l("It is of another category: choose that one."), "parent")
    if (parent is None) != (relation is None):
        raise Invalid(_l("A product and what this is to it belong together."), "relation")
    _check_name(name)
    code = _next_code(category.code)
    pinyin, initials = spell(name)
    product = Product(
        code=code,
        name=name,
        category_code=category.code,
        parent_code=parent.code if parent else None,
        relation=relation,
        path=product_path(code, parent.path if parent else None),
        family_path=product_path(
            code, parent.family_path if parent and relation is Relation.VARIETY else None
        ),
        pinyin=pinyin,
        initials=initials,
        **values,
    )
    db.session.add(product)
    db.session.flush()
    return product


def withdraw_alias(alias: ProductAlias) -> None:
    """Have a word of the reference data mean this product no longer."""
    db.session.add(
        WithdrawnAlias(
            alias=alias.alias, product_code=alias.product_code, ambiguous=alias.ambiguous
        )
    )
    db.session.delete(alias)


def restore_alias(withdrawn: WithdrawnAlias) -> None:
    """Have it mean the product again.

    Raises:
        Invalid: it was added for a product meanwhile.
    """
    word, code = withdrawn.alias, withdrawn.product_code
    if added := db.session.get(AddedWord, plain_word(word)):
        means = local_name(added.product)
        raise Invalid(_("“%(word)s” means %(names)s already.", word=word, names=means))
    pinyin, initials = spell(word)
    alias = {"alias": word, "product_code": code, "ambiguous": withdrawn.ambiguous}
    db.session.add(ProductAlias(**alias, pinyin=pinyin, initials=initials))
    db.session.delete(withdrawn)


def _check_name(name: str, product: Product | None = None) -> None:
    """Raises Invalid where the name, or its word, means another product."""
    own = {product.code} if product else set()
    meant = {code for code in product_lexicon().exact(plain_word(name)) if len(code) == 7}
    meant |= set(db.session.scalars(select(Product.code).where(Product.name == name)))
    if others := sorted(meant - own):
        names = _(" or ").join(local_name(one) for one in named_products(others).values())
        raise Invalid(_("“%(word)s” means %(names)s already.", word=name, names=names), "name")


def _remember(name: str, product: Product) -> None:
    """Have what the product was called find it, unless the word means something without."""
    word = plain_word(name)
    known = select(ProductAlias.alias).where(ProductAlias.alias == name)
    if not db.session.scalar(known.limit(1)) and not db.session.get(AddedWord, word):
        db.session.add(AddedWord(word=word, product_code=product.code))


def _next_code(category: str) -> str:
    last = db.session.scalar(
        select(func.max(Product.code)).where(Product.code.startswith(category, autoescape=True))
    )
    number = max(int((last or category + "000")[4:]) + 1, FIRST_ADDED)
    if number > 999:
        raise Invalid(_l("This category has no code left."), "category")
    return f"{category}{number}"
