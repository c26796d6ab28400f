"""After somebody erases their account no file of the instance holds their phone or name."""

from __future__ import annotations

import gzip
import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from market.accounts.models import Account, Consent, Erasure
from market.accounts.privacy import erasures
from market.accounts.privacy.erasures import FileEraser
from market.accounts.recovery import request_phone_change
from market.accounts.services import reveal_phone
from market.audit.models import ActChange
from market.database import Base, db, gather_statistics, transaction
from market.deals import services as deals
from market.deals import verification
from market.deals.ledger import verify_ledger
from market.deals.models import Deal, LedgerEntry
from market.deals.revisions import agree_revision, revise_deal
from market.extensions import limiter
from market.fairs.services import enrol_from_publications
from market.messages import services as messages
from market.offers.photos import store_photo
from market.papers import services as documents
from market.papers.document_jobs import file_of, make_queued
from market.papers.models import DocumentKind, DocumentStatus
from market.regions.models import Region
from market.search import index
from market.search.saved_searches import save_search
from market.search.services import drain
from market.stations.services import register_farmer, withdraw_consent
from market.tallies.services import recount
from market.worker import calendar_of
from tests.conftest import PASSWORD
from tests.deals.factories import Trade, agree, make_trade, propose, terms, verify
from tests.fairs.factories import count_deal, make_fair, publish
from tests.messages.test_questions import answer
from tests.offers.factories import make_offer
from tests.papers.conftest import font as font
from tests.statements.reporting_fair import SHIMEN, make_season

NAME, PHONE, NUMBER = "阙忆雪岚", "+8613900004471", "13900004471"
FULL_WIDTH = NUMBER.translate({ord("0") + d: chr(0xFF10 + d) for d in range(10)})
SPOKEN = "幺三九零零零零四四七幺"
SPELLINGS = (NUMBER, "139 0000 4471", "139-0000-4471", "139 00004471", FULL_WIDTH, SPOKEN)
SAID = f"{NAME}说：打{SPELLINGS[1]}或{FULL_WIDTH}"


def needles() -> dict[str, bytes]:
    """What is looked for: name and phone in every writing and encoding in use."""
    found = {}
    # The index has two characters of a name at a time.
    for word in (NAME, NAME[1:3], *SPELLINGS):
        for code in ("utf-8", "utf-16-le", "utf-16-be", "gbk"):
            found[f"{word} in {code}"] = word.encode(code, "ignore")
        found[f"{word} in JSON"] = json.dumps(word)[1:-1].encode()
        found[f"{word} in JSON, twice"] = json.dumps(json.dumps(word))[3:-3].encode()
    return {what: needle for what, needle in found.items() if len(needle) >= 6}


NEEDLES = needles()


def contents(path: Path) -> Iterator[bytes]:
    """What is in a file, unpacked."""
    content = path.read_bytes()
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield from map(packed.read, packed.namelist())
    if content.startswith(b"%PDF"):
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        yield "".join(page.extract_text() for page in pages).replace("\n", "").encode()
    if content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)


def places(folder: Path) -> list[str]:
    """Where in the files of the instance, or on PostgreSQL in a table, the person is named."""
    found = [
        f"{path.relative_to(folder)}: {what}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for content in contents(path)
        for what, needle in NEEDLES.items()
        if needle in content
    ]
    if db.engine.dialect.name == "postgresql":
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(select(table)):
                written = (str(row) + json.dumps(str(row))).encode()
                found += [f"{table}: {what}" for what, n in NEEDLES.items() if n in written]
        db.session.rollback()
    return found


def work() -> None:
    """What the worker does."""
    drain()
    for _ in range(4):
        erasures.finish_erasures()
    assert db.session.scalars(select(Erasure)).all() == []
    db.session.rollback()


def picture(shade: int) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), (shade, 9, 9)).save(out, "JPEG")
    return io.BytesIO(out.getvalue())


def key() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def person(make_account: Any) -> Account:
    account: Account = make_account(NAME, phone=PHONE)
    return account


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "OPENED_WITHIN", -1.0)


