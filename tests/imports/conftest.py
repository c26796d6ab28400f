"""A station, its assistant, and sheets as offices make them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import xlsxwriter

from market.accounts.models import Account
from market.database import db
from market.imports.jobs import work
from market.imports.models import Import
from tests.conftest import Client

HEADS = ("姓名", "电话", "村", "品名", "数量(斤)", "单价(元/斤)")
ROWS = (
    ("田大伯", "13800002201", "白沙村", "脐橙", 30000, 1.6),
    ("田二伯", "13800002202", "白沙村", "蜜柚", 12000, 1.2),
    ("覃三姐", "", "新铺村", "红薯", 8000, 0.8),
)


def workbook(
    rows: Sequence[Sequence[Any]],
    heads: Sequence[str] = HEADS,
    title: str = "白沙镇农产品上市统计表",
) -> bytes:
    """An xlsx with a title above its head."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("上市表")
        sheet.write(0, 0, title)
        for n, row in enumerate([heads, *rows], 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(n, column, cell)
                else:
                    sheet.write(n, column, cell)
    return file.getvalue()


@pytest.fixture
def assistant(make_account: Callable[..., Account]) -> Account:
    return make_account(name="站长", role="assistant", scope="430726")


@pytest.fixture
def station(log_in: Callable[[Account], Client], assistant: Account) -> Client:
    return log_in(assistant)


def bring(client: Client, content: bytes, filename: str = "上市.xlsx", kind: str = "") -> Any:
    """Send a file; the response."""
    page = client.get("/station/imports/new").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    region = re.search(r'name="region" value="(\d+)"', page)
    assert token
    assert region
    return client.post(
        "/station/imports/new",
        data={
            "csrf_token": token[1],
            "key": f"{hash((content, filename)) & (2**128 - 1):032x}",
            "region": region[1],
            "kind": kind,
            "file": (io.BytesIO(content), filename),
        },
    )


def newest() -> Import:
    """The import that was brought last, as it is now."""
    db.session.rollback()
    imported = db.session.scalar(db.select(Import).order_by(Import.id.desc()).limit(1))
    assert imported is not None
    return imported


def chosen_columns(client: Client, address: str) -> dict[str, str]:
    """The columns as the page has matched them by itself."""
    page = client.get(address).get_data(as_text=True)
    found = {}
    for name, options in re.findall(
        r'<select[^>]*name="(column-\d+)"[^>]*>(.*?)</select>', page, re.S
    ):
        selected = re.search(r'<option selected value="([^"]*)"', options)
        found[name] = selected[1] if selected else ""
    return found


def tried(client: Client, content: bytes, filename: str = "上市.xlsx", **more: str) -> Import:
    """Bring a file, take its columns as they were matched, and make the dry run."""
    response = bring(client, content, filename)
    assert response.status_code == 303, response.get_data(as_text=True)
    address = response.headers["Location"]
    said = {"way": "spoken", "witness": "村主任在场", "side": "sell", **more}
    answer = client.send(address, {**chosen_columns(client, address), **said})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    work()
    return newest()


def imported(client: Client, content: bytes, filename: str = "上市.xlsx", **choice: str) -> Import:
    """The same, and import it."""
    number = tried(client, content, filename).id
    start = {"policy": "skip", **choice}
    answer = client.send(f"/station/imports/{number}/start", start, f"/station/imports/{number}")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    work()
    return newest()
