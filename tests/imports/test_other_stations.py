"""The station of another township, or of another county, can do none of what a station does."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import current_app
from PIL import Image
from sqlalchemy import func, select

from market.accounts.models import Account, Consent
from market.calls.models import CallWithdrawal, MatchCall, MatchCallOutcome
from market.calls.pair_list import Whose, find_pairs
from market.database import db
from market.imports.models import Import, ImportRow, ImportState, RowState
from market.regions.queries import region_lexicon
from market.sheets.models import SheetPosting, SheetStack
from market.sheets.weeks import week_of
from market.stations.models import FarmerMerge
from market.training.models import TrainingParticipant, TrainingSession
from market.web.home_time import home_today
from tests.calls.factories import CUIGUAN, find_matches
from tests.conftest import Client
from tests.imports.conftest import imported, tried, workbook
from tests.offers.factories import make_offer

LogIn = Callable[[Account], Client]
Make = Callable[..., Account]
COUNTY, OTHER_COUNTY = "430726", "430725"
HEADS = ("姓名", "电话", "乡镇", "村", "品名", "数量(斤)", "单价(元/斤)")


@dataclass(frozen=True)
class Desk:
    """What a station of a township has, as addresses of one each."""

    assistant: Account
    office: str
    imported: str
    pair: str
    call: str
    stack: str
    posting: str
    farmers: tuple[Account, Account]
    consent: Consent
    training: TrainingSession
    participant: TrainingParticipant


def picture() -> tuple[io.BytesIO, str]:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(file, "PNG")
    file.seek(0)
    return file, "sheet.png"


def pair_count(account: Account, whose: Whose, quiet_days: int) -> int:
    with current_app.test_request_context():
        return find_pairs(account, whose, quiet_days, 1, 20)[1].total


def did(answer: object) -> None:
    assert answer.status_code == 303, answer.get_data(as_text=True)  # type: ignore[attr-defined]


def hold_training(official: Client) -> TrainingSession:
    form = {"region": COUNTY, "topic": "信息员培训", "held_on": home_today(), "hours": "3"}
    did(official.send("/desk/training/new", {**form, "place": "县里", "teacher": "李老师"}))
    session = db.session.scalars(select(TrainingSession)).one()
    someone = {"trainee": "farmer", "name": "田大伯", "village": "东村"}
    page = f"/desk/training/{session.id}"
    did(official.send(f"{page}/participants", someone, page))
    return session


@pytest.fixture
def towns() -> tuple[str, str]:
    first, second = region_lexicon().townships.of(COUNTY)[:2]
    return first.code, second.code


@pytest.fixture
def desk(log_in: LogIn, make_account: Make, towns: tuple[str, str]) -> Desk:
    """A station that imported, rang, printed and posted; the county held a training."""
    assistant = make_account("站长", role="assistant", scope=COUNTY, township=towns[0])
    browser, office = log_in(assistant), f"/sheets/{COUNTY}/{towns[0]}"
    town = region_lexicon().townships.get(towns[0])
    assert town is not None
    rows = [(name, "", town.name, "东村", "翠冠梨", 3000, 2) for name in ("田大伯", "田二伯")]
    done = imported(browser, workbook(rows, HEADS))
    assert (done.state, done.made) == (ImportState.DONE, 2)
    one, two = db.session.scalars(
        select(Account).where(Account.represented_by_id == assistant.id).order_by(Account.id)
    )
    make_offer(make_account("王老板", region="430121"), "buy", CUIGUAN, "430121")
    find_matches()
    pairs = browser.get("/station/matches").get_data(as_text=True)
    pair = pairs.partition('href="/station/matches/')[2].partition('"')[0]
    assert pair, "no pair"
    pair = f"/station/matches/{pair}"
    did(browser.send(f"{pair}/calls", {"outcome": "no_answer"}, pair))
    stack = {"week": str(week_of(home_today())), "by_village": "place", "paper": "a4"}
    did(browser.send(f"{office}/work", {**stack, "copies": "1"}))
    hung = {"village": "东村", "spot": "村部", "posted_on": home_today(), "copies": "2"}
    did(browser.send(f"{office}/post", {**hung, "photo": picture()}))
    official = log_in(make_account("商务局", role="county_official", scope=COUNTY))
    training = hold_training(official)
    return Desk(
        *(assistant, office, f"/station/imports/{done.id}", pair),
        f"/station/calls/{db.session.scalars(select(MatchCall.id)).one()}",
        f"/sheet-stacks/{db.session.scalars(select(SheetStack.id)).one()}",
        f"/sheet-postings/{db.session.scalars(select(SheetPosting.id)).one()}",
        (one, two),
        db.session.scalars(select(Consent).where(Consent.farmer_id == one.id)).one(),
        training,
        db.session.scalars(select(TrainingParticipant)).one(),
    )


@pytest.fixture(params=["another township", "another county"])
def stranger(request: pytest.FixtureRequest, make_account: Make, towns: tuple[str, str]) -> Account:
    """An assistant of elsewhere."""
    if request.param == "another township":
        return make_account("外乡站长", role="assistant", scope=COUNTY, township=towns[1])
    return make_account("外县站长", role="assistant", region=OTHER_COUNTY, scope=OTHER_COUNTY)


def counts() -> list[int]:
    """How many there are of each thing that a stranger might have changed."""
    kept = (Consent, MatchCall, CallWithdrawal, SheetStack, SheetPosting, FarmerMerge)
    models = (*kept, TrainingSession, TrainingParticipant, Import)
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def test_the_station_of_elsewhere_can_do_none_of_it(
    desk: Desk, stranger: Account, log_in: LogIn
) -> None:
    browser, before = log_in(stranger), counts()
    one, two = desk.farmers
    training, ours = f"/desk/training/{desk.training.id}", f"/station/farmers/{one.id}"
    read = (
        *(desk.imported, f"{desk.imported}/columns", f"{desk.imported}/failed", desk.pair),
        *(f"{desk.office}/{page}" for page in ("work", "post", "villages", "card")),
        *(f"{desk.stack}/file", f"{desk.posting}/picture"),
        *(ours, f"{ours}/consent", f"/station/consents/{desk.consent.id}/paper.webp"),
        *(f"/station/consent-form?for={one.id}", "/desk/training", "/desk/training/new"),
        *(training, f"{training}/edit", f"{training}/certificates.pdf"),
    )
    for address in read:
        assert browser.get(address).status_code == 403, address
    sent = (
        *(f"{desk.imported}/{step}" for step in ("columns", "start", "undo", "discard")),
        *(f"{desk.pair}/phones", f"{desk.pair}/calls", f"{desk.call}/withdraw"),
        *(f"{desk.office}/{page}" for page in ("work", "post", "villages", "card", "card/remove")),
        *(f"{desk.stack}/retry", f"{desk.posting}/withdraw"),
        *(f"{ours}/{act}" for act in ("consent", "merge", "keep-apart", "withdraw-consent")),
        *(f"/station/consents/{desk.consent.id}/paper", "/desk/training/new"),
        *(f"{training}/{step}" for step in ("edit", "participants", "certificates")),
        f"/desk/training/participants/{desk.participant.id}/remove",
    )
    for address in sent:
        answer = browser.send(address, {"other": two.id, "outcome": "agreed"}, page="/me")
        assert answer.status_code == 403, address
    assert counts() == before


def test_nor_does_it_see_what_the_other_has(desk: Desk, stranger: Account, log_in: LogIn) -> None:
    browser = log_in(stranger)
    for address in ("/station", "/station/imports", "/station/duplicates", "/station/consents"):
        page = browser.get(address).get_data(as_text=True)
        assert "田大伯" not in page, address
        assert "上市.xlsx" not in page, address
    page = browser.get("/station/matches?whose=region&quiet=0").get_data(as_text=True)
    assert desk.pair not in page
    assert pair_count(stranger, Whose.REGION, 0) == 0


def test_its_own_import_of_the_other_countys_rows_is_refused_at_each_cell(
    stranger: Account, log_in: LogIn
) -> None:
    there = "桃源县" if stranger.region_code == COUNTY else "石门县"
    rows = [(name, there, "脐橙", 100, 2) for name in ("田大伯", "田二伯")]
    trial = tried(
        log_in(stranger), workbook(rows, ("姓名", "县", "品名", "数量(斤)", "单价(元/斤)"))
    )
    assert (trial.ready, trial.wrong) == (0, 2)
    for row in db.session.scalars(select(ImportRow).where(ImportRow.state == RowState.WRONG)):
        (problem,) = row.problems
        assert (problem["field"], problem["column"], problem["content"]) == ("region", 1, there)


def test_a_station_rings_about_offers_of_its_own_township_and_those_of_its_farmers(
    desk: Desk, make_account: Make, towns: tuple[str, str]
) -> None:
    colleague = make_account("同乡站长", role="assistant", scope=COUNTY, township=towns[0])
    of_county = make_account("县站长", role="assistant", scope=COUNTY)
    assert pair_count(desk.assistant, Whose.FARMERS, 0) == 1, "the other was rung today"
    for account in (colleague, of_county):
        assert pair_count(account, Whose.REGION, 0) == 1
        assert pair_count(account, Whose.FARMERS, 0) == 0
    assert db.session.scalars(select(MatchCall.outcome)).all() == [MatchCallOutcome.NO_ANSWER]
