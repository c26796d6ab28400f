"""Every page that somebody can read: open to everyone, and fit for small phones and large letters.

Each kind of reader follows the links from page to page until every endpoint was looked at once.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import HTTPException

from tests.journeys.conftest import PATIENCE, log_in, serve
from tests.journeys.test_chain import BUYER, COUNTY, OFFICIAL, SELLER, overflow, violations

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
Endpoint = Callable[[str], str]
PHONES = {
    "visitor": "",
    "seller": SELLER,
    "buyer": BUYER,
    "assistant": "13800000020",
    "county": OFFICIAL,
    "prefecture": "13800000003",
    "province": "13800000002",
    "administrator": "13800000001",
}
# Where no link of a page leads, or only one that needs what a reader chose before.
STARTS = {
    "visitor": ("/", "/offers?side=buy", "/offers?q=脐橙&view=table", "/offers/0", "/verify/NEVER"),
    "buyer": ("/me", "/offers?q=脐橙&side=sell", "/offers/compare?id=1&id=2&id=3"),
    "county": ("/", "/me", "/desk/deals?state=verified"),
    "province": ("/desk", "/fairs/new", "/fairs/totals/new"),
    "administrator": ("/", "/me", f"/admin/regions/{COUNTY}"),
}
# Pages of a row that no first page leads to: who opens them, and their address.
OF_ONE_ROW = (
    "SELECT phone, '/deals/' || d.id || '/again' FROM deals d JOIN accounts a ON a.id = d.buyer_id"
    " WHERE d.status = 'declined' AND phone <> ''",
    "SELECT phone, '/deals/' || d.id || '/rate' FROM deals d JOIN accounts a ON a.id = d.buyer_id"
    " WHERE d.status = 'verified' AND phone <> '' ORDER BY d.id DESC",
    *(
        f"SELECT phone, '/offers/' || o.id || '/{page}' FROM offers o"
        f" JOIN accounts a ON a.id = o.owner_id WHERE o.quotations > 0 AND o.side = 'buy'"
        for page in ("quotations", "outcome", "price")
    ),
    "SELECT phone, '/public-questions/' || q.id || '/answer' FROM public_questions q JOIN offers o"
    " ON o.id = q.offer_id JOIN accounts a ON a.id = o.owner_id WHERE q.answer = ''",
    f"SELECT '{SELLER}', '/offers/' || offer_id || '/questions/new' FROM public_questions",
)
# Pictures and parts of pages; the wall's screen, which is no phone's.
NO_PAGES = {
    *("static", "stylesheet", "prices.local", "tallies.screen", "papers.file"),
    *("deals.proof_picture", "traders.certificate_picture", "traders.complaint_picture"),
    "stations.consent_paper",
    *("sheets.pdf", "sheets.poster_pdf", "sheets.stack_file", "sheets.posting_picture"),
    *("imports.failed", "imports.template_file"),
}
# What a step before leads to, or nothing in the demonstration does: walked where they are tested.
WALKED_ELSEWHERE = {
    *("accounts.agree", "accounts.login_code", "accounts.new_password", "accounts.prove_phone"),
    *("accounts.reset", "calls.opened", "notify.code", "pages.pending_form"),
    *("audit.show", "papers.show", "statements.correct"),
}
# Nothing breaks these: 60 letters and 80, 60 characters and 80.
WORDS = ("Superlative" * 8, "特级脐橙货源充足现货现发" * 7)
# What of this page is too wide, cut off or, in large text, too small; as lines.
LOOK = """
large => {
  const found = [], root = document.documentElement, round = Math.round
  const shown = e => e.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && e.getBoundingClientRect().width > 1 && !e.closest('.visually-hidden, .skip')
    && getComputedStyle(e).clipPath === 'none'
  const named = e => [e.parentElement, e].map(n => n.localName + '.' + n.className).join(' > ')
  const say = (what, e) => found.push(`${what}: ${named(e)} "${e.innerText?.slice(0, 20) ?? ''}"`)
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll('body *')].filter(e =>
      e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest('.table-scroll'))
    found.push(`${root.scrollWidth - root.clientWidth} px too wide: ${wide.slice(0, 2).map(named)}`)
  }
  for (const e of document.querySelectorAll('main *, header *, footer *')) {
    const style = getComputedStyle(e)
    if (!['hidden', 'clip'].includes(style.overflowX) || !shown(e) || !e.innerText?.trim()) continue
    if (style.textOverflow === 'ellipsis') continue
    if (e.scrollWidth > e.clientWidth + 2) say(`cut off by ${e.scrollWidth - e.clientWidth} px`, e)
  }
  if (!large) return found
  for (const e of document.querySelectorAll('a[href], button, summary, input, select, textarea')) {
    const whole = getComputedStyle(e, '::after').position === 'absolute'
    if (!shown(e) || whole || e.closest('svg')) continue
    const beside = [...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.data.trim())
    if (e.localName === 'a' && beside && getComputedStyle(e).display === 'inline') continue
    const pressed = e.matches('[type=checkbox], [type=radio]') ? e.closest('label') ?? e : e
    const height = pressed.getBoundingClientRect().height
    if (height < 59.5) say(`${round(height)} px high`, e)
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let text; text = texts.nextNode();) {
    const e = text.parentElement
    if (!text.data.trim() || !shown(e) || e.closest('svg, script, [aria-hidden]')) continue
    const size = parseFloat(getComputedStyle(e).fontSize)
    if (size < 23.9) say(`${size} px letters`, e)
  }
  return found
}
"""
LINKS = """
() => [...document.querySelectorAll('a[href], form[method=get]')].map(
  e => new URL(e.getAttribute('href') ?? e.getAttribute('action') ?? '', location).href)
