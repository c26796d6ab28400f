"""Trainings of the demonstration: three of the county with the station, and who came."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from market.database import db
from market.demonstration.participants import Participants
from market.training.models import (
    Trainee,
    TrainingCertificate,
    TrainingParticipant,
    TrainingSession,
)

# (topic, place, teacher, hours, days ago, names with their villages, whether it has certificates)
TRAININGS: tuple[tuple[str, str, str, str, int, tuple[tuple[str, str], ...], bool], ...] = (
    (
        *("信息员业务培训（示范）", "县会议中心三楼", "县商务局 贺讲师（示范）", "6", 96),
        *((("向明月", "阳泉村"), ("覃向阳", "白云村")), True),
    ),
    (
        *("柑橘采后处理与分级（示范）", "夹山镇文化站", "县农业农村局 苏农艺师（示范）", "3.5", 38),
        *((("龚守田", "两合村"), ("伍丰年", "两合村"), ("盛小满", "官渡村")), True),
    ),
    (
        *("手机发布与防骗（示范）", "皂市镇政府会议室", "信息站 罗立春（示范）", "2", 5),
        *((("邓采茶", "阳泉村"),), False),
    ),
)


def write_trainings(participants: Participants, today: date) -> None:
    """Write them: the assistant and two farmers came to each. Inside transaction()."""
    if not participants.farmers:
        return
    county = participants.farmers[0]["region_code"]
    official, serials = participants.officials[county], dict[int, int]()
    people: list[tuple[int, Trainee]] = [(participants.assistant_id, Trainee.ASSISTANT)]
    people += [(farmer["id"], Trainee.FARMER) for farmer in participants.farmers[:2]]
    for number, (topic, place, teacher, hours, ago, named, certified) in enumerate(TRAININGS):
        session = TrainingSession(
            region_code=county,
            held_on=today - timedelta(days=ago),
            place=place,
            topic=topic,
            teacher=teacher,
            hours=Decimal(hours),
            entered_by_id=official,
            key=f"{number:032x}",
        )
        came: list[dict[str, Any]] = [{"account_id": id_, "trainee": as_} for id_, as_ in people]
        came += [{"name": n, "village": v, "trainee": Trainee.FARMER} for n, v in named]
        session.participants = [TrainingParticipant(**who) for who in came]
        issued_on = session.held_on + timedelta(days=1)
        for one in session.participants if certified else ():
            serials[issued_on.year] = serials.get(issued_on.year, 0) + 1
            one.certificate = TrainingCertificate(
                region_code=county,
                year=issued_on.year,
                serial=serials[issued_on.year],
                issued_on=issued_on,
                issued_by_id=official,
            )
        db.session.add(session)
    db.session.flush()
