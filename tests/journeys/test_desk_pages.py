"""Every page of the desk, of the board and of papers: open to everyone, and fit for the phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import log_in
from tests.journeys.test_chain import (
    COUNTY,
    OFFICIAL,
    a_confirmation,
    a_judged_deal,
    open_fair,
    overflow,
    violations,
)

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
ADMINISTRATOR, PROVINCE, PREFECTURE = "13800000001", "13800000002", "13800000003"
REGION = COUNTY[:4] + "00"


def first_link(page: Page, address: str, selector: str) -> str:
    """Where the first link of the page that fits leads."""
    page.goto(address)
    return page.locator(selector).first.get_attribute("href") or ""


def pages_of_a_fair(visitor: Page, fair: str) -> Iterator[str]:
    """What anyone can see of a fair, from the board down to a deal."""
    region = f"{fair}/regions/{COUNTY}"
    yield from (fair, f"{fair}?by=deals", f"{fair}/counties", f"{fair}/published")
    yield from (f"{fair}/regions/{REGION}", f"{fair}/regions/430000", region)
    yield from (f"{region}/products", f"{region}/deals", f"{region}/tables")
    yield first_link(visitor, f"{region}/deals", "main a[href*='/deals/']")
    yield first_link(visitor, fair, "main a[href*='/sessions/']")
    yield from ("/fairs", "/verify", "/verify/NEVERWAS")


def pages_of_the_province(province: Page, fair: str) -> Iterator[str]:
    """Fairs, their statements and papers, and monitoring."""
    slug = fair.rsplit("/", 1)[1]
    yield from ("/desk", "/desk/statements", f"/desk/punctuality/{slug}")
    statement = "main a[href*='/statements/publish/']"
    yield first_link(province, "/desk/statements", statement)
    yield f"/desk/statements/certify/{slug}"
    yield from ("/desk/fairs", f"/desk/fairs/{slug}", "/desk/fairs/emergency", "/fairs/new")
    yield from (f"/desk/fairs/{slug}/{act}" for act in ("extend", "close", "clone"))
    yield from (f"/desk/fairs/{slug}/sessions/new", "/fairs/totals/new", f"{fair}/edit")
    yield first_link(province, f"/desk/fairs/{slug}", "main a[href*='/sessions/']")
    yield from ("/desk/documents", "/desk/market", "/desk/prices", "/desk/activity")
    yield first_link(province, "/desk/market", "main a[href^='/desk/market/']")
    yield first_link(province, "/desk/prices", "main a[href^='/desk/prices/']")


def pages_of_the_county(county: Page) -> Iterator[str]:
    """The queues, what is judged, questions, and the county's own statements."""
    yield from ("/desk", "/desk/deals", "/desk/offers", "/desk/deals?state=returned")
    yield a_judged_deal(county)
    yield a_confirmation(county)
    yield from ("/desk/questions", "/desk/statements", "/desk/documents", "/desk/words")
    yield first_link(county, "/desk/words", "main a[href*='text=']")
    yield first_link(county, "/desk/statements", "main a[href*='/statements/draft/']")


def pages_of_the_prefecture(prefecture: Page) -> Iterator[str]:
    """The queue of statements, and one of them."""
    yield from ("/desk", "/desk/statements")
    yield first_link(prefecture, "/desk/statements", "#review th a[href^='/desk/statements/']")
    yield first_link(prefecture, "/desk/statements", "#due th a")


@pytest.mark.endurance
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_page_of_an_official_is_open_to_everyone_and_fits_the_phone(
    open_page: Open, language: str
) -> None:
    visitor, *others = (open_page(language=language) for _ in range(5))
    for page, phone in zip(others, (PROVINCE, OFFICIAL, PREFECTURE, ADMINISTRATOR), strict=True):
        log_in(page, phone)
    province, county, prefecture, administrator = others
    fair = open_fair(visitor)
    pages = [
        *((visitor, address) for address in pages_of_a_fair(visitor, fair)),
        *((province, address) for address in pages_of_the_province(province, fair)),
        *((county, address) for address in pages_of_the_county(county)),
        *((prefecture, address) for address in pages_of_the_prefecture(prefecture)),
        *((administrator, address) for address in ("/admin/audit", "/admin/accounts")),
    ]
    found = []
    for page, address in pages:
        assert address, f"{page.url} has no such link"
        page.goto(address)
        # Whether words fit depends on the language; what axe looks at doesn't.
        if language == "zh_CN":
            found += [f"{address}: {problem}" for problem in violations(page)]
        if (wide := overflow(page)) > 0:
            found.append(f"{address}: {wide} px too wide")
    assert not found, "\n".join(found)