"""


@pytest.fixture
def endpoint_of(app: Flask) -> Endpoint:
    """The endpoint of an address; "" for one that is no page of the site."""
    adapter = app.url_map.bind("market.test")

    def found(address: str) -> str:
        try:
            endpoint, _ = adapter.match(urlsplit(address).path, method="GET")
        except HTTPException:
            return ""
        return str(endpoint)

    return found


def pages_for_people(app: Flask) -> set[str]:
    """The endpoints that answer a reader with a page of HTML."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and "." not in rule.rule
        and ":form>" not in rule.rule
        and not rule.rule.startswith(("/media", "/dev", "/stop", "/language", "/text-size"))
        and rule.endpoint not in NO_PAGES
    }


def walk(page: Page, starts: tuple[str, ...], people: set[str], of: Endpoint) -> Iterator[str]:
    """Open one page of each endpoint that links lead to; yields its address once it is open."""
    waiting, seen = list(starts), set()
    while waiting:
        address = waiting.pop(0)
        endpoint = of(address)
        if endpoint in seen or (endpoint and endpoint not in people):
            continue
        seen.add(endpoint)
        answer = page.goto(address)
        assert answer, address
        assert answer.status < 500, address
        if "text/html" not in answer.headers["content-type"]:
            continue
        yield address
        site = urlsplit(page.url).netloc
        for href in page.evaluate(LINKS):
            there = urlsplit(href)
            if there.netloc == site and of(href) in people - seen:
                waiting.append(f"{there.path}?{there.query}" if there.query else there.path)


def fits(page: Page, address: str, large: bool = False) -> list[str]:
    """What is wrong at 320 px, and with letters of twice the size; in large text what is small."""
    found = []
    page.set_viewport_size({"width": 320, "height": 844})
    found += [f"{address} at 320 px: {line}" for line in page.evaluate(LOOK, large)]
    if not large:
        page.set_viewport_size({"width": 640, "height": 844})
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found += [f"{address} with text of 200%: {line}" for line in page.evaluate(LOOK, False)]
        page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": 390, "height": 844})
    return found


