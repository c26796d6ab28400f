"""Samples of the demonstration's last days, most of them looked at again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from market.accounts.models import Account
from market.database import db
from market.demonstration.participants import Participants
from market.sampling.drawing import draw_day
from market.sampling.models import DealSample, SampleDraw, SampleState
from market.sampling.services import answer_sample, check_sample
from market.web.home_time import home_zone

DAYS = 10
FOUND = "电话回访双方，品种、数量、金额与登记一致。（示范）"
DOUBT = "买方说只提了一半货，请核对磅单和实际到货数量。（示范）"
ANSWER = "已与双方核对：余下一半次日提走，补收磅单，数量金额无误。（示范）"
# What became of one after the other of a prefecture's samples, the oldest first; the last wait.
STEPS = ("doubtful", "genuine", "answered", "genuine", "genuine")
LEFT = 2


def write_samples(participants: Participants, now: datetime, today: date) -> None:
    """Draw the last days and look at most of what was drawn. Inside transaction()."""
    for days in range(DAYS, 0, -1):
        draw_day(today - timedelta(days=days), _moment(today - timedelta(days=days - 1), 1))
    db.session.flush()
    for code, official_id in participants.reviewers.items():
        found = db.session.scalars(
            select(DealSample)
            .join(SampleDraw, SampleDraw.id == DealSample.draw_id)
            .where(SampleDraw.region_code == code)
            .order_by(SampleDraw.day, DealSample.id)
        ).all()
        official = db.session.get_one(Account, official_id)
        for number, sample in enumerate(found[:-LEFT]):
            _look_at(sample, official, participants, STEPS[number % len(STEPS)], now)


def _look_at(
    sample: DealSample, official: Account, participants: Participants, step: str, now: datetime
) -> None:
    deal, at = sample.deal, min(_moment(sample.draw.day + timedelta(days=1), 10), now)
    if official.id in (deal.verified_by_id, deal.county_verified_by_id):
        return
    if step == "genuine":
        check_sample(official, sample, SampleState.GENUINE, FOUND, at)
        return
    check_sample(official, sample, SampleState.DOUBTFUL, DOUBT, at)
    county = participants.officials.get(deal.home_region_code)
    if step == "answered" and county is not None:
        at = min(at + timedelta(hours=5), now)
        answer_sample(db.session.get_one(Account, county), sample, ANSWER, at)


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), home_zone())
