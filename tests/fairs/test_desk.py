from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction
from market.fairs import lifecycle, services, session_services
from market.fairs.models import Fair, FairSeason, FairSession, FairStatus
from market.regions.models import Region
from tests.fairs.factories import fair_values, make_fair, send_seen
from tests.fairs.test_lifecycle import NOON, inside, kinds, session_values
from tests.fairs.test_views import text
from tests.sql import statements

Make = Callable[..., Account]
FAIR = "/desk/fairs/2026-autumn"
ACTIONS = ("/edit", "/extend", "/close", "/sessions/new", "/clone")
SESSION = {
    "name": "柑橘专场",
    "products": "柑橘",
    "starts_on": "2026-09-16",
    "ends_on": "2026-09-22",
}


@pytest.fixture(autouse=True)
def noon(clock: Callable[[datetime], None]) -> None:
    clock(NOON)


@pytest.fixture
def official(province: Account, log_in: Any) -> Any:
    """The browser of the province's official."""
    return log_in(province)


@pytest.mark.parametrize(
    ("status", "possible"),
    [
        (FairStatus.ANNOUNCED, {"/edit", "/sessions/new", "/clone"}),
        (FairStatus.OPEN, set(ACTIONS)),
        (FairStatus.CLOSED, {"/edit", "/clone"}),
        (FairStatus.CERTIFIED, {"/clone"}),
    ],
)
def test_the_list_and_the_fairs_page_offer_what_its_state_allows_and_no_other_page_opens(
    official: Any, status: FairStatus, possible: set[str]
) -> None:
    make_fair(status=status)
    for page in ("/desk/fairs", FAIR):
        html = text(official.get(page))
        assert {a for a in ACTIONS if f'/2026-autumn{a}"' in html} == possible
    for action in ACTIONS:
        path = "/fairs/2026-autumn/edit" if action == "/edit" else FAIR + action
        assert official.get(path).status_code == (200 if action in possible else 409)


def test_the_list_has_each_state_and_leads_to_earlier_totals(official: Any) -> None:
    make_fair(slug="soon", status=FairStatus.ANNOUNCED, name="将来的")
    make_fair(name="现在的")
    make_fair(slug="past", status=FairStatus.CLOSED, name="过去的")
    make_fair(slug="sums", status=FairStatus.CLOSED, totals_only=True, name="合计的", note="公报")
    page = text(official.get("/desk/fairs"))
    places = [page.index(name) for name in ("现在的", "将来的", "过去的", "合计的")]
    assert places == sorted(places)
    assert 'href="/fairs/sums"' in page
    assert "/fairs/totals/new" in page


def test_the_list_without_a_fair_says_what_comes_next(official: Any) -> None:
    assert 'class="empty"' in text(official.get("/desk/fairs"))


@pytest.mark.parametrize("fairs", [1, 12])
def test_the_list_is_read_in_as_many_statements_for_any_number_of_fairs(
    official: Any, fairs: int
) -> None:
    for n in range(fairs):
        make_fair(slug=f"fair-{n}")
    official.get("/desk/fairs")
    db.session.remove()
    with statements() as sent:
        official.get("/desk/fairs")
    assert len(sent) <= 8


@pytest.mark.parametrize(
    ("role", "scope"), [("county_official", "430726"), ("prefecture_official", "430700")]
)
def test_officials_below_the_province_read_the_fairs_of_their_region_and_change_none(
    make_account: Make, log_in: Any, role: str, scope: str
) -> None:
    make_fair(name="全省的")
    changde = db.session.get_one(Region, "430700")
    make_fair(slug="city", name="常德的", region=changde)
    make_fair(slug="other", name="长沙的", region=db.session.get_one(Region, "430100"))
    session = FairSession(
        fair_id=1, slug="x", name="专", starts_on=date(2026, 9, 16), ends_on=date(2026, 9, 17)
    )
    with transaction():
        db.session.add(session)
    browser = log_in(make_account(role=role, scope=scope))
    page = text(browser.get("/desk/fairs"))
    assert "全省的" in page
    assert "常德的" in page
    assert "长沙的" not in page
    html = page + text(browser.get(FAIR)) + text(browser.get("/desk/fairs/city"))
    assert not [a for a in (*ACTIONS, "/remove", "/fairs/new", "/emergency") if f'{a}"' in html]
    assert browser.get("/desk/fairs/other").status_code == 403
    for action in (*ACTIONS[1:], "/sessions/x"):
        assert browser.get(FAIR + action).status_code == 403
    assert browser.get("/desk/fairs/emergency").status_code == 403


@pytest.mark.parametrize("role", [None, "administrator", "assistant"])
def test_who_is_no_official_has_no_desk_of_fairs(
    make_account: Make, log_in: Any, role: str | None
) -> None:
    make_fair()
    browser = log_in(make_account(role=role))
    assert browser.get("/desk/fairs").status_code == 403
    assert browser.get(FAIR).status_code == 403


