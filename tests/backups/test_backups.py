"""A market backed up and made again: the same ledger, files and offers, or a refusal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from market.accounts.models import Account
from market.backups import files, services
from market.backups.manifest import BackupError
from market.database import db
from market.deals import ledger
from market.fairs.models import Fair
from market.offers.models import Offer
from market.search.services import status as index_status
from market.web.file_lock import file_lock
from tests.conftest import make_app, running
from tests.fairs.factories import count_deal, make_fair
from tests.offers.factories import make_offer

Make = Callable[..., Account]
Place = Callable[[], Iterator[Flask]]
PHOTO = "media/ab/abcd.webp"


@pytest.fixture
def fair(app: Flask, make_account: Make) -> Fair:
    """A fair with a counted deal, and files of each kind in the instance."""
    fair = make_fair()
    make_offer(make_account(), title="头茬好梨")
    count_deal(fair, make_account(region="430726"), make_account(), 5_000_00)
    for path in (PHOTO, "documents/公报.pdf", "imports/1/表.xlsx", "texts/zh_CN/filing.md"):
        write(path, path)
    return fair


def write(path: str, text: str) -> None:
    name, _, rest = path.partition("/")
    file = files.folder_of(name) / rest
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


@pytest.fixture
def elsewhere(app: Flask, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Another instance, with an empty database of the same kind; its context pushed."""
    folder = tmp_path / "elsewhere"

    @contextmanager
    def opened() -> Iterator[Flask]:
        if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
            server = request.getfixturevalue("postgresql")
            with (
                server.database() as url,
                running(make_app(folder, SQLALCHEMY_DATABASE_URI=url)) as one,
            ):
                yield one
            return
        folder.mkdir()
        with running(make_app(folder)) as one:
            yield one

    return opened  # type: ignore[return-value]


def at(monkeypatch: pytest.MonkeyPatch, hour: int) -> None:
    moment = datetime(2026, 9, 16, hour, tzinfo=UTC)
    monkeypatch.setattr(services, "utcnow", lambda: moment)


@pytest.mark.postgresql
def test_a_market_is_made_again_with_its_ledger_files_and_offers(
    fair: Fair, elsewhere: Place, tmp_path: Path
) -> None:
    head = ledger.head()
    made = services.make_backup(tmp_path / "backups")
    assert (made.manifest.ledger_entries, made.manifest.ledger_head) == (head.id, head.hash)
    with elsewhere():
        report = services.restore(made.folder)
        assert report.problems == []
        assert ledger.head() == head
        assert (files.folder_of("media") / "ab/abcd.webp").read_text("utf-8") == PHOTO
        assert db.session.scalars(select(Offer.title)).all() == ["头茬好梨"]
        status = index_status()
        assert (status.missing, status.surplus, status.lag) == ([], [], 0)
        # What is written goes on from there.
        make_offer(db.session.scalars(select(Account)).first(), title="第二茬")


@pytest.mark.postgresql
def test_a_backup_made_while_deals_are_counted_is_of_one_moment(
    app: Flask, fair: Fair, make_account: Make, elsewhere: Place, tmp_path: Path
) -> None:
    ids = fair.id, make_account(region="430726").id, make_account().id
    is_over = threading.Event()

    def count() -> None:
        with app.app_context():
            while not is_over.is_set():
                given = (
                    db.session.get_one(Fair, ids[0]),
                    *(db.session.get_one(Account, id_) for id_ in ids[1:]),
                )
                count_deal(*given, 100)

    counting = threading.Thread(target=count)
    counting.start()
    try:
        backups = [services.make_backup(tmp_path / f"backups-{number}") for number in range(3)]
    finally:
        is_over.set()
        counting.join()
    for made in backups[-1:]:
        with elsewhere():
            assert services.restore(made.folder).problems == []
            assert ledger.head().id == made.manifest.ledger_entries
    assert backups[-1].manifest.ledger_entries > backups[0].manifest.ledger_entries