def in_every_state(trade: Trade, own: Trade) -> dict[str, Deal]:
    """Deals of the seller of `trade`, who buys in `own`, with words about them everywhere."""
    said = {"note": SAID, "amount_reason": f"{NAME}多给的", "unit_price": "2.35"}
    made = {"proposed": propose(trade, **said), "bought": propose(own, **said)}
    made |= {"agreed": agree(trade, **said), "verified": verify(trade, **said)}
    shade = iter(range(10, 250, 5))
    for name, deal in made.items():
        if name != "verified":
            with transaction():
                deals.add_proof(
                    trade.seller, deal, store_photo(picture(next(shade)), "pending")
                ) if name != "bought" else None
    for name, step in {
        "declined": lambda d: deals.decline_deal(trade.seller, d, f"{NAME}不卖"),
        "cancelled": lambda d: deals.cancel_deal(trade.buyer, d, f"{NAME}电话{NUMBER}打不通"),
    }.items():
        made[name] = propose(trade, **said)
        with transaction():
            step(made[name])
    for name, step in {
        "disputed": lambda d: deals.dispute_deal(trade.buyer, d, SAID),
        "returned": lambda d: verification.return_deal(trade.official, d, SAID),
    }.items():
        made[name] = agree(trade, **said)
        with transaction():
            step(made[name])
    made["taken back"] = verify(trade, **said)
    with transaction():
        verification.return_deal(trade.official, made["taken back"], f"{NAME}的重量不对")
    made["mended"] = agree(trade, **said)
    with transaction():
        verification.return_deal(trade.official, made["mended"], SAID)
    with transaction():
        revise_deal(trade.buyer, made["mended"], terms(quantity=50, amount_reason=SAID, note=SAID))
    with transaction():
        agree_revision(trade.seller, made["mended"])
    return made


@pytest.mark.postgresql
def test_no_file_holds_who_erased_their_account(
    app: Flask,
    tmp_path: Path,
    make_account: Any,
    person: Account,
    log_in: Any,
    client: Any,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    trade = make_trade(make_account)
    trade = Trade(
        person,
        trade.buyer,
        trade.official,
        make_offer(
            person,
            title=f"{NAME}家的梨",
            description="；".join(SPELLINGS),
            grade=NAME,
            quantity=Decimal(9000),
            photos=(store_photo(picture(1)),),
        ),
    )
    partner = make_account("津市果行")
    own = Trade(partner, person, trade.official, make_offer(partner, description=f"找{SAID}"))
    stranger = make_offer(make_account("路人"), description=f"也可打{NUMBER}")
    made = in_every_state(trade, own)
    # Questions, both ways.
    shimen = db.session.get_one(Region, "430726")
    with transaction():
        mine = messages.ask_question(person, person, SAID, key(), region=shimen)
        theirs = messages.ask_question(trade.buyer, trade.buyer, SAID, key(), offer=trade.offer)
    for question in (mine, theirs):
        answer(trade.official, question, f"{SAID}，办好了。")
    # What is the person's own besides.
    with transaction():
        save_search(person, f"q={NAME}")
        save_search(trade.buyer, f"q={NUMBER}")
        request_phone_change(person, "+8613900004472")
        reveal_phone(trade.buyer, person, f"/offers?q={NUMBER}")
        db.session.add(Consent(farmer_id=person.id, assistant_id=partner.id, how=f"paper: {SAID}"))
    # Tries, a kept form, acts, documents, an index, statistics.
    for _ in range(3):
        client.send("/login", {"phone": NUMBER, "password": "wrong-one-1"})
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)
    assert token
    new = {"csrf_token": token[1], "title": NAME, "description": SAID, "product": "0302011"}
    new |= {"region": "430726", "quantity": "2000", "unit": "jin", "negotiable": "y"}
    assert client.post("/offers/new?side=sell", data=new).status_code == 303
    assert any((tmp_path / "pending_forms").iterdir())
    desk, page = log_in(trade.official), f"/desk/deals/{made['agreed'].id}"
    given = {"reason": f"{NAME}没说清楚，看不懂"}
    assert desk.send(f"{page}/return", given, page=page).status_code == 303
    assert NAME in str(db.session.scalars(select(ActChange.after)).all())
    fair = make_fair()
    publish(person)
    count_deal(fair, person, partner, note=SAID)
    with transaction():
        enrol_from_publications(fair)
        recount(fair.id)
    with transaction():
        book = documents.request_document(
            make_account("湖南省商务厅", role="province_official", scope="430000"),
            DocumentKind.WORKBOOK,
            fair,
            db.session.get_one(Region, "430000"),
            "zh_CN",
            lambda code: f"https://example.test/verify/{code}",
        )
    assert make_queued() == 1
    list(calendar_of(app).storage.scheduled_items())
    drain()
    with transaction():
        gather_statistics()
    hashes = db.session.scalars(select(LedgerEntry.hash).order_by(LedgerEntry.id)).all()
    amounts = {name: deal.amount_fen for name, deal in made.items()}
    before = places(tmp_path)
    for name in (
        "sqlite" if "sqlite" in str(db.engine.url) else "accounts",
        "pending_forms",
        "xlsx",
        "index",
    ):
        assert any(name in place for place in before), name

    browser = log_in(person)
    db.session.rollback()
    assert browser.send("/me/erase", {"password": PASSWORD}).status_code == 303
    work()

    assert places(tmp_path) == []
    db.session.expire_all()
    assert db.session.scalars(select(LedgerEntry.hash).order_by(LedgerEntry.id)).all() == hashes
    assert verify_ledger() == []
    assert {name: deal.amount_fen for name, deal in made.items()} == amounts
    # What others wrote stays, without the person.
    assert made["cancelled"].status_reason == f"****电话{'*' * 11}打不通"
    assert made["verified"].note.startswith("****说：打*")
    assert theirs.texts[1].text.endswith("，办好了。")
    assert stranger.description == f"也可打{'*' * 11}"
    # Proofs and photos are gone but for what is counted.
    left = {path.name for path in (tmp_path / "media").rglob("*.webp")}
    proofs = {proof.sha256 for name in ("agreed", "proposed") for proof in made[name].proofs}
    assert (left, proofs) == (set(), set())
    # The workbook's code can be checked, and the page says why there is no file.
    assert book.status is DocumentStatus.FAILED
    check = client.get(f"/verify/{book.code}")
    assert check.status_code == 200
    assert "已注销账户" in check.text or "erased their account" in check.text