def write_words(instance: Path) -> None:
    """Let names, offers and what people wrote be a word that nothing breaks."""
    database = sqlite3.connect(instance / "market.sqlite3")
    columns = {
        "accounts": ("name",),
        "offers": ("title", "grade", "description", "packaging", "delivery"),
        "enquiry_messages": ("text",),
        "quotations": ("note",),
        "question_texts": ("text",),
        "public_questions": ("text", "answer"),
        "deals": ("note", "status_reason"),
    }
    for table, texts in columns.items():
        known = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        for column in known & set(texts):
            for odd, word in enumerate(WORDS):
                length = 60 if column in ("name", "title", "grade") else 80
                database.execute(
                    f"UPDATE {table} SET {column} = ? WHERE {column} <> '' AND id % 2 = ?",
                    (word[:length], odd),
                )
    database.commit()
    database.close()


def rows_with_pages(instance: Path) -> list[tuple[str, str]]:
    """(phone, address) for each of OF_ONE_ROW."""
    database = sqlite3.connect(instance / "market.sqlite3")
    found = [database.execute(statement).fetchone() for statement in OF_ONE_ROW]
    database.close()
    return [(phone.removeprefix("+86"), address) for phone, address in found]


@pytest.mark.endurance
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_page_is_open_to_everyone_and_fits_small_phones_and_large_letters(
    app: Flask,
    browser: Browser,
    demonstration: Path,
    tmp_path: Path,
    endpoint_of: Endpoint,
    language: str,
) -> None:
    instance = tmp_path / "words"
    shutil.copytree(demonstration, instance)
    write_words(instance)
    people, found, reached = pages_for_people(app), [], set()
    looked_at: set[tuple[str, str]] = set()
    with serve(instance) as site:
        for who, phone in PHONES.items():
            context = browser.new_context(base_url=site, viewport={"width": 390, "height": 844})
            context.add_cookies([{"name": "language", "value": language, "url": site}])
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            if phone:
                log_in(page, phone)
            addresses = []
            for address in walk(page, STARTS.get(who, ("/", "/me")), people, endpoint_of):
                reached.add(endpoint_of(address))
                # The desk shows each level something else; the rest is one for all who log in.
                reader = who if not phone or address.startswith("/desk") else "member"
                if (reader, endpoint_of(address)) in looked_at:
                    continue
                looked_at.add((reader, endpoint_of(address)))
                addresses.append(address)
                found += [f"{who} {address}: {problem}" for problem in violations(page)]
                found += [f"{who} {problem}" for problem in fits(page, address)]
            context.add_cookies([{"name": "text", "value": "large", "url": site}])
            for address in addresses:
                page.goto(address)
                found += [f"{who} large {problem}" for problem in fits(page, address, large=True)]
            context.close()
        for phone, address in rows_with_pages(instance):
            context = browser.new_context(base_url=site, viewport={"width": 390, "height": 844})
            context.add_cookies([{"name": "language", "value": language, "url": site}])
            page = context.new_page()
            log_in(page, phone)
            page.goto(address)
            reached.add(endpoint_of(page.url))
            found += [f"{address}: {problem}" for problem in violations(page)]
            found += fits(page, address)
            context.close()
    assert not found, "\n".join(found)
    assert people - reached <= WALKED_ELSEWHERE


def test_a_few_pages_of_each_kind_are_open_to_everyone_and_fit(open_page: Open) -> None:
    """What the long walk does everywhere, each time the tests run."""
    visitor, buyer = open_page(language="en"), open_page()
    log_in(buyer, BUYER)
    buyer.goto("/messages")
    thread = buyer.locator("main a[href^='/messages/']").first.get_attribute("href") or ""
    found = []
    for page, addresses in (
        (visitor, ("/", "/offers", "/prices", "/login")),
        (buyer, (thread, "/offers/new", "/deals?tab=all", "/me")),
    ):
        for address in addresses:
            page.goto(address)
            found += [f"{address}: {problem}" for problem in violations(page)]
            found += fits(page, address)
        site = page.evaluate("location.origin")
        page.context.add_cookies([{"name": "text", "value": "large", "url": site}])
        for address in addresses:
            page.goto(address)
            found += fits(page, address, large=True)
    assert not found, "\n".join(found)
    assert overflow(visitor) == 0
