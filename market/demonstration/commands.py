"""`flask seed demo` and `flask fair replay`."""

from __future__ import annotations

import math
import resource
import time
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select
from tqdm import tqdm

from market.database import db, gather_statistics, transaction, utcnow
from market.fairs import bp as fairs
from market.web.audit_registry import ignore_commands

ignore_commands("seed demo", "fair replay")

seed = AppGroup("seed", help="Fill the market with invented data.")


@seed.command("demo")
def demo() -> None:
    """Make the demonstration market: an open fair, offers, traders, deals. Safe to repeat."""
    from market.demonstration.log_ins import log_ins
    from market.demonstration.people import PASSWORD
    from market.demonstration.seed import is_seeded, seed_demonstration
    from market.matching.services import notice_matches
    from market.prices.jobs import count_prices
    from market.search.services import rebuild

    if current_app.config["ENV_NAME"] == "production":
        raise click.ClickException("Demonstration accounts have a known password: not here.")
    if not is_seeded():
        click.echo("Inventing people, offers and deals; half a minute …")
        with transaction():
            made = seed_demonstration(utcnow())
            gather_statistics()
        rebuild()
        while notice_matches():
            pass
        count_prices(math.inf)
        click.echo(
            f"{made.offers} offers, {made.accounts} accounts, {made.deals} deals,"
            f" {made.counted} ledger entries."
        )
    click.echo(f"Log-ins of the demonstration; the password of each is {PASSWORD}")
    for row in log_ins():
        click.echo(f"  {row.phone}  {row.role:<20} {row.region}  {row.name}")


@fairs.cli.command("replay")
@click.option("--database", help="URL; default: market.sqlite3 in --folder.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Its own instance folder; default: replay/ in the instance folder, if that is not it.",
)
@click.option("--again", is_flag=True, help="Throw an earlier replay away first.")
@click.option("--as-if-today", is_flag=True, help="End the fair today: its offers are valid now.")
def replay(database: str | None, folder: Path | None, again: bool, as_if_today: bool) -> None:
    """Generate the whole summer fair of 2012 into a database of its own.

    Its totals are the published ones, to the listing and to the fen; offers, traders and
    deals are invented. Serve it with MARKET_INSTANCE set to its folder.
    """
    if current_app.config["ENV_NAME"] == "production":
        raise click.ClickException("A replay is invented data with a known password: not here.")
    instance = Path(current_app.config["INSTANCE"])
    if folder is None:
        folder = instance if instance.name == "replay" else instance / "replay"
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    app = _app_in(folder, database or f"sqlite:///{folder}/market.sqlite3")
    with app.app_context():
        _prepare(again)
        _run(as_if_today)


def _app_in(folder: Path, database: str) -> Flask:
    """This application on another database, with its files in `folder`."""
    import config
    from market import create_app

    return create_app(
        config.current(),
        INSTANCE=folder,
        MEDIA=folder / "media",
        SEARCH_INDEX=folder / "index",
        JOBS_DATABASE=folder / "jobs.sqlite3",
        LIMITS_DATABASE=folder / "limits.sqlite3",
        SQLALCHEMY_DATABASE_URI=database,
    )


def _prepare(again: bool) -> None:
    """Migrations and reference data into an empty database.

    Raises:
        click.ClickException: it holds something, and no replay that --again may discard.
    """
    from market.products.services import load_products
    from market.regions.services import load_regions

    if holds := _holds():
        if not again or holds != "a replay":
            hint = "; --again replaces it" if holds == "a replay" else ""
            raise click.ClickException(f"The database already holds {holds}{hint}.")
        downgrade(revision="base")
    upgrade()
    with transaction():
        load_regions()
        load_products()


def _holds() -> str | None:
    """What is in the database: None, a replay, or somebody's market."""
    from market.accounts.models import Account
    from market.fairs.models import Fair

    present = inspect(db.engine).has_table("accounts")
    if not present or not db.session.scalar(select(func.count()).select_from(Account)):
        return None
    invented = select(func.count()).where(Account.is_demonstration.is_(False))
    others = select(func.count()).where(~Fair.is_replay, ~Fair.totals_only)
    only_replay = not db.session.scalar(invented) and not db.session.scalar(others)
    db.session.rollback()
    return "a replay" if only_replay else "a market"


def _run(as_if_today: bool) -> None:
    from market.demonstration.replay import SUMMER_2012, replay
    from market.demonstration.replay_plan import Mismatch
    from market.web.home_time import home_today

    today = home_today() if as_if_today else None
    begin, totals = time.monotonic(), SUMMER_2012
    try:
        with (
            tqdm(total=totals.listings + totals.deals, unit="row", mininterval=0.5) as bar,
            transaction(),
        ):
            replay(totals, today, bar.update)
            gather_statistics()
    except Mismatch as error:
        raise click.ClickException(str(error)) from None
    seconds = time.monotonic() - begin
    # ru_maxrss is in KiB on Linux.
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(
        f"{totals.listings:,} listings, {totals.merchants:,} effective merchants,"
        f" {totals.deals:,} deals, {totals.amount_fen // 1_000_000:,} 万元:"
        " counted from the rows and equal to the totals."
    )
    click.echo(f"{seconds:.1f} s, at most {memory:,.0f} MiB of memory.")


def init_app(app: Flask) -> None:
    """Add the command group of this package; `replay` joins that of fairs."""
    app.cli.add_command(seed)