def test_a_province_official_of_another_region_does_not_see_it(
    make_account: Make, log_in: Any
) -> None:
    make_fair()
    other = log_in(make_account(role="province_official", scope="440000"))
    assert "2026-autumn" not in text(other.get("/desk/fairs"))
    assert other.get(FAIR).status_code == 403


def test_a_fair_is_extended_and_its_page_says_from_when_to_when_and_why(official: Any) -> None:
    make_fair()
    response = send_seen(official, FAIR + "/extend", {"ends_on": "2026-10-07", "reason": "晚熟"})
    assert response.headers["Location"] == FAIR
    page = text(official.get(FAIR))
    for words in ("2026年10月7日", "2026年9月30日", "省商务厅", "晚熟"):
        assert words in page


def test_a_refused_extension_keeps_what_was_typed(official: Any) -> None:
    make_fair()
    data = {"ends_on": "2026-09-30", "reason": "晚熟品种"}
    page = text(send_seen(official, FAIR + "/extend", data))
    assert 'id="ends_on-error"' in page
    assert 'value="晚熟品种"' in page
    data["reason"] = ""
    assert 'id="reason-error"' in text(send_seen(official, FAIR + "/extend", data))


def test_closing_early_says_what_becomes_of_the_sessions_and_closes_today(
    province: Account, official: Any
) -> None:
    fair = make_fair()
    values = session_values(starts_on=date(2026, 9, 25), ends_on=date(2026, 9, 26))
    inside(session_services.add_session, province, fair, values)
    assert "柑橘专场" in text(official.get(FAIR + "/close"))
    assert send_seen(official, FAIR + "/close", {"reason": "台风"}).status_code == 303
    db.session.expire_all()
    assert fair.ends_on == date(2026, 9, 20)


def test_the_next_edition_is_announced_from_what_the_form_suggests(
    province: Account, official: Any
) -> None:
    fair = make_fair()
    inside(session_services.add_session, province, fair, session_values())
    page = text(official.get(FAIR + "/clone"))
    for words in ("2027年秋季对接会", "2027-autumn", "2027-09-15", "2027年9月16日"):
        assert words in page
    data = {
        "name": "2027年秋季对接会",
        "slug": "2027-autumn",
        "season": "autumn",
        "year": "2027",
        "region": "430000",
        "starts_on": "2027-09-15",
        "ends_on": "2027-09-30",
        "sessions": "1",
        "previous_id": str(fair.id),
        "same_season_id": str(fair.id),
    }
    response = official.send(FAIR + "/clone", data)
    assert response.headers["Location"] == "/desk/fairs/2027-autumn"
    assert "2027年9月16日" in text(official.get("/desk/fairs/2027-autumn"))
    assert 'id="slug-error"' in text(official.send(FAIR + "/clone", data))
    assert 'id="sessions-error"' in text(official.send(FAIR + "/clone", {**data, "sessions": "9"}))


def test_a_fair_without_sessions_is_held_again(official: Any) -> None:
    make_fair(status=FairStatus.CERTIFIED)
    assert 'name="sessions"' not in text(official.get(FAIR + "/clone"))


EMERGENCY = {"products": "脐橙、茶叶", "region": "常德市", "days": "7", "reason": "暴雨"}


def test_an_emergency_fair_is_opened_by_four_answers(official: Any) -> None:
    text(official.get("/desk/fairs/emergency"))
    response = official.send("/desk/fairs/emergency", EMERGENCY)
    assert response.headers["Location"].startswith("/desk/fairs/2026-09-20-")
    fair = db.session.scalars(select(Fair)).one()
    assert (fair.status, fair.season, fair.region_code) == (
        FairStatus.OPEN,
        FairSeason.AUTUMN,
        "430700",
    )
    assert fair.name_en
    page = text(official.send("/desk/fairs/emergency", EMERGENCY))
    assert 'id="products-error"' in page
    assert db.session.scalars(select(Fair)).all() == [fair]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"products": ""}, "products"),
        ({"products": "石头"}, "products"),
        ({"region": "亚特兰蒂斯"}, "region"),
        ({"region": "广东省"}, "region"),
        ({"days": "0"}, "days"),
        ({"days": "61"}, "days"),
        ({"days": "几天"}, "days"),
        ({"reason": " "}, "reason"),
        ({"slug": "emergency"}, "slug"),
        ({"slug": "2026-autumn"}, "slug"),
        ({"name": "名" * 81}, "name"),
    ],
)
def test_a_wrong_emergency_fair_is_refused_at_its_field(
    official: Any, wrong: dict[str, str], field: str
) -> None:
    make_fair()
    page = text(official.send("/desk/fairs/emergency", {**EMERGENCY, **wrong}))
    assert f'id="{field}-error"' in page
    assert "脐橙" in page or field == "products"
    assert len(db.session.scalars(select(Fair)).all()) == 1


