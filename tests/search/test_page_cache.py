"""The index follows the database, whatever dies or breaks on the way."""

from __future__ import annotations

import gc
import os
import shutil
import struct
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from market.database import db, transaction, utcnow
from market.offers.expiring import expire_offers
from market.offers.models import Offer, OfferChange
from market.offers.search import finder
from market.offers.search.filters import Filters
from market.offers.services import close_offer, edit_offer
from market.search import engine, index, schema, services, view
from market.search.services import check, drain, rebuild, status
from market.web.file_lock import Locked
from tests.offers.factories import make_offer, offer_values

A_TONNE = struct.pack("<d", 1000.0)


def lag():
    """How many offers have changes in the outbox."""
    return db.session.scalar(select(func.count(OfferChange.offer_id.distinct())))


def folder(app):
    found = index.current(app.config["SEARCH_INDEX"])
    assert found is not None
    return found


def spoil(app):
    """Overwrite every segment."""
    for file in folder(app).glob("*.seg"):
        file.write_bytes(b"\xa5" * file.stat().st_size)


def misplace(app):
    """Change a fact of every offer, one that still reads well."""
    for file in folder(app).glob("*.seg"):
        content = file.read_bytes()
        assert A_TONNE in content
        file.write_bytes(content.replace(A_TONNE, struct.pack("<d", 2000.0)))


@pytest.fixture
def offer(app, make_account):
    """A posted offer that the index knows, in an index with others."""
    owner = make_account()
    make_offer(owner, title="别的")
    rebuild()
    offer = make_offer(owner, title="头茬好梨")
    drain()
    return offer


def test_a_posted_offer_is_found_after_the_next_drain(app, make_account, find):
    rebuild()
    offer = make_offer(make_account(), title="头茬好梨")
    assert find("头茬").ids == []
    assert drain() > 0
    assert find("头茬").ids == [offer.id]
    assert lag() == 0


def test_an_edited_offer_is_found_by_what_it_says_now(app, offer, find):
    with transaction():
        edit_offer(offer.owner, offer, offer_values(title="二茬", region="430102"))
    drain()
    assert find("头茬").total == 0
    assert find("二茬", regions=("43/4301",)).ids == [offer.id]
    assert find(regions=("43/4307/430726",)).total == 1


def test_a_closed_offer_is_not_found(app, offer, find):
    with transaction():
        close_offer(offer.owner, offer)
    drain()
    assert offer.id not in find().ids
    assert find().total == 1


def test_an_offer_past_its_time_is_not_found_even_before_the_worker_knows(app, offer, monkeypatch):
    later = offer.valid_until + timedelta(seconds=1)
    ids = engine.find(Filters()).ids
    monkeypatch.setattr(engine, "utcnow", lambda: later)
    assert offer.id in ids
    assert engine.find(Filters()).ids == []


def test_an_expired_offer_leaves_the_index(app, offer):
    with transaction():
        db.session.execute(update(Offer).values(valid_until=utcnow() - timedelta(seconds=1)))
        expire_offers(utcnow())
    drain()
    assert status().documents == 0


@pytest.mark.postgresql
def test_many_drains_end_equal_to_the_database(app, make_account, find):
    owner = make_account()
    rebuild()
    for n in range(12):
        made = make_offer(owner, title=f"第{n}批")
        if n % 3 == 0:
            with transaction():
                close_offer(owner, made)
        drain()
    told = status()
    assert (told.documents, told.lag, told.missing, told.surplus) == (8, 0, [], [])
    assert find().total == 8


@pytest.mark.postgresql
def test_more_changes_than_a_batch_are_done_in_turns(app, make_account):
    rebuild()
    owner = make_account()
    for _ in range(3):
        make_offer(owner)
    changes = db.session.scalar(select(func.count()).select_from(OfferChange))
    done = [drain(2) for _ in range(changes)]
    assert (sum(done), max(done), done[-1], lag()) == (changes, 2, 0, 0)


