"""One table holds the tree; a path prefix is a subtree."""

from __future__ import annotations

import enum
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ColumnElement, Float, ForeignKey, String, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.database import Base, Path, choice


class Level(enum.StrEnum):
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"


class Region(Base):
    """An administrative region 行政区划 (GB/T 2260), or a zone that reports like a county.

    Attributes:
        path: codes from the province down, e.g. `43/4307/430726`.
        is_leaf: people live and offers are placed here; inside the home region leaves report.
        host_code: for a zone, the county on whose shape it is drawn.
        latitude, longitude: the polygon's centroid, in degrees.
        pinyin, initials: without tones, lower case, no spaces.
    """

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    short_name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(80))
    level: Mapped[Level] = mapped_column(choice(Level, "level"))
    kind: Mapped[str] = mapped_column(String(20))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    path: Mapped[str] = mapped_column(Path, unique=True)
    is_leaf: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="is_leaf"))
    host_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    pinyin: Mapped[str] = mapped_column(String(120))
    initials: Mapped[str] = mapped_column(String(40), index=True)

    parent: Mapped[Region | None] = relationship(remote_side=[code], foreign_keys=[parent_code])

    __table_args__ = (CheckConstraint("parent_code <> code", name="parent_not_self"),)


def within(column: Any, path: Any) -> ColumnElement[bool]:
    """SQL: `column` (a path) is `path`, a text or a parameter, or below it.

    A range, so that an index serves it.
    """
    return or_(column == path, column.between(path + "/", path + "/~"))


def is_within(inner: str, outer: str) -> bool:
    """Whether the path `inner` is `outer` or below it."""
    return inner == outer or inner.startswith(outer + "/")
