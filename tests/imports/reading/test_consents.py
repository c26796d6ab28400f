"""Whether, how and before whom the farmers of a sheet agreed; sums in words; two-line prices."""

from __future__ import annotations

from typing import Any

import pytest

from market.imports.reading.heads import ImportKind, find_head
from market.imports.reading.sheets import Sheet
from tests.imports.reading.books import read, refused, values

pytestmark = pytest.mark.usefixtures("reference")
HEADS = ("姓名", "电话", "村", "是否同意", "同意方式", "见证人")
YES = ("田大伯", "13800002201", "白沙村", "是", "口头", "村主任")


def roll(*rows: tuple[Any, ...], heads: tuple[str, ...] = HEADS) -> Sheet:
    return Sheet("名册", (heads, *rows))


@pytest.mark.parametrize(
    "answer", ["否", "不同意", "未同意", "不愿意", "拒绝签字", "没有", "no", "×", "无", 0, False]
)
@pytest.mark.parametrize("head", ["是否同意", "同意", "是否委托", "授权", "农户意见"])
def test_who_said_no_is_refused_at_the_cell(answer: Any, head: str) -> None:
    heads = (*HEADS[:3], head, *HEADS[4:])
    rows = roll(YES, ("田二伯", "", "白沙村", answer, "口头", "村主任"), heads=heads)
    (agreed, not_agreed), _others = read(rows, ImportKind.FARMERS)
    assert not agreed.problems
    (problem,) = not_agreed.problems
    assert (problem.field, problem.column) == ("agreed", 3)
    assert "没有同意" in str(problem.text)


@pytest.mark.parametrize("answer", ["是", "√", "同意", "已同意", "没意见", "yes", True, 1])
def test_who_said_yes_is_not_refused(answer: Any) -> None:
    rows = roll(YES, (*YES[:3], answer, *YES[4:]))
    entries, _others = read(rows, ImportKind.FARMERS)
    assert [entry.problems for entry in entries] == [(), ()]


def test_who_said_nothing_is_refused_only_where_others_said_yes() -> None:
    silent = ("田二伯", "", "白沙村", None, "口头", "村主任")
    (_yes, other), _others = read(roll(YES, silent), ImportKind.FARMERS)
    assert list(refused(other)) == ["agreed"]
    (other,), _others = read(roll(silent), ImportKind.FARMERS)
    assert not other.problems


def test_ditto_below_a_no_is_a_no() -> None:
    rows = roll(YES, (*YES[:3], "×", *YES[4:]), (*YES[:3], "同上", *YES[4:]))
    entries, _others = read(rows, ImportKind.FARMERS)
    assert [list(refused(entry)) for entry in entries] == [[], ["agreed"], ["agreed"]]


def test_an_answer_of_both_is_asked_about() -> None:
    (entry,), _others = read(roll((*YES[:3], "是□否☑", *YES[4:])), ImportKind.FARMERS)
    assert "“是□否☑”" in refused(entry)["agreed"]


def test_an_offer_of_who_said_no_is_refused_too() -> None:
    heads = ("姓名", "品名", "数量(斤)", "是否同意发布")
    sheet = roll(("田大伯", "脐橙", 300, "是"), ("田二伯", "脐橙", 300, "否"), heads=heads)
    (agreed, not_agreed), _others = read(sheet)
    assert "agreed" not in refused(agreed)
    assert "agreed" in refused(not_agreed)


@pytest.mark.parametrize(
    ("cell", "way", "witness"),
    [
        ("口头（村支书在场）", "spoken", "村支书在场"),
        ("书面，存村会计处", "paper", "存村会计处"),
        ("电话（李主任）", "phone", "李主任"),
        ("村支书在场口头同意", "spoken", "村支书在场"),
        ("书面（签字）", "paper", None),
        ("盖章", "paper", None),
        ("已加盖公章", "paper", None),
    ],
)
def test_the_cell_of_the_way_may_name_who_saw_it(cell: str, way: str, witness: str | None) -> None:
    (entry,), _others = read(roll((*YES[:4], cell, None)), ImportKind.FARMERS)
    assert values(entry, "consent", "witness") == (way, witness)


def test_a_witness_of_its_own_column_wins() -> None:
    (entry,), _others = read(roll((*YES[:4], "口头（村支书在场）", "王会计")), ImportKind.FARMERS)
    assert values(entry, "witness") == ("王会计",)


@pytest.mark.parametrize(
    "words",
    [
        *("共6户", "共 6 户", "以上共六户", "总共12户农户", "白沙村共12户", "总户数：6户"),
        *("合计6户，均已签字，同意书存村委会", "合计6户，脐橙3万斤，蜜柚2万斤，红薯八千斤"),
    ],
)
def test_a_sum_in_words_is_no_farmer_and_no_goods(words: str) -> None:
    _entries, others = read(roll(YES, (words, *[None] * 5)), ImportKind.FARMERS)
    assert others[2] == "total"
    heads = ("姓名", "品名", "数量(斤)")
    sheet = roll(("田大伯", "脐橙", 300), (None, words, 300), heads=heads)
    entries, others = read(sheet)
    assert (len(entries), others[2]) == (1, "total")


@pytest.mark.parametrize("name", ["共富合作社", "共一果业", "共同村王五"])
def test_a_name_that_begins_like_a_sum_is_a_name(name: str) -> None:
    entries, _others = read(roll(YES, (name, *YES[1:])), ImportKind.FARMERS)
    assert values(entries[1], "name") == (name,)


def test_goods_with_their_sum_beside_the_name_are_an_entry() -> None:
    heads = ("姓名", "品名", "数量(斤)")
    entries, _others = read(roll(("田大伯", "脐橙共3000斤", 3000), heads=heads))
    assert len(entries) == 1


@pytest.mark.parametrize(
    ("above", "low", "high"),
    [
        ("价格", "最低", "最高"),
        ("价格（元/斤）", "最低价", "最高价"),
        ("收购价(元/斤)", "最低", "最高"),
        ("单价", "下限", "上限"),
        (None, "起价", "止价"),
        (None, "价格下限", "价格上限"),
        (None, "最低价", "最高价"),
    ],
)
def test_a_price_of_two_columns_is_a_range(above: str | None, low: str, high: str) -> None:
    rows = [
        ("姓名", "品名", "数量", above or low, above or high),
        ("田大伯", "脐橙", "3000斤", "1.5元/斤", "1.8元/斤"),
    ]
    if above:
        rows.insert(1, ("姓名", "品名", "数量", low, high))
    sheet = Sheet("表", tuple(rows))
    head = find_head(sheet, ImportKind.OFFERS)
    assert head is not None
    assert [column.field for column in head.columns[3:]] == ["price", "price_to"]
    (entry,), _others = read(sheet)
    assert values(entry, "price", "price_to", "price_unit") == ("1.5", "1.8", "jin")