def test_only_what_is_new_is_copied_and_old_ones_go(
    fair: Fair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    made = []
    for hour, path in enumerate((PHOTO, "media/cd/cdef.webp", "media/ef/efab.webp")):
        at(monkeypatch, hour)
        write(path, f"{hour}")
        made.append(services.make_backup(folder, keep=2))
    assert [one.new_files for one in made] == [4, 1, 1]
    assert services.backups_in(folder) == [one.folder for one in made[1:]]
    (files.folder_of("media") / "ab/abcd.webp").unlink()
    for hour in (3, 4):
        at(monkeypatch, hour)
        services.make_backup(folder, keep=2)
    contents = {file.read_text("utf-8") for file in (folder / files.STORE).glob("*/*")}
    assert contents == {
        "documents/公报.pdf",
        "imports/1/表.xlsx",
        "texts/zh_CN/filing.md",
        "1",
        "2",
    }
    for backup in services.backups_in(folder):
        services.check_backup(backup)


@pytest.mark.parametrize("what", ["database", "manifest", "file", "cut", "gone"])
def test_what_was_changed_is_refused_before_anything_is_restored(
    fair: Fair, elsewhere: Place, tmp_path: Path, what: str
) -> None:
    made = services.make_backup(tmp_path / "backups")
    photo = files.stored_as(tmp_path / "backups", made.manifest.files[PHOTO].sha256)
    if what == "gone":
        photo.unlink()
    else:
        changed = {
            "database": made.folder / "database.sqlite3",
            "manifest": made.folder / "manifest.json",
        }.get(what, photo)
        content = bytearray(changed.read_bytes())
        content[-3] ^= 1
        changed.write_bytes(content[:-1] if what == "cut" else content)
    with elsewhere(), pytest.raises(BackupError):
        services.restore(made.folder)
    with running(make_app(tmp_path / "elsewhere")):
        assert not list((tmp_path / "elsewhere/media").rglob("*.*"))


def test_nothing_is_restored_over_what_is_there(
    fair: Fair, elsewhere: Place, tmp_path: Path
) -> None:
    made = services.make_backup(tmp_path / "backups")
    with pytest.raises(BackupError, match="not empty"):
        services.restore(made.folder)
    with elsewhere():
        write("documents/alt.pdf", "alt")
        with pytest.raises(BackupError, match="documents/alt"):
            services.restore(made.folder)


def test_an_index_of_another_database_is_built_anew(
    fair: Fair, elsewhere: Place, tmp_path: Path
) -> None:
    made = services.make_backup(tmp_path / "backups")
    with elsewhere() as app:
        stale = Path(app.config["SEARCH_INDEX"])
        stale.mkdir()
        (stale / "of-before").write_text("index")
        services.restore(made.folder)
        assert not (stale / "of-before").exists()
        assert index_status().documents == 1


def test_a_killed_one_leaves_nothing_half(
    fair: Fair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(files, "_copy", die)
        with pytest.raises(KeyboardInterrupt):
            services.make_backup(folder)
    (folder / f"{services.UNFINISHED}20260916T000000Z").mkdir()
    assert services.backups_in(folder) == []
    made = services.make_backup(folder)
    assert services.backups_in(folder) == [made.folder]
    assert not list(folder.glob(f"{services.UNFINISHED}*"))


@pytest.mark.postgresql
def test_a_database_without_a_market_is_not_backed_up(
    empty_database: Flask, tmp_path: Path
) -> None:
    with pytest.raises(BackupError, match="flask init"):
        services.make_backup(tmp_path / "backups")
    assert services.backups_in(tmp_path / "backups") == []


def test_two_at_once_are_one(fair: Fair, tmp_path: Path) -> None:
    with file_lock(tmp_path / "backups/.lock"), pytest.raises(BackupError, match="another"):
        services.make_backup(tmp_path / "backups")


@pytest.mark.postgresql
def test_the_drill_restores_elsewhere_and_leaves_nothing(
    app: Flask, fair: Fair, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    runner = app.test_cli_runner()
    backed_up = runner.invoke(args=["backup", str(tmp_path / "backups"), "--keep", "3"])
    assert backed_up.exit_code == 0, backed_up.output
    (backup,) = services.backups_in(tmp_path / "backups")
    before = db.session.scalar(select(func.count(Offer.id)))
    drill = ["restore", str(backup), "--drill"]
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        with request.getfixturevalue("postgresql").database() as url:
            done = runner.invoke(args=[*drill, "--database", url])
    else:
        done = runner.invoke(args=drill)
    assert done.exit_code == 0, done.output
    assert "ledger whole with 1 entries" in done.output
    assert db.session.scalar(select(func.count(Offer.id))) == before
    refused = runner.invoke(args=["restore", str(backup)])
    assert refused.exit_code == 1
    assert "not empty" in refused.output
