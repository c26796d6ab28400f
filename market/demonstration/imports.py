"""Sheets of the demonstration's station: one that was imported, one that was tried and waits."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import xlsxwriter
from sqlalchemy import insert, select, update

from market.accounts.models import Account
from market.database import db
from market.demonstration.participants import Participants
from market.demonstration.people import phone
from market.imports import files
from market.imports.checking import check_sheet
from market.imports.jobs import COUNTED
from market.imports.models import Import, ImportRow, ImportState, RowState
from market.imports.reading.heads import ImportKind, find_head
from market.imports.reading.sheets import read_sheets
from market.imports.values import pack, row_key
from market.offers.models import Offer, OfferStatus, Verification
from market.web.filters import readable_phone

NAMESPACE = uuid.UUID("5f1e6f2e-1f3c-4f0e-9d55-0d6a2f4c8a01")
WITNESS = "村主任在场，名单存信息站（示范）"
# Numbers of the demonstration that belong to no account.
FIRST_PHONE = 9_950
IMPORTED_AGO = timedelta(hours=3)
MOST_IMPORTED = 8
HEADS = (
    "序号",
    "户主姓名",
    "联系电话",
    "村",
    "品名",
    "数量(万斤)",
    "单价(元/斤)",
    "上市时间",
    "备注",
)
# Of farmers who are new: (name, village, product, quantity, price, from, note).
ROWS: tuple[tuple[Any, ...], ...] = (
    ("示范覃大伯", "示范阳泉村", "脐橙", 3, 1.8, "12月中旬", "地头可装车"),
    ("示范覃大伯", "示范阳泉村", "蜜柚", 1.2, 1.1, "", ""),
    ("示范唐三姐", "示范阳泉村", "红薯", 0.8, "面议", "", "带泥"),
    ("示范向老四", "示范竹园村", "生姜", "1万斤左右", "2.5-2.8", "", ""),
    ("示范向老四", "示范竹园村", "土货", 0.5, 3, "", "没写清是什么"),
    ("示范龚师傅", "示范竹园村", "冰糖橙", "好几车", 2.2, "", ""),
    ("示范龚师傅", "示范竹园村", "萝卜", 2, 0.4, "12月1日", ""),
    ("示范唐三姐", "示范阳泉村", "红薯", 0.8, "面议", "", "带泥"),
    ("合计", "", "", 9.3, "", "", ""),
)


def write_imports(participants: Participants, now: datetime) -> None:
    """Write both. Inside transaction(), after accounts and offers."""
    assistant = db.session.get_one(Account, participants.assistant_id)
    _imported(assistant, now)
    _tried(assistant, now)


def _import(assistant: Account, name: str, content: bytes, at: datetime, **values: Any) -> Import:
    imported = Import(
        region_code=assistant.region_code,
        assistant_id=assistant.id,
        kind=ImportKind.OFFERS,
        filename=name,
        file_sha256=files.store_file(content),
        sheet=0,
        way="spoken",
        witness=WITNESS,
        created_at=at,
        key=uuid.uuid5(NAMESPACE, name).hex,
        **values,
    )
    db.session.add(imported)
    db.session.flush()
    return imported


def _imported(assistant: Account, now: datetime) -> None:
    """Offers of the station's farmers as if they had come from a sheet, three hours ago."""
    at = now - IMPORTED_AGO
    offers = db.session.execute(
        select(Offer, Account)
        .join(Account, Account.id == Offer.owner_id)
        .where(
            Account.represented_by_id == assistant.id,
            Offer.status == OfferStatus.PUBLISHED,
            Offer.verification == Verification.UNVERIFIED,
            Offer.region_code == assistant.region_code,
        )
        .order_by(Offer.id)
        .limit(MOST_IMPORTED)
    ).all()
    if not offers:
        return
    rows = [
        (
            *(owner.name, "", offer.product.name, offer.quantity, offer.price_low or "面议"),
            *("", ""),
        )
        for offer, owner in offers
    ]
    content = _workbook([(n, row[0], "", *row[1:]) for n, row in enumerate(rows, 1)])
    made = len(offers)
    imported = _import(
        assistant,
        "示范镇十一月上市表.xlsx",
        content,
        at - timedelta(minutes=9),
        state=ImportState.DONE,
        done_at=at,
        ready=made,
        made=made,
        progress=100,
    )
    # Untouched since, so that the import can be undone.
    ids = [offer.id for offer, _owner in offers]
    db.session.execute(update(Offer).where(Offer.id.in_(ids)).values(updated_at=at))
    db.session.execute(
        insert(ImportRow),
        [_made_row(imported, n, offer, owner) for n, (offer, owner) in enumerate(offers)],
    )


def _made_row(imported: Import, number: int, offer: Offer, owner: Account) -> dict[str, Any]:
    values = pack(
        {
            "name": owner.name,
            "region": offer.region_code,
            "side": offer.side,
            "product": offer.product_code,
            "product_words": offer.product_words,
            "grade": offer.grade,
            "quantity": offer.quantity,
            "unit": offer.unit,
            "price": offer.price_low,
            "price_to": offer.price_high,
            "price_unit": offer.price_unit,
        }
    )
    return {
        "import_id": imported.id,
        "row": number + 2,
        "state": RowState.MADE,
        "values": values,
        "row_key": row_key(imported.region_code, imported.kind, values, offer.id),
        "account_id": owner.id,
        "offer_id": offer.id,
    }


def _tried(assistant: Account, now: datetime) -> None:
    """A sheet with rows that are right, wrong, twice and no goods."""
    numbers = {row[0]: FIRST_PHONE + n for n, row in enumerate(ROWS)}
    rows = []
    for n, (name, *rest) in enumerate(ROWS, 1):
        number = "" if name == "合计" else readable_phone(phone(numbers[name]))
        rows.append((n, name, number, *rest))
    content = _workbook(rows)
    name = "示范镇十二月上市表.xlsx"
    at = now - timedelta(minutes=25)
    imported = _import(assistant, name, content, at, state=ImportState.CHECKED)
    head = find_head(read_sheets(content, name)[0], ImportKind.OFFERS)
    assert head is not None
    imported.columns = {str(column.index): column.field for column in head.columns}
    checked = check_sheet(imported, lambda progress: None)
    for state, column in COUNTED.items():
        setattr(imported, column, sum(row.state is state for row in checked))
    db.session.execute(insert(ImportRow), [{"import_id": imported.id, **vars(r)} for r in checked])


def _workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        # The same content each time it is made.
        book.set_properties({"created": datetime(2026, 1, 1)})
        sheet = book.add_worksheet("上市表")
        sheet.write_string(0, 0, "示范镇农产品上市情况统计表（示范数据，均为虚构）")
        for n, row in enumerate([HEADS, *rows], 1):
            for column, cell in enumerate(row):
                sheet.write(n, column, cell)
    return file.getvalue()
