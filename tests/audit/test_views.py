"""The record is read at the object by those over it, and searched by the administrator."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from market.accounts.models import Account
from market.audit.models import Act
from market.audit.queries import PER_PAGE
from market.database import db, transaction
from tests.conftest import Client
from tests.deals.factories import Trade, agree, make_trade
from tests.fairs.factories import make_fair
from tests.html import squeezed
from tests.offers.factories import make_offer
from tests.sql import statements

Maker = Callable[..., Account]
LogIn = Callable[[Account], Client]


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account)


@pytest.fixture
def boss(make_account: Maker, log_in: LogIn) -> Client:
    client = log_in(make_account("管理员", role="administrator", scope="430000", region="430102"))
    client.set_cookie("language", "en")
    return client


def verified(trade: Trade, log_in: LogIn) -> int:
    """A deal verified at the desk, and an offer returned there."""
    deal_id = agree(trade).id
    client = log_in(trade.official)
    client.send(f"/desk/deals/{deal_id}/verify", page="/desk/deals")
    client.send(
        f"/desk/offers/{trade.offer.id}/return", {"reason": "照片不清"}, page="/desk/offers"
    )
    db.session.rollback()
    return deal_id


def titles(html: str) -> list[str]:
    return re.findall(r'<a href="/admin/audit/\d+">([^<]+)</a> <span', squeezed(html))


def test_the_acts_on_an_object_are_read_by_officials_over_it_and_administrators(
    trade: Trade, log_in: LogIn, make_account: Maker, boss: Client
) -> None:
    deal_id = verified(trade, log_in)
    offer = f"/offers/{trade.offer.id}"
    province = make_account("省厅", role="province_official", scope="430000")
    elsewhere = make_account("别县", role="county_official", region="430981")
    for account, sees in ((trade.official, True), (province, True), (elsewhere, False)):
        client = log_in(account)
        client.set_cookie("language", "en")
        assert ("What was done" in client.get(offer).text) is sees
    assert "Return an offer" in boss.get(offer).text
    page = log_in(trade.official)
    page.set_cookie("language", "en")
    shown = page.get(f"/deals/{deal_id}").text
    assert "Verify a deal" in shown
    assert "<del>Agreed</del>" in shown
    assert "<ins>Verified</ins>" in shown


@pytest.mark.parametrize("who", ["seller", None])
def test_others_see_no_acts_and_ask_for_none(
    trade: Trade, log_in: LogIn, client: Client, who: str | None
) -> None:
    verified(trade, log_in)
    browser = log_in(getattr(trade, who)) if who else client
    url = f"/offers/{trade.offer.id}"
    with statements() as sent:
        assert "act-changes" not in browser.get(url).text
    assert not [line for line in sent if "act_changes" in line]


def test_the_acts_at_an_object_are_one_query(trade: Trade, log_in: LogIn) -> None:
    verified(trade, log_in)
    with statements() as sent:
        log_in(trade.official).get(f"/offers/{trade.offer.id}")
    assert len([line for line in sent if "act_changes" in line]) == 1


def test_an_accounts_roles_and_a_fair_show_what_was_done(
    boss: Client, make_account: Maker, log_in: LogIn
) -> None:
    account = make_account("新人")
    page = f"/admin/accounts/{account.id}"
    boss.send(f"{page}/grants", {"role": "county_official", "region": "430726"}, page=page)
    assert "<ins>County official</ins>" in boss.get(page).text
    make_fair()
    assert boss.get("/fairs/2026-autumn").status_code == 200


@pytest.mark.postgresql
def test_the_search_narrows_by_each_field(trade: Trade, log_in: LogIn, boss: Client) -> None:
    deal_id = verified(trade, log_in)
    both = ["Return an offer", "Verify a deal"]
    phone = trade.official.phone
    assert titles(boss.get("/admin/audit").text) == both
    for query, found in {
        "account=石门县商务局": both,
        f"account={(phone or '')[-4:]}": both,
        "account=nobody": [],
        "kind=deals": both[1:],
        f"kind=deals&object_id={deal_id}": both[1:],
        "kind=deals&object_id=999": [],
        "act=deal.verify": both[1:],
        "act=offers.return": both[:1],
        "region=430726": both,
        "region=430700": both,
        "region=430981": [],
        "since=2020-01-01&until=2099-01-01": both,
        "until=2020-01-01": [],
        "since=2099-01-01": [],
    }.items():
        assert titles(boss.get(f"/admin/audit?{query}").text) == found, query


@pytest.mark.parametrize(
    "query",
    [
        *("kind=%27;DROP", "act=x", "object_id=%00", "since=9999-12-31", "until=9999-12-31"),
        *("before=0", "before=99999999999999999999", "region=%F0%9F%8D%8A", "account=%25%5C"),
        *("since=x", "since=0001-01-01"),
    ],
)
@pytest.mark.parametrize("page", ["/admin/audit", "/admin/audit.csv"])
def test_a_wrong_filter_never_breaks_the_page(boss: Client, page: str, query: str) -> None:
    assert boss.get(f"{page}?{query}").status_code == 200


def test_a_page_stays_the_same_while_new_acts_come(
    trade: Trade, log_in: LogIn, boss: Client
) -> None:
    client = log_in(trade.official)
    own = [make_offer(trade.official).id for _ in range(PER_PAGE + 3)]
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"/offers/{own[0]}").text)
    assert token
    for id in own[:-1]:
        client.post(f"/offers/{id}/close", data={"csrf_token": token[1]})
    first = boss.get("/admin/audit").text
    assert len(titles(first)) == PER_PAGE
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    rest = boss.get(older[1]).text
    assert len(titles(rest)) == 2
    client.post(f"/offers/{own[-1]}/close", data={"csrf_token": token[1]})
    strip = r'name="csrf_token" value="[^"]+"|[\d,]+ acts'
    assert re.sub(strip, "", boss.get(older[1]).text) == re.sub(strip, "", rest)


def test_an_act_is_read_whole_and_an_unknown_one_is_not_there(
    trade: Trade, log_in: LogIn, boss: Client
) -> None:
    verified(trade, log_in)
    act_id = db.session.scalars(select(Act.id).order_by(Act.id)).first()
    page = boss.get(f"/admin/audit/{act_id}").text
    assert "127.0.0.1" in page
    assert "<ins>Verified</ins>" in page
    assert boss.get("/admin/audit/999999").status_code == 404


def test_the_table_to_take_away_is_disarmed_and_follows_the_filter(
    trade: Trade, log_in: LogIn, boss: Client
) -> None:
    client = log_in(trade.official)
    url = f"/desk/offers/{trade.offer.id}/return"
    client.send(url, {"reason": "=HYPERLINK(1)"}, page="/desk/offers")
    answer = boss.get("/admin/audit.csv?kind=offers")
    lines = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert lines[1][6:9] == ["Return an offer", "Verify an offer", "127.0.0.1"]
    assert {"'=HYPERLINK(1)"} <= {line[-1] for line in lines}
    assert len(list(csv.reader(io.StringIO(boss.get("/admin/audit.csv?kind=deals").text)))) == 1


def test_what_people_wrote_is_shown_and_never_run(
    trade: Trade, log_in: LogIn, boss: Client
) -> None:
    client = log_in(trade.official)
    client.environ_base.update(HTTP_USER_AGENT="<script>alert(1)</script>")
    url = f"/desk/offers/{trade.offer.id}/return"
    client.send(url, {"reason": "<img src=x onerror=alert(1)>"}, page="/desk/offers")
    act_id = db.session.scalars(select(Act.id)).one()
    for page in ("/admin/audit", f"/admin/audit/{act_id}", f"/offers/{trade.offer.id}"):
        assert "<img src=x" not in boss.get(page).text
        assert "<script>alert" not in boss.get(page).text


def test_an_erased_account_is_named_nowhere(
    make_account: Maker, log_in: LogIn, boss: Client
) -> None:
    official = make_account("王科长", role="county_official")
    offer = make_offer(official, title="蜜桔")
    client = log_in(official)
    client.send(f"/offers/{offer.id}/close", page=f"/offers/{offer.id}")
    assert "王科长" in boss.get("/admin/audit").text
    client.send("/me/erase", {"password": "harvest-2026"})
    page = boss.get("/admin/audit").text
    assert "王科长" not in page
    assert "erased account" in page
    assert titles(boss.get("/admin/audit?kind=offers").text)


def test_an_account_takes_its_own_acts_away(trade: Trade, log_in: LogIn) -> None:
    verified(trade, log_in)
    given = log_in(trade.official).get("/me/export.json").json["acts"]
    assert [act["permission"] for act in given] == ["deal.verify", "offer.verify"]
    assert log_in(trade.seller).get("/me/export.json").json["acts"] == []


def test_the_number_of_queries_does_not_grow_with_the_acts(
    trade: Trade, log_in: LogIn, boss: Client
) -> None:
    verified(trade, log_in)
    counts: list[Any] = []
    for _ in range(2):
        with statements() as sent:
            boss.get("/admin/audit")
        counts.append(len(sent))
        with transaction():
            pass
        offers = [make_offer(trade.official).id for _ in range(3)]
        for id in offers:
            log_in(trade.official).send(f"/offers/{id}/close", page=f"/offers/{id}")
    assert counts[0] == counts[1] <= 9


def test_the_search_is_for_administrators(trade: Trade, log_in: LogIn, client: Client) -> None:
    for path in ("/admin/audit", "/admin/audit.csv"):
        assert log_in(trade.official).get(path).status_code == 403
        assert client.get(path).status_code == 303
