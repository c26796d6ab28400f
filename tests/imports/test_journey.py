"""A sheet is brought, tried, imported and undone, as an assistant does it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from market.accounts.models import Account, Consent
from market.audit.models import Act, ActChange
from market.database import db, transaction, utcnow
from market.imports.jobs import work
from market.imports.models import ImportRow, ImportState, RowState
from market.matching.models import MatchChange, MatchNotice
from market.matching.signals import matches_found
from market.notify.models import Notice, NoticeKind
from market.offers.models import Offer, OfferChange, OfferPublication, OfferStatus, Side
from market.offers.queries import public
from tests.conftest import Client
from tests.imports.conftest import ROWS, bring, chosen_columns, imported, newest, tried, workbook


def farmers() -> list[Account]:
    query = db.select(Account).where(Account.represented_by_id.is_not(None))
    return list(db.session.scalars(query.order_by(Account.id)))


def open_offers() -> list[Offer]:
    return list(db.session.scalars(db.select(Offer).where(public()).order_by(Offer.id)))


def rows(state: RowState | None = None) -> list[ImportRow]:
    query = db.select(ImportRow).order_by(ImportRow.id)
    return list(
        db.session.scalars(query if state is None else query.where(ImportRow.state == state))
    )


def test_the_columns_are_matched_by_their_heads(station: Client) -> None:
    address = bring(station, workbook(ROWS)).headers["Location"]
    assert list(chosen_columns(station, address).values()) == [
        *("name", "phone", "village", "product", "quantity", "price"),
    ]


def test_a_dry_run_posts_nothing_and_shows_each_row(station: Client) -> None:
    trial = tried(station, workbook(ROWS))
    assert (trial.state, trial.ready, trial.wrong) == (ImportState.CHECKED, 3, 0)
    assert open_offers() == []
    assert farmers() == []
    page = station.get(f"/station/imports/{trial.id}").get_data(as_text=True)
    assert "田大伯" in page
    assert "30,000 斤" in page
    assert "1.6 元/斤" in page


def test_all_of_a_sheet_is_posted_with_farmers_and_consents(
    station: Client, assistant: Account
) -> None:
    done = imported(station, workbook(ROWS))
    assert (done.state, done.made) == (ImportState.DONE, 3)
    assert [(f.name, f.phone, f.village) for f in farmers()] == [
        ("田大伯", "+8613800002201", "白沙村"),
        ("田二伯", "+8613800002202", "白沙村"),
        ("覃三姐", None, "新铺村"),
    ]
    offers = open_offers()
    assert [o.product.name for o in offers] == ["脐橙", "蜜柚", "红薯"]
    assert {o.posted_by_id for o in offers} == {assistant.id}
    consents = {c.id: c for c in db.session.scalars(db.select(Consent))}
    assert {consents[o.consent_id].how for o in offers} == {"spoken: 村主任在场"}
    ids = {o.id for o in offers}
    for model in (OfferChange, OfferPublication, MatchChange):
        assert set(db.session.scalars(db.select(model.offer_id))) == ids


def test_an_import_and_its_undoing_stand_in_the_record_of_acts(
    station: Client, assistant: Account
) -> None:
    done = imported(station, workbook(ROWS))
    station.send(f"/station/imports/{done.id}/undo", page=f"/station/imports/{done.id}")
    work()
    acts = list(db.session.scalars(db.select(Act).where(Act.kind == "imports").order_by(Act.id)))
    assert [act.endpoint for act in acts] == [
        *("imports.new", "imports.columns", "imports.start", "imports.start"),
        *("imports.undo", "imports.undo"),
    ]
    assert {act.actor_id for act in acts} == {assistant.id}
    made = db.select(ActChange.kind).where(ActChange.act_id == acts[3].id)
    assert {"accounts", "consents", "imports", "offers"} <= set(db.session.scalars(made))


def test_nothing_is_left_of_an_import_that_is_undone(station: Client) -> None:
    done = imported(station, workbook(ROWS))
    station.send(f"/station/imports/{done.id}/undo", page=f"/station/imports/{done.id}")
    work()
    done = newest()
    assert (done.state, done.retained) == (ImportState.UNDONE, 0)
    assert open_offers() == []
    assert farmers() == []
    assert {row.state for row in rows()} == {RowState.UNDONE}
    for model in (OfferPublication, MatchChange):
        assert db.session.scalar(db.select(db.func.count()).select_from(model)) == 0
    assert db.session.scalar(db.select(Account.id).where(Account.phone == "+8613800002201")) is None


def test_what_was_used_since_stays_and_is_said(station: Client) -> None:
    done = imported(station, workbook(ROWS))
    _first, second, _third = open_offers()
    answer = station.send(
        f"/offers/{second.id}/close", {"reason": "traded"}, f"/offers/{second.id}"
    )
    assert answer.status_code == 303
    station.send(f"/station/imports/{done.id}/undo", page=f"/station/imports/{done.id}")
    work()
    done = newest()
    assert done.retained == 1
    (retained,) = rows(RowState.RETAINED)
    assert (retained.offer_id, retained.retained_because) == (second.id, "changed")
    assert [f.name for f in farmers()] == ["田二伯"]
    page = station.get(f"/station/imports/{done.id}").get_data(as_text=True)
    assert "1 行" in page


def test_notices_of_matches_are_withdrawn_with_what_is_undone(
    station: Client, make_account: Callable[..., Account]
) -> None:
    buyer = make_account(name="收货的")
    done = imported(station, workbook(ROWS[:1]))
    (sale,) = open_offers()
    with transaction():
        purchase = Offer(
            owner=buyer,
            posted_by=buyer,
            side=Side.BUY,
            product_code=sale.product_code,
            title="收橙",
            quantity=100,
            remaining=100,
            unit="jin",
            price_unit="jin",
            region_code="430726",
            valid_until=utcnow() + timedelta(days=9),
            status=OfferStatus.PUBLISHED,
            key="b" * 32,
        )
        db.session.add(purchase)
        db.session.flush()
        for one, other in ((sale, purchase), (purchase, sale)):
            db.session.add(
                MatchNotice(offer_id=one.id, counterpart_id=other.id, score=900, found_at=utcnow())
            )
        db.session.flush()
        matches_found.send(found={purchase.id: [2], sale.id: [1]}, at=utcnow())
    assert len(notices()) == 2
    station.send(f"/station/imports/{done.id}/undo", page=f"/station/imports/{done.id}")
    work()
    assert newest().retained == 0
    assert notices() == []
    assert db.session.scalar(db.select(MatchNotice.id)) is None


def notices() -> list[Notice]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Notice).where(Notice.kind == NoticeKind.MATCH)))


def test_the_same_file_twice_makes_nothing_twice(station: Client) -> None:
    first = imported(station, workbook(ROWS))
    again = tried(station, workbook(ROWS), "再来一次.xlsx")
    assert (again.ready, again.duplicates) == (0, 3)
    assert {row.duplicate_of["kind"] for row in rows(RowState.DUPLICATE)} == {"import"}
    assert {row.duplicate_of["id"] for row in rows(RowState.DUPLICATE)} == {first.id}
    answer = station.send(
        f"/station/imports/{again.id}/start", {"policy": "add"}, f"/station/imports/{again.id}"
    )
    work()
    assert len(open_offers()) == 3
    assert answer.status_code in (200, 303)


def test_an_undone_file_can_be_imported_again(station: Client) -> None:
    done = imported(station, workbook(ROWS))
    station.send(f"/station/imports/{done.id}/undo", page=f"/station/imports/{done.id}")
    work()
    again = imported(station, workbook(ROWS), "again.xlsx")
    assert (again.state, again.made) == (ImportState.DONE, 3)
    assert len(farmers()) == 3


def test_a_wide_table_is_imported_with_what_its_other_columns_say(station: Client) -> None:
    heads = ("户主", "电话", "脐橙(斤)", "起订量", "红薯(斤)", "面积(亩)")
    wide = [
        ("田大伯", "13800002201", 30000, "500斤", 8000, 12),
        ("田二伯", "13800002202", "许多", "", 900, ""),
    ]
    address = bring(station, workbook(wide, heads)).headers["Location"]
    assert list(chosen_columns(station, address).values()) == [
        *("name", "phone", "good", "lot", "good", "more"),
    ]
    trial = tried(station, workbook(wide, heads), "宽表.xlsx")
    assert (trial.ready, trial.wrong) == (3, 1)
    page = station.get(f"/station/imports/{trial.id}?show=wrong").get_data(as_text=True)
    assert "C4" in page
    imported(station, workbook(wide, heads), "宽表2.xlsx")
    said = [(o.product.name, o.quantity, o.min_lot, o.description) for o in open_offers()]
    assert said == [
        ("脐橙", 30000, 500, "面积(亩)：12"),
        ("红薯", 8000, 500, "面积(亩)：12"),
        ("红薯", 900, None, ""),
    ]