def test_a_session_is_added_changed_and_taken_out(official: Any) -> None:
    fair = make_fair()
    assert 'class="empty"' in text(official.get(FAIR))
    assert send_seen(official, FAIR + "/sessions/new", SESSION).status_code == 303
    session = db.session.scalars(select(FairSession)).one()
    assert "柑橘专场" in text(official.get(FAIR))
    assert "柑橘专场" in text(official.get("/fairs/2026-autumn"))
    url = f"{FAIR}/sessions/{session.slug}"
    text(official.get(url))
    changed = {**SESSION, "name": "蜜橘专场", "slug": "citrus"}
    assert send_seen(official, url, changed).status_code == 303
    assert "蜜橘专场" in text(official.get(f"{FAIR}/sessions/citrus"))
    seen = str(len(kinds(fair)))
    removed = official.send(f"{FAIR}/sessions/citrus/remove", {"seen": seen}, FAIR)
    assert removed.headers["Location"] == FAIR
    assert db.session.scalars(select(FairSession)).all() == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"products": ""}, "products"),
        ({"starts_on": "2026-09-14"}, "starts_on"),
        ({"ends_on": "2026-10-01"}, "ends_on"),
        ({"ends_on": "2026-09-15"}, "ends_on"),
        ({"slug": "new"}, "slug"),
    ],
)
def test_a_wrong_session_is_refused_at_its_field_and_keeps_what_was_typed(
    official: Any, wrong: dict[str, str], field: str
) -> None:
    make_fair()
    page = text(send_seen(official, FAIR + "/sessions/new", {**SESSION, "note": "备", **wrong}))
    assert f'id="{field}-error"' in page
    assert 'value="备"' in page


def test_two_sessions_of_one_product_get_two_addresses(official: Any) -> None:
    make_fair()
    for _ in range(2):
        assert send_seen(official, FAIR + "/sessions/new", SESSION).status_code == 303
    first, second = db.session.scalars(select(FairSession).order_by(FairSession.id))
    assert second.slug == f"{first.slug}-2"


@pytest.fixture
def announced(province: Account, clock: Callable[[datetime], None]) -> Fair:
    clock(datetime(2026, 9, 1, tzinfo=UTC))
    return inside(services.create_fair, province, fair_values())


EDIT = {
    "name": "我的名字",
    "slug": "2026-autumn",
    "season": "autumn",
    "year": "2026",
    "region": "430000",
    "starts_on": "2026-09-15",
    "ends_on": "2026-09-30",
    "note": "我的备注",
}


def test_the_second_to_save_is_told_who_did_what_and_loses_nothing_typed(
    announced: Fair, make_account: Make, log_in: Any, official: Any
) -> None:
    url = "/fairs/2026-autumn/edit"
    official.get(url)  # seen by the second before the first saves
    colleague = make_account("王处长", role="province_official", scope="430000")
    first = {**EDIT, "name": "她的名字", "note": "", "ends_on": "2026-10-08"}
    assert send_seen(log_in(colleague), url, first).status_code == 303
    page = text(official.send(url, {"seen": "1", **EDIT}))
    for words in ("王处长", "她的名字", "2026-10-08", 'value="我的名字"', 'value="我的备注"'):
        assert words in page
    db.session.expire_all()
    assert announced.name == "她的名字"
    assert 'name="seen" type="hidden" value="2"' in page
    assert official.send(url, {"seen": "2", **EDIT}).status_code == 303
    db.session.expire_all()
    assert (announced.name, announced.note) == ("我的名字", "我的备注")


def test_who_extends_what_a_colleague_just_extended_is_told(
    province: Account, official: Any
) -> None:
    fair = make_fair()
    inside(lifecycle.extend_fair, province, fair, date(2026, 10, 3), "先延三天")
    data = {"seen": "0", "ends_on": "2026-10-07", "reason": "晚熟"}
    page = text(official.send(FAIR + "/extend", data))
    assert "先延三天" in page
    assert 'value="2026-10-07"' in page
    db.session.expire_all()
    assert fair.ends_on == date(2026, 10, 3)


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "1.5"])
def test_a_number_seen_that_is_none_counts_as_nothing_seen(
    announced: Fair, official: Any, seen: str
) -> None:
    page = text(official.send("/fairs/2026-autumn/edit", {**EDIT, "seen": seen}))
    assert 'value="我的名字"' in page
    db.session.expire_all()
    assert announced.name != "我的名字"


def test_a_session_taken_out_too_late_stays_and_says_so(province: Account, official: Any) -> None:
    fair = make_fair()
    inside(session_services.add_session, province, fair, session_values())
    url = f"{FAIR}/sessions/citrus/remove"
    assert official.send(url, {"seen": "0"}, FAIR).status_code == 303
    assert 'class="notice notice-warning"' in text(official.get(FAIR))
    assert len(db.session.scalars(select(FairSession)).all()) == 1
