"""Papers of a counted fair, and whether this machine has a font."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import db, transaction
from market.fairs.models import Fair
from market.papers import services
from market.papers.fonts import is_there_a_font
from market.papers.models import Document, DocumentKind
from market.regions.models import Region
from tests.optional import lacks
from tests.tables.conftest import county as county
from tests.tables.conftest import fair as fair
from tests.tables.conftest import province as province


@pytest.fixture
def font(app: Flask) -> None:
    """Skips the test where there is no Chinese font; fails it where CI allows no skip."""
    if not is_there_a_font():
        lacks("a Chinese font")


@pytest.fixture
def ask(fair: Fair, province: Account) -> Callable[..., Document]:
    """Ask for a document; of the whole fair, by the province, in Chinese unless said."""

    def request(kind: str = "bulletin", region: str = "430000", **values: Any) -> Document:
        asked = {"actor": province, "language": "zh_CN", **values}
        with transaction():
            return services.request_document(
                kind=DocumentKind(kind),
                fair=fair,
                region=db.session.get_one(Region, region),
                address_of=lambda code: f"https://example.test/verify/{code}",
                **asked,
            )

    return request
