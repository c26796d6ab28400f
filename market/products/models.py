"""The product tree with its categories, and the words that name a product."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.database import Base, Path, UTCDateTime, choice, utcnow


class Relation(enum.StrEnum):
    """What a product is to its parent. Only a variety 品种 stands for it when one trades."""

    VARIETY = "variety"
    LIFE_STAGE = "life_stage"  # 仔猪 of 生猪
    CUT = "cut"  # 五花肉 of 猪肉
    PART = "part"  # 蒜薹 of 大蒜
    MADE_FROM = "made_from"  # 面粉 of 小麦


class Category(Base):
    """A category (`03`) or subcategory (`0302`); the first digits of a product's code."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(80))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("categories.code"))


class Product(Base):
    """A product 产品.

    Attributes:
        path: category, subcategory, then products down to this one:
            `03/0302/0302010/0302011`.
        relation: to its parent; None without one.
        family_path: as `path`, but without the products above the last one that is no variety
            of its parent: whoever shares a product of it is traded as the same. 面粉 is below
            小麦, but in no family with it.
        unit: the code of its default unit (market.products.units).
        trade_note: what the law asks of who trades it; empty for most.
        listable: False where the trade note forbids listing it at all.
    """

    __tablename__ = "products"

    code: Mapped[str] = mapped_column(String(7), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    name_en: Mapped[str] = mapped_column(String(80))
    category_code: Mapped[str] = mapped_column(ForeignKey("categories.code"), index=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("products.code"), index=True)
    path: Mapped[str] = mapped_column(Path, unique=True)
    relation: Mapped[Relation | None] = mapped_column(choice(Relation, "relation"))
    family_path: Mapped[str] = mapped_column(Path, server_default=text("''"))
    unit: Mapped[str] = mapped_column(String(12))
    perishable: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="perishable"))
    storage_class: Mapped[str] = mapped_column(String(16))
    trade_note: Mapped[str] = mapped_column(String(120), default="")
    listable: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="listable"), default=True
    )
    pinyin: Mapped[str] = mapped_column(String(80))
    initials: Mapped[str] = mapped_column(String(20), index=True)

    category: Mapped[Category] = relationship()
    parent: Mapped[Product | None] = relationship(remote_side=[code])

    __table_args__ = (
        CheckConstraint("(relation IS NULL) = (parent_code IS NULL)", name="relation_to_parent"),
    )


class ProductAlias(Base):
    """A word for a product. One word may stand for several, or for other things as well:
    then `ambiguous` is set on each."""

    __tablename__ = "product_aliases"

    alias: Mapped[str] = mapped_column(String(40), primary_key=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"), primary_key=True)
    ambiguous: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="ambiguous"))
    pinyin: Mapped[str] = mapped_column(String(120), index=True)
    initials: Mapped[str] = mapped_column(String(40), index=True)

    product: Mapped[Product] = relationship()


class WithdrawnAlias(Base):
    """A `ProductAlias` of the reference data that an administrator has taken out of that table;
    loading the data again doesn't bring it back."""

    __tablename__ = "withdrawn_aliases"

    alias: Mapped[str] = mapped_column(String(40), primary_key=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"), primary_key=True)
    ambiguous: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="withdrawn_ambiguous")
    )

    product: Mapped[Product] = relationship()


class GeographicalIndication(Base):
    """A protected product of a county, with the public page that says so. Not a register."""

    __tablename__ = "geographical_indications"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"))
    claim: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(200))


class VarietyKind(enum.StrEnum):
    """What a name of `Variety` is: a registered variety or a kind the trade knows, a brand, what
    people of a region say, or what the names of a breeder's varieties begin with (希森6号)."""

    VARIETY = "variety"
    BRAND = "brand"
    DIALECT = "dialect"
    SERIES = "series"


class Confidence(enum.StrEnum):
    """How sure it is that a name means its product: what is low, because the word means other
    things too (雪花), is asked about."""

    HIGH = "high"
    LOW = "low"


class Variety(Base):
    """A name narrower or more local than the tree: 希森6号, 鸭屎香, 儿菜. The product is the
    narrowest of the tree that holds it; an offer keeps the name in its own words.

    Attributes:
        region: where it is grown or said; empty for everywhere.
        source: the kind of register or knowledge that the name is from.
    """

    __tablename__ = "varieties"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"))
    kind: Mapped[VarietyKind] = mapped_column(choice(VarietyKind, "variety_kind"))
    region: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(60))
    confidence: Mapped[Confidence] = mapped_column(choice(Confidence, "variety_confidence"))


class AddedWord(Base):
    """A word for a product that an official added; the record of acts says who."""

    __tablename__ = "added_words"

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    product: Mapped[Product] = relationship()


class TextSource(enum.StrEnum):
    """Where a text was typed."""

    SEARCH = "search"
    POST = "post"


class UnmatchedText(Base):
    """A text of searches or posts in which no product was understood, folded, without numbers
    that may be phones; nothing is stored of who typed it.

    Attributes:
        week: its Monday, a local day.
    """

    __tablename__ = "unmatched_texts"

    week: Mapped[date] = mapped_column(primary_key=True)
    source: Mapped[TextSource] = mapped_column(
        choice(TextSource, "unmatched_source"), primary_key=True
    )
    text: Mapped[str] = mapped_column(String(60), primary_key=True)
    count: Mapped[int]