@pytest.mark.postgresql
def test_officials_words_beside_frozen_figures_lose_the_person_and_the_figures_stay(
    tmp_path: Path, make_account: Any, person: Account, log_in: Any, quick: None
) -> None:
    season = make_season(make_account)
    season.traders[SHIMEN] = person
    deal = season.deal(SHIMEN, 900_00)
    sent = season.submit(SHIMEN, remark=f"{NAME}的最大")
    season.send_back(sent, f"问过{NAME}了吗？{NUMBER}")
    season.accept(season.submit(SHIMEN))
    season.take_back(deal)
    season.correct(sent, f"{NAME}退货")
    before = [(v.snapshot, v.sha256) for v in (*sent.versions, *sent.corrections)]
    assert places(tmp_path)
    browser = log_in(person)
    assert browser.send("/me/erase", {"password": PASSWORD}).status_code == 303
    work()
    assert places(tmp_path) == []
    db.session.expire_all()
    assert [(v.snapshot, v.sha256) for v in (*sent.versions, *sent.corrections)] == before
    assert sent.corrections[0].reason == "****退货"
    assert sent.versions[0].remark == "****的最大"
    assert verify_ledger() == []


# Statements, and whether they pass while somebody is being erased.
CHANGES = [
    ("UPDATE act_changes SET after = '{}'", True),
    ("UPDATE act_changes SET kind = 'deals'", False),
    ("DELETE FROM act_changes", False),
    ("UPDATE corrections SET reason = 'x'", True),
    ("UPDATE corrections SET snapshot = '{}'", False),
    ("DELETE FROM corrections", False),
    ("UPDATE statement_versions SET remark = 'x', sha256 = 'x'", False),
    ("UPDATE ledger SET reason = 'x'", False),
]


@pytest.mark.postgresql
def test_what_is_appended_changes_in_its_texts_alone_and_only_while_somebody_is_erased(
    make_account: Any, log_in: Any
) -> None:
    season = make_season(make_account)
    deal = season.deal(SHIMEN, 900_00)
    sent = season.accept(season.submit(SHIMEN))
    season.take_back(deal)
    season.correct(sent)
    trade = make_trade(make_account)
    page = f"/desk/offers/{trade.offer.id}"
    log_in(trade.official).send(f"{page}/return", {"reason": "看不懂说的什么"}, page=page)

    def changes(statement: str, rewriting: bool) -> None:
        with transaction():
            erasure = Erasure(account_id=trade.buyer.id, rewriting=rewriting, left={})
            db.session.add(erasure)
            db.session.flush()
            changed = db.session.connection().exec_driver_sql(statement).rowcount
            assert changed
            erasure.rewriting = False

    for statement, passes in CHANGES:
        with pytest.raises(DatabaseError, match="append-only"):
            changes(statement, False)
        with nullcontext() if passes else pytest.raises(DatabaseError, match="append-only"):
            changes(statement, True)


