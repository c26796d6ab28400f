"""How search engines find the site, and what they are told of each page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import html5lib
import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import transaction
from market.offers import services
from market.sharing import sitemap
from market.sharing.views import DISALLOWED
from tests.conftest import Client
from tests.fairs.factories import make_fair
from tests.offers.factories import PEAR, make_offer

HOSTILE = "</script><script>alert(1)</script>\"'><b>&amp; 好梨"
XML = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def addresses(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    return [each.text or "" for each in ElementTree.fromstring(answer.data).iter(f"{XML}loc")]


def head(client: Client, path: str, status: int = 200) -> dict[str, Any]:
    """What the head of a page says, by name."""
    answer = client.get(path)
    assert answer.status_code == status
    tree = html5lib.parse(answer.get_data(as_text=True))
    said: dict[str, Any] = {
        each.get("name") or each.get("property"): each.get("content")
        for each in tree.iter(f"{XHTML}meta")
    }
    for link in tree.iter(f"{XHTML}link"):
        said[link.get("hreflang") or link.get("rel")] = link.get("href")
    blocks = [e for e in tree.iter(f"{XHTML}script") if e.get("type") == "application/ld+json"]
    said["json_ld"] = [json.loads(block.text or "") for block in blocks]
    said["scripts"] = [e for e in tree.iter(f"{XHTML}script") if not e.get("src")]
    return said


@pytest.fixture
def owner(make_account: Callable[..., Account]) -> Account:
    return make_account("果农老李")


def test_robots_are_led_to_the_sitemap_and_kept_from_forms(client: Client) -> None:
    text = client.get("/robots.txt").get_data(as_text=True)
    assert "Sitemap: http://localhost/sitemap.xml" in text
    assert "Disallow: /me$" in text
    assert "Disallow: /desk" in text


def test_the_sitemap_names_live_offers_by_their_day_and_no_other(
    client: Client, owner: Account
) -> None:
    live = make_offer(owner)
    make_offer(owner, draft=True)
    over = make_offer(owner)
    with transaction():
        services.close_offer(owner, over)
    pages, *days = addresses(client, "/sitemap.xml")
    assert pages.endswith("/sitemaps/pages.xml")
    assert len(days) == 1
    assert addresses(client, days[0]) == [f"http://localhost/offers/{live.id}"]


def test_a_day_with_more_offers_than_a_file_takes_has_several(
    client: Client, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "MAX_ADDRESSES", 2)
    ids = {make_offer(owner).id for _ in range(5)}
    files = addresses(client, "/sitemap.xml")[1:]
    assert len(files) == 3
    found = [address for file in files for address in addresses(client, file)]
    assert sorted(found) == sorted(f"http://localhost/offers/{id}" for id in ids)


@pytest.mark.parametrize("name", ["0001-01-01-1", "9999-12-31-1", "2026-1-1-1", "xxxxxxxxxx-1"])
def test_a_sitemap_of_no_day_is_not_found(client: Client, name: str) -> None:
    assert client.get(f"/sitemaps/offers-{name}.xml").status_code == 404


def test_every_address_of_the_sitemap_is_a_page_under_its_canonical_address(
    client: Client, owner: Account
) -> None:
    make_offer(owner)
    make_fair()
    found = [
        address for file in addresses(client, "/sitemap.xml") for address in addresses(client, file)
    ]
    assert len(found) > 100
    assert any("/regions/430726" in address for address in found)
    kinds = {re.sub(r"\d+", "1", address): address for address in found}
    for address in kinds.values():
        path = address.removeprefix("http://localhost")
        assert not path.startswith(tuple(p.rstrip("$") for p in DISALLOWED if "*" not in p)), path
        assert head(client, path)["canonical"] == address


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/?from=singlemessage&isappinstalled=0", "/"),
        ("/offers?sort=price&side=sell&as_of=5&view=table", "/offers?side=sell"),
        (f"/offers?product={PEAR}&page=1&lang=zh", f"/offers?product={PEAR}"),
        (f"/prices/{PEAR}?measure=mass", f"/prices/{PEAR}"),
    ],
)
def test_one_page_has_one_address(client: Client, asked: str, canonical: str) -> None:
    said = head(client, asked)
    assert said["canonical"] == f"http://localhost{canonical}"
    assert said["og:url"] == said["canonical"]


def test_each_language_of_a_page_has_an_address_that_the_reader_stays_in(
    client: Client, owner: Account
) -> None:
    path = f"/offers/{make_offer(owner).id}"
    chinese = head(client, path)
    assert chinese["zh-CN"] == chinese["x-default"] == f"http://localhost{path}"
    assert chinese["en"] == f"http://localhost{path}?lang=en"
    english = head(client, f"{path}?lang=en")
    assert english["canonical"] == chinese["en"]
    assert english["zh-CN"] == chinese["zh-CN"]
    # The next page is in English too, and the switch leads back to a page without the language.
    assert 'lang="en"' in client.get("/").get_data(as_text=True)
    page = client.get(f"{path}?lang=en").get_data(as_text=True)
    assert f"/language/zh_CN?next={path}" in page.replace("%2F", "/")
    client.get(f"/language/zh_CN?next={path}")
    assert 'lang="zh-CN"' in client.get(path).get_data(as_text=True)


@pytest.mark.parametrize("lang", ["", "fr", "zh_CN", "'\"<x>"])
def test_a_language_that_there_is_not_changes_nothing(client: Client, lang: str) -> None:
    answer = client.get("/", query_string={"lang": lang})
    assert 'lang="zh-CN"' in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/offers?q=梨", "/login", "/register", "/offers?price_min=2"])
def test_searches_and_steps_are_not_listed(client: Client, path: str) -> None:
    said = head(client, path)
    assert said["robots"] == "noindex"
    assert "canonical" not in said


def test_an_offer_that_is_over_is_gone_but_for_its_owner(
    client: Client, owner: Account, log_in: Callable[[Account], Client]
) -> None:
    offer = make_offer(owner)
    with transaction():
        services.close_offer(owner, offer)
    assert head(client, f"/offers/{offer.id}", 410)["robots"] == "noindex"
    said = head(log_in(owner), f"/offers/{offer.id}")
    assert said["robots"] == "noindex"
    assert said["json_ld"] == []


def test_a_page_that_is_not_found_is_not_listed(client: Client) -> None:
    assert head(client, "/offers/999999", 404)["robots"] == "noindex"


def test_a_sale_is_a_product_with_its_price_for_each_unit(client: Client, owner: Account) -> None:
    offer = make_offer(owner, title="头茬好梨", grade="一级")
    said = head(client, f"/offers/{offer.id}")
    assert "2.35–2.6" in said["description"]
    assert "石门县" in said["description"]
    assert said["og:title"] == "头茬好梨"
    (product,) = said["json_ld"]
    terms = product["offers"]
    assert (product["@type"], product["name"], terms["@type"]) == ("Product", "头茬好梨", "Offer")
    price = terms["priceSpecification"]
    assert (price["minPrice"], price["maxPrice"], price["priceCurrency"]) == (2.35, 2.6, "CNY")
    assert price["referenceQuantity"]["unitText"] == "斤"
    assert terms["inventoryLevel"]["value"] == 2000


def test_a_purchase_is_a_demand_and_a_price_on_request_is_none(
    client: Client, owner: Account
) -> None:
    offer = make_offer(owner, side="buy", price_low=None, price_high=None)
    (demand,) = head(client, f"/offers/{offer.id}")["json_ld"]
    assert (demand["@type"], demand["itemOffered"]["@type"]) == ("Demand", "Product")
    assert "priceSpecification" not in demand


def test_no_text_of_a_trader_leaves_its_place_in_the_head(client: Client, owner: Account) -> None:
    offer = make_offer(owner, title=HOSTILE, description=HOSTILE, place_detail="13912345678")
    said = head(client, f"/offers/{offer.id}")
    assert said["og:title"] == HOSTILE
    assert HOSTILE in said["description"]
    (product,) = said["json_ld"]
    assert product["name"] == HOSTILE
    assert len(said["scripts"]) == 1
    assert "13912345678" not in client.get(f"/offers/{offer.id}").get_data(as_text=True)


def test_a_public_address_of_the_site_is_that_of_all_links(app: Flask, client: Client) -> None:
    app.config["SITE_URL"] = "https://market.example.cn"
    assert head(client, "/offers")["canonical"] == "https://market.example.cn/offers"
    assert addresses(client, "/sitemap.xml")[0].startswith("https://market.example.cn/")


def test_a_fair_and_its_county_say_their_figures(client: Client) -> None:
    fair = make_fair()
    for path in (f"/fairs/{fair.slug}", f"/fairs/{fair.slug}/regions/430726"):
        assert fair.name in head(client, path)["description"]


def test_a_phone_can_put_the_site_on_its_screen(client: Client) -> None:
    address = head(client, "/")["manifest"]
    answer = client.get(address)
    assert answer.mimetype == "application/manifest+json"
    manifest = answer.get_json(force=True)
    for icon in manifest["icons"]:
        with client.get(icon["src"]) as file:
            size = int.from_bytes(file.data[16:20], "big")
            assert (file.mimetype, f"{size}x{size}") == ("image/png", icon["sizes"])
    for shortcut in manifest["shortcuts"]:
        assert client.get(shortcut["url"]).status_code in (200, 303)