@pytest.mark.postgresql
def test_dying_between_the_commit_and_the_outbox_does_it_again_to_no_harm(
    app, make_account, find, monkeypatch
):
    rebuild()
    offer = make_offer(make_account())
    with monkeypatch.context() as dying:
        dying.setattr(services, "_forget", lambda changes: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            drain()
    assert (find().ids, lag()) == ([offer.id], 1)
    assert drain() > 0
    assert (find().ids, find().total, lag()) == ([offer.id], 1, 0)


def test_dying_before_the_commit_leaves_the_index_as_it_was(app, offer, find, monkeypatch):
    make_offer(offer.owner)
    with monkeypatch.context() as dying:
        dying.setattr(services, "documents", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            drain()
    assert (find().total, lag()) == (2, 1)
    drain()
    assert (find().total, lag()) == (3, 0)


def test_dying_while_building_leaves_the_one_in_use(app, offer, find, monkeypatch):
    before = folder(app)
    with monkeypatch.context() as dying:
        dying.setattr(index, "_sync", lambda folder: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            rebuild()
    assert folder(app) == before
    assert find().total == 2


@pytest.mark.postgresql
def test_a_change_made_during_a_rebuild_is_not_lost(app, offer, find, monkeypatch):
    build, late = index.build, []

    def build_and_post(root, words, documents):
        built = build(root, words, documents)
        late.append(make_offer(offer.owner).id)
        return built

    monkeypatch.setattr(index, "build", build_and_post)
    rebuild()
    assert lag() == 1
    assert late[0] not in find().ids
    drain()
    assert late[0] in find().ids


def test_a_question_in_flight_finishes_on_the_view_it_began_with(app, offer, find):
    view = engine.snapshots(app).newest()
    make_offer(offer.owner)
    rebuild()
    rebuild()
    assert find().total == 3
    # Not decoded before: it is read from the files of the index that is gone.
    assert len(view.postings("title", "头茬")) == 1
    assert len(view.live(schema.microseconds(utcnow()))[1]) == 2


def test_the_files_of_a_snapshot_are_closed_when_the_last_question_lets_go(
    app, offer, find, monkeypatch
):
    close, closed = index._close, []
    monkeypatch.setattr(index, "_close", lambda leaf: (close(leaf), closed.append(leaf)))
    view = engine.snapshots(app).newest()
    leaves = {file._leaf for _, file in view.parts}
    rebuild()
    find()
    assert closed == []
    del view
    assert set(closed) == leaves


def test_old_indexes_and_their_files_are_let_go(app, offer, find):
    find()
    for _ in range(4):
        rebuild()
        find()
    assert len(list(app.config["SEARCH_INDEX"].glob("v*-*"))) == 2
    opened = len(os.listdir("/proc/self/fd"))
    for _ in range(6):
        make_offer(offer.owner)
        drain()
        find("头茬")
    # Tests collect garbage seldom; what the old snapshots held goes with them.
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= opened + 6


def test_a_segment_is_opened_once_and_what_is_deleted_of_it_is_known_all_the_same(
    app, offer, find, monkeypatch
):
    for _ in range(30):  # fewer would be put together with the next
        make_offer(offer.owner)
    rebuild()
    find()
    opened = []
    file = index.SegmentFile
    monkeypatch.setattr(
        index, "SegmentFile", lambda *given: opened.append(given[0]) or file(*given)
    )
    for total in (32, 32, 32):
        newest = make_offer(offer.owner)
        with transaction():
            close_offer(offer.owner, db.session.get_one(Offer, newest.id - 1))
        drain()
        assert find().total == total
    names = [file.name for _, file in engine.snapshots(app).newest().parts]
    assert len(opened) == len(set(opened)) == 3
    assert names[0] not in opened


def test_the_order_of_age_is_right_whichever_segments_it_is_put_together_from(
    app, offer, find, monkeypatch
):
    monkeypatch.setattr(view, "LARGE_SEGMENT", 10)
    instants = [make_offer(offer.owner).published_at for _ in range(30)]
    rebuild()
    for at in (instants[-1], instants[7], instants[-1]):
        moved = [offer.id, make_offer(offer.owner).id, make_offer(offer.owner).id]
        with transaction():
            db.session.execute(update(Offer).where(Offer.id.in_(moved)).values(published_at=at))
            db.session.add_all(OfferChange(offer_id=id) for id in moved)
        drain()
        in_order = select(Offer.id).order_by(Offer.published_at.desc(), Offer.id.desc())
        assert find(per_page=100).ids == db.session.scalars(in_order).all()


def test_without_an_index_the_database_answers_and_the_worker_builds_one(app, make_account, find):
    offer = make_offer(make_account())
    assert engine.find(Filters()) is None
    assert finder.find(Filters()).ids == [offer.id]
    drain()
    assert find().ids == [offer.id]


# Whoosh leaves the file open that it stumbled over, until it is collected.
STUMBLES = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def another_process(app):
    """Nothing of the index is in memory yet; what was opened in vain is collected after."""
    engine.snapshots(app).close()
    yield
    gc.collect()


@STUMBLES
@pytest.mark.parametrize("harm", ["spoilt", "misplaced", "cut", "words", "gone", "half"])
def test_a_broken_index_is_not_seen_and_is_built_anew(app, offer, find, harm, another_process):
    if harm == "spoilt":
        spoil(app)
    elif harm == "misplaced":
        misplace(app)
    elif harm == "cut":
        for file in folder(app).glob("*.seg"):
            os.truncate(file, file.stat().st_size // 2)
    elif harm == "words":
        (folder(app) / index.WORDS).write_text("{")
    elif harm == "half":
        for file in folder(app).glob("*.toc"):
            os.truncate(file, 20)
    else:
        shutil.rmtree(folder(app))
    assert engine.find(Filters()) is None
    assert finder.find(Filters()).total == 2
    drain()
    assert find("头茬").ids == [offer.id]


@STUMBLES
def test_the_worker_finds_a_broken_index_by_itself(app, offer, find, another_process):
    spoil(app)
    check()
    drain()
    assert find("头茬").ids == [offer.id]


def test_a_whole_index_passes_the_check(app, offer):
    before = folder(app)
    check()
    drain()
    assert folder(app) == before


def test_an_index_of_another_version_is_built_anew(app, offer, find, monkeypatch):
    monkeypatch.setattr(index, "VERSION", 9999)
    assert engine.find(Filters()) is None
    drain()
    assert find("头茬").ids == [offer.id]


def test_what_is_wrong_is_said_once(app, make_account, caplog):
    for _ in range(3):
        assert engine.find(Filters()) is None
    assert len(caplog.records) == 1


def test_two_can_not_write_at_once(app, offer):
    root = app.config["SEARCH_INDEX"]
    with index.writing(root), pytest.raises(Locked), index.writing(root, wait_seconds=0):
        pytest.fail("both held it")


def test_too_many_changes_are_done_by_building_anew(app, offer, find, monkeypatch):
    monkeypatch.setattr(services, "REBUILD_LAG", 1)
    before = folder(app)
    make_offer(offer.owner)
    make_offer(offer.owner)
    drain(limit=1)
    assert folder(app) != before
    assert (find().total, lag()) == (4, 0)


def test_the_commands_tell_how_the_index_stands(app, offer):
    runner = app.test_cli_runner()
    assert "missing     none" in runner.invoke(args=["search", "status"]).output
    make_offer(offer.owner, title="礼盒装")
    assert "missing     1: " in runner.invoke(args=["search", "status"]).output
    assert "3 offers indexed" in runner.invoke(args=["reindex"]).output
    assert "礼盒装" in runner.invoke(args=["search", "query", "礼盒装"]).output
    shutil.rmtree(folder(app))
    broken = runner.invoke(args=["search", "status"])
    assert broken.exit_code == 1