def test_an_official_who_is_erased_leaves_the_papers_that_name_them(
    tmp_path: Path, font: None, make_account: Any, log_in: Any, quick: None, client: Any
) -> None:
    season = make_season(make_account)
    season.deal(SHIMEN, 900_00)
    season.officials[SHIMEN] = official = make_account(
        NAME, phone=PHONE, role="county_official", region=SHIMEN
    )
    statement = season.accept(season.submit(SHIMEN))
    with transaction():
        paper = documents.request_document(
            official,
            DocumentKind.STATEMENT,
            season.fair,
            db.session.get_one(Region, SHIMEN),
            "zh_CN",
            lambda code: f"https://example.test/verify/{code}",
            statement,
        )
    assert make_queued() == 1
    printed = paper.figures_sha256
    assert any("documents" in place for place in places(tmp_path))
    browser = log_in(official)
    assert browser.send("/me/erase", {"password": PASSWORD}).status_code == 303
    work()
    assert places(tmp_path) == []
    db.session.expire_all()
    assert paper.status is DocumentStatus.DONE
    assert file_of(paper).exists()
    answer_ = client.get(f"/verify/{paper.code}?hash={printed[:12]}")
    assert answer_.status_code == 200
    assert "已注销账户" in answer_.text or "erased their account" in answer_.text


def test_a_farmer_without_a_log_in_is_erased_at_the_station(
    tmp_path: Path, make_account: Any, log_in: Any, quick: None
) -> None:
    station = make_account("站", role="assistant")
    with transaction():
        farmer = register_farmer(
            *(station, NAME, PHONE, "farmer", db.session.get_one(Region, SHIMEN)),
            *("paper", f"{NAME}按的手印"),
        )
    trade = make_trade(make_account)
    trade = Trade(farmer, trade.buyer, trade.official, make_offer(farmer, description=SAID))
    deal = verify(trade, note=SAID)
    drain()
    browser, page = log_in(station), f"/station/farmers/{farmer.id}"
    assert browser.send(f"{page}/erase", page=page).status_code == 303
    work()
    assert places(tmp_path) == []
    assert browser.get(page).status_code == 404
    assert deal.amount_fen == 23_500
    assert verify_ledger() == []


def test_the_phone_of_a_farmer_who_is_let_go_leaves_the_texts_and_their_name_stays(
    tmp_path: Path, make_account: Any, quick: None
) -> None:
    station = make_account("站", role="assistant")
    with transaction():
        farmer = register_farmer(
            *(station, NAME, PHONE, "farmer", db.session.get_one(Region, SHIMEN)),
            *("paper", "柜子里"),
        )
    offer = make_offer(farmer, description=SAID)
    with transaction():
        withdraw_consent(station, farmer)
    work()
    assert all(NAME in place or NAME[1:3] in place for place in places(tmp_path))
    assert farmer.name == NAME
    assert offer.description.startswith(f"{NAME}说：打*")


def test_what_is_left_after_erasing_is_done_though_the_worker_dies_in_between(
    tmp_path: Path, person: Account, log_in: Any, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_offer(person, description=SAID, photos=(store_photo(picture(1)),))
    drain()
    browser = log_in(person)
    assert browser.send("/me/erase", {"password": PASSWORD}).status_code == 303
    assert list((tmp_path / "media").rglob("*.webp"))

    def die(states: list[Any]) -> list[Any]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setitem(erasures.file_erasers, "index", FileEraser(lambda account: "old", die))
        with pytest.raises(KeyboardInterrupt):
            erasures.finish_erasures()
    db.session.rollback()
    work()
    assert places(tmp_path) == []
    assert not list((tmp_path / "media").rglob("*.webp"))


def test_a_name_that_is_a_word_leaves_only_what_is_about_the_person(
    make_account: Any, log_in: Any
) -> None:
    person, trade = make_account("蜜桔"), make_trade(make_account, description="不是蜜桔，是梨")
    own = Trade(make_account("邻居"), person, trade.official, make_offer(make_account("另一家")))
    deal = propose(own, note="蜜桔")
    browser = log_in(person)
    assert browser.send("/me/erase", {"password": PASSWORD}).status_code == 303
    db.session.expire_all()
    assert trade.offer.description == "不是蜜桔，是梨"
    assert deal.note == ""
