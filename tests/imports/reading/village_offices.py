"""Ten more spreadsheets, as villages and townships write them. People and numbers are invented."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter

from tests.imports.reading.books import workbook

HEADS = ["户主", "电话", "品名", "数量(斤)", "单价(元/斤)"]


def carrying_poles() -> bytes:
    """Amounts in 担 with kilograms beside, names with spaces, days by the farmers' calendar."""
    heads = ["品种名称", "可供量（担）", "折合（公斤）", "联系人", "联系电话（手机）"]
    heads += ["出园价（元/公斤）", "上市期"]
    return workbook(
        {
            "供应": [
                heads,
                ["脐橙", 30, 1500, "张 三", "138-0000-1301", "1.2-1.5", "12月中旬"],
                ["蜜柚", "１２", 600, "李　四", "138 0000 1302 / 0736-5321302", "1.2—1.5", "霜降"],
                ["红薯", "两百担", None, "王五", "(0736)5321303", "面议", "2026.12.5"],
                ["茶叶", "3件", None, "欧阳 大山", "+86 13800001304", "80～100", "清明前后"],
            ]
        }
    )


def counted() -> bytes:
    """Things that are counted: cases, eggs, birds, bottles; numbers in circles."""
    return workbook(
        {
            "供应": [
                ["编号", "农户姓名", "手机", "产品", "数量", "单位", "规格", "单价"],
                ["①", "陈 大 山", "13800001311", "脐橙", 200, "件", "20斤/件", "45元/件"],
                ["②", "陈二", "13800001312", "鸡蛋", 500, "枚", "土鸡蛋", "1.2元/枚"],
                ["③", "陈三", "13800001313", "土鸡", 80, "羽", "3斤左右", "25元/斤"],
                ["④", "陈四", "13800001314", "蜂蜜", 40, "瓶", "1斤装", "60"],
                ["⑤", "陈五", "13800001315", "柑橘", 3, "堆", "统货", "1.1元/斤"],
            ]
        }
    )


def printed_pages() -> bytes:
    """The head again on each page, sums of villages, villages merged over their rows, footnotes."""
    heads = ["序号", "村", "户主", "电话", "品名", "数量(斤)", "单价(元/斤)"]
    return workbook(
        {
            "供应": [
                ["夹山镇冬季农产品上市表（第1页）"],
                heads,
                [1, "栗山村", "张三", "13800001321", "脐橙", 3000, 2.5],
                [2, None, "李四", "13800001322", "蜜柚", 2000, 1.2],
                [None, "栗山村小计", None, None, None, 5000],
                [3, "杨坪村", "王五", "13800001323", "红薯", "８００", "０．８"],
                ["夹山镇冬季农产品上市表（第2页）"],
                heads,
                [4, "杨坪村", "赵六", "13800001324", "红薯", 700, "同上"],
                [None, "杨坪村小计", None, None, None, 1500],
                [None, "全镇合计", None, None, None, 6500],
                ["注：1.数量为预计数；2.价格为地头价。"],
                ["填表人：小周    审核：李主任   2026年11月25日"],
            ]
        },
        merged=["B3:B4"],
    )


def villages() -> bytes:
    """A sheet for each village, called by it, all with the same head."""
    return workbook(
        {
            "栗山村": [HEADS, ["张三", "13800001331", "脐橙", 3000, 2.5]],
            "杨坪村": [HEADS, ["李四", "13800001332", "蜜柚", 2000, 1.2]],
            "说明": [["每村一张表"]],
        }
    )


def dittos() -> bytes:
    """The same as above in every way there is to write it."""
    return workbook(
        {
            "供应": [
                ["户主", "电话", "品名", "数量", "单位", "价格", "上市时间", "村"],
                ["张三", "13800001341", "脐橙", 3000, "斤", 2.5, "12月上旬", "栗山村"],
                ["〃", "〃", "椪柑", 2000, "〃", "〃", "〃", "〃"],
                ["李四", "13800001342", "同上", "1500", "同上", "同上", "同前", "同 上"],
                ["''", "''", "红薯", "约1千", "″", "0.8元", "冬至", "杨坪村"],
            ]
        }
    )


