"""Drawing the sample of a day once it is over, and checking that a draw is what it should be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from market.calendar.services import scheduled_steps
from market.database import AdvisoryLock, advisory_lock, db
from market.deals.ledger import LedgerProblem, head, integrity_checks
from market.deals.models import LedgerEntry
from market.regions.models import within
from market.regions.queries import home_region
from market.sampling.models import DealSample, SampleDraw
from market.sampling.rules import choose_sample
from market.text.days import local_day, local_midnight
from market.web.home_time import home_zone

# After the worker stood still, no more days than these are drawn.
MAX_DAYS = 14
# Of GB/T 2260; a path has the digits that are not zeros of each level.
CODE_DIGITS = 6


def draw_day(day: date, at: datetime) -> int:
    """Draw the sample of what was verified on a local day that is over; how many deals.

    A prefecture whose day was drawn before is left as it is. Inside transaction().
    """
    advisory_lock(AdvisoryLock.LEDGER)
    end = local_midnight(day + timedelta(days=1), home_zone())
    drawn = set(db.session.scalars(select(SampleDraw.region_code).where(SampleDraw.day == day)))
    above: int = current_app.config["SECOND_OFFICIAL_ABOVE_FEN"]
    last, count = head(end), 0
    for code, amounts in sorted(_verified(day, last.id).items()):
        if code in drawn:
            continue
        draw = SampleDraw(region_code=code, day=day, population=len(amounts), drawn_at=at)
        draw.ledger_id, draw.seed_hash, draw.large_above_fen = last.id, last.hash, above
        chosen = choose_sample(last.hash, amounts, above)
        draw.samples = [DealSample(deal_id=id_, reason=why) for id_, why in chosen.items()]
        db.session.add(draw)
        count += len(chosen)
    return count


def draw_missing(now: datetime) -> int:
    """Draw the days that are over and were not drawn, yesterday alone where none ever was."""
    yesterday = local_day(now, home_zone()) - timedelta(days=1)
    last = db.session.scalar(select(func.max(SampleDraw.day)))
    first = yesterday if last is None else max(last, yesterday - timedelta(days=MAX_DAYS))
    days = (first + timedelta(days=n) for n in range((yesterday - first).days + 1))
    return sum(draw_day(day, now) for day in days if day != last)


def _verified(day: date, last: int) -> dict[str, dict[int, int]]:
    """By the region above their counties, the deals that the ledger counts by entries of the day
    which nothing up to its entry `last` reversed: id and fen."""
    back = aliased(LedgerEntry)
    first = head(local_midnight(day, home_zone())).id
    is_reversed = exists().where(
        back.deal_id == LedgerEntry.deal_id, back.turn == LedgerEntry.turn + 1, back.id <= last
    )
    rows = db.session.execute(
        select(LedgerEntry.region_path, LedgerEntry.deal_id, LedgerEntry.amount_fen)
        .where(LedgerEntry.id > first, LedgerEntry.id <= last, LedgerEntry.deals > 0)
        .where(~is_reversed, within(LedgerEntry.region_path, home_region().path))
    )
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for path, deal_id, fen in rows:
        found[_code_above(path)][deal_id] = fen
    return found


def _code_above(path: str) -> str:
    """The code of the region above the one of that path: of its prefecture, or the province."""
    return path.split("/")[-2].ljust(CODE_DIGITS, "0")


def check_draws() -> Iterator[LedgerProblem]:
    """For `flask ledger verify`: each draw has the ledger's hash and what follows from it."""
    drawn: dict[int, dict[int, Any]] = defaultdict(dict)
    for draw_id, deal_id, reason in db.session.execute(
        select(DealSample.draw_id, DealSample.deal_id, DealSample.reason)
    ):
        drawn[draw_id][deal_id] = reason
    rows = db.session.execute(
        select(SampleDraw, LedgerEntry.hash)
        .outerjoin(LedgerEntry, LedgerEntry.id == SampleDraw.ledger_id)
        .order_by(SampleDraw.id)
    )
    verified: dict[tuple[date, int], dict[str, dict[int, int]]] = {}
    for draw, entry_hash in rows:
        about = f"sample {draw.id} of {draw.region_code}, {draw.day}"
        if draw.seed_hash != entry_hash:
            yield LedgerProblem(about, "does not carry the hash of its entry")
            continue
        key = draw.day, draw.ledger_id
        if key not in verified:
            verified[key] = _verified(*key)
        amounts = verified[key].get(draw.region_code, {})
        if drawn[draw.id] != choose_sample(draw.seed_hash, amounts, draw.large_above_fen):
            yield LedgerProblem(about, "is not what follows from its hash")


scheduled_steps.append(draw_missing)
integrity_checks.append(check_draws)