def two_in_a_cell() -> bytes:
    """Names and phones in one column, two phones in a cell, prices with words."""
    return workbook(
        {
            "供应": [
                ["姓名及电话", "产品", "产量(吨)", "价格元/公斤", "备 注"],
                ["张三：13800001351", "脐橙", 3, "2.4", "可代办"],
                ["李四（13800001352、13800001353）", "蜜柚", 2, "1.2-1.5", None],
                ["王五 手机13800001354", "红薯", "1.5t", None, "急卖"],
                ["赵六", "土豆", "0.5吨左右", "1.0", None],
            ]
        }
    )


def typed() -> bytes:
    """CSV in GB18030: wide digits, numbers in words, a phone in powers of ten."""
    return (
        "上报时间,2026-11-20,,,,\n村名,农户名称,联系方式,农产品名称,滞销数量,期望价格\n"
        "栗山村,张三,１３８００００１３６１,脐橙,３０００斤,２．５元／斤\n"
        "栗山村,李四,13800001362,蜜柚,二千斤,一块二\n"
        '杨坪村,王五,1.3800001363E+10,红薯,"1,500",0.8\n'
        "杨坪村,赵六,13800001364,萝卜,三五百斤,几毛钱\n"
    ).encode("gb18030")


def areas_and_amounts() -> bytes:
    """Areas and amounts of the same goods, each below a head of its own."""
    return workbook(
        {
            "供应": [
                ["乡镇", "村", "联系人", "联系电话", "面积（亩）", None, "预计产量（万斤）", None],
                [None, None, None, None, "脐橙", "蜜柚", "脐橙", "蜜柚"],
                ["夹山镇", "栗山村", "张主任", "13800001371", 300, 50, 80, 12],
                ["夹山镇", "杨坪村", "李主任", "13800001372", 100, None, 25, "—"],
                ["合计", None, None, None, 400, 50, 105, 12],
            ]
        },
        merged=[*("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1", "G1:H1", "A3:A4")],
    )


def crossed_out() -> bytes:
    """Rows and cells with a line through them."""
    return struck([HEADS, *_PEOPLE], {(2, n) for n in range(5)} | {(3, 3)})


_PEOPLE: list[list[Any]] = [
    ["张三", "13800001381", "脐橙", 3000, 2.5],
    ["李四", "13800001382", "蜜柚", 2000, 1.2],
    ["王五", "13800001383", "红薯", 800, 0.8],
]


def struck(rows: Sequence[Sequence[Any]], crossed: set[tuple[int, int]]) -> bytes:
    """A workbook with a line through the text of these cells."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        sheet = book.add_worksheet("供应")
        line, bold = book.add_format({"font_strikeout": True}), book.add_format({"bold": True})
        for n, row in enumerate(rows):
            for column, cell in enumerate(row):
                look = line if (n, column) in crossed else bold if n == 0 else None
                sheet.write(n, column, cell, look)
    return data.getvalue()


def many_columns() -> bytes:
    """A fair's list with all that an office asks: sums, lots, areas, and what is private."""
    heads = ["序号", "姓名", "身份证号", "是否脱贫户", "联系电话", "产品", "面积（亩）"]
    heads += ["数量（公斤）", "起订量", "单价（元/公斤）", "总价（元）", "销路", "银行卡号"]
    return workbook(
        {
            "供应": [
                heads,
                [
                    *(1, "张三", "430726197001011234", "是", "13800001391", "脐橙", 5, 3000),
                    *("200斤", 2.5, 7500, "已有客商看货", "6222020000001234567"),
                ],
                [
                    *(2, "李四", None, "否", "13800001392", "蜜柚/红薯", 3, "各500", None, None),
                    *(None, None, None),
                ],
                [
                    *(3, "王五", None, "否", "13800001393", "萝卜", 1, 800, "1吨", None, 640),
                    *(None, None),
                ],
                [
                    *(4, "赵六", None, "否", "13800001394", "红薯、芋头", 2, 900, None, 1, 900),
                    *(None, None),
                ],
            ]
        }
    )


# Name of the file -> what makes it.
OFFICES: dict[str, Callable[[], bytes]] = {
    "担.xlsx": carrying_poles,
    "件.xlsx": counted,
    "分页.xlsx": printed_pages,
    "各村.xlsx": villages,
    "同上.xlsx": dittos,
    "姓名及电话.xlsx": two_in_a_cell,
    "上报.csv": typed,
    "面积产量.xlsx": areas_and_amounts,
    "划掉.xlsx": crossed_out,
    "对接会.xlsx": many_columns,
}
