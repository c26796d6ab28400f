"""Spreadsheets as thirteen offices make them. Offices, people and numbers are invented."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from tests.imports.reading.books import workbook

FILES = Path(__file__).parent / "files"


def township() -> bytes:
    """Titles, a merged one, notes, a sum, a number of a phone, one in powers of ten."""
    return workbook(
        {
            "供应": [
                ["夹山镇农产品供应信息表"],
                ["填报单位：夹山镇信息站", None, None, "2026年11月28日"],
                [
                    *("序号", "户主姓名", "联系电话", "村组", "品名", "规格", "数量(万斤)"),
                    *("单价（元/斤）", "上市时间", "备注"),
                ],
                [
                    *(1, "张三", 13800001122, "栗山村3组", "脐橙", "果径60以上", 3, 2.5),
                    *(date(2026, 12, 5), None),
                ],
                [2, "李四", "13800001123", "杨坪村", "椪柑", None, "5吨", "面议", "12月中旬"],
                [3, "王五", "1.38E+10", "夹山村", "地瓜", None, "3万", "2-3"],
                ["小计", None, None, None, None, None, ("=SUM(G4:G6)", 3)],
                [],
                ["填表人：王小二", None, "审核：李主任"],
            ]
        },
        merged=["A1:J1"],
    )


def two_lines() -> bytes:
    """A head of two lines, units in a column of their own, months as numbers."""
    return workbook(
        {
            "Sheet1": [
                ["2026年冬季农产品供应摸底表"],
                [
                    *("序号", "乡镇", "村", "联系方式", None, "产品情况", None, None, "供应情况"),
                    *(None, None, "上市月份", "备注"),
                ],
                [
                    *(None, None, None, "姓名", "电话", "品名", "品种", "规格/等级", "数量"),
                    *("单位", "单价（元）", None, None),
                ],
                [
                    *(1, "夹山镇", "栗山村", "周大山", "13800001140", "柑橘", "温州蜜柑", "一级"),
                    *(5, "万斤", 1.2, "12-1", None),
                ],
                [
                    *(2, "夹山", None, "周小山", "13800001141", "柑橘", "纽荷尔脐橙", "统货"),
                    *("20", "吨", "1.5元/斤", 12, "可代办"),
                ],
                [
                    *(3, "皂市", "阳泉村", "吴秀英", "0736-5320001", "猪", None, None, 30, "头"),
                    *(18, None, "毛猪"),
                ],
                [
                    *(4, "没有镇", "某村", "郑强", "13800001143", "白菜", None, None, 3000, "斤"),
                    *(0.5, None, None),
                ],
            ]
        },
        merged=[*("A1:M1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:H2", "I2:K2", "L2:L3", "M2:M3")],
    )


CSV = """姓名,电话,产品名称,供应量,价格,产地
张三,13800001122,脐橙、冰糖橙,5000斤,2.5,石门县夹山镇
李四,13800001123,脐橙、冰糖橙,各5000斤,2.5元/斤,石门
王五,13800001124,辣椒5000斤、茄子3000斤,,面议,澧县
赵六,13800001125,萝卜、白菜,3000斤/2000斤,0.5/0.6,石门
孙七,138****1126,茶叶,"1,200斤",,长沙
"""


def gb18030() -> bytes:
    """CSV as Excel writes it in China; several goods in a cell."""
    return CSV.encode("gb18030")


def unicode_text() -> bytes:
    """What Excel calls Unicode text: UTF-16 with tabs."""
    rows = ["收购公告", "采购商\t电话\t品种\t采购量\t收购价\t截止日期"]
    rows += ["老王\t13800001211\t生姜\t3吨\t3.2元/公斤\t二〇二六年十二月三十一日"]
    rows += ["老王\t同上\t大蒜\t2吨\t4块5一公斤\t12月底"]
    return ("\ufeff" + "\r\n".join(rows) + "\r\n").encode("utf-16-le")


def demand() -> bytes:
    """Excel 97, purchases: names with phones, an error, a hidden list, two numbers."""
    return (FILES / "demand.xls").read_bytes()


_NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}


def ods(tables: str) -> bytes:
    """An OpenDocument spreadsheet of these tables."""
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}>'
        '<office:automatic-styles><style:style style:name="hidden" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return data.getvalue()


def cell(value: Any = None, attributes: str = "") -> str:
    """A cell of an OpenDocument table."""
    if value is None:
        return f"<table:table-cell {attributes}/>"
    kind = 'value-type="string"'
    if isinstance(value, int | float):
        kind = f'value-type="float" office:value="{value}"'
    if isinstance(value, date):
        kind = f'value-type="date" office:date-value="{value}"'
    shown = f"<text:p>{value}</text:p>"
    return f"<table:table-cell office:{kind} {attributes}>{shown}</table:table-cell>"


def row(*cells: str, attributes: str = "") -> str:
    """A row of an OpenDocument table."""
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def libre_office() -> bytes:
    """OpenDocument: a buyer merged over two rows, an error, a formula without its value, a
    million empty rows below, a hidden sheet."""
    covered = "<table:covered-table-cell/>"
    tall = 'table:number-rows-spanned="2"'
    formula = 'table:formula="of:=[.D3]*2"'
    error = (
        f'<table:table-cell {formula} office:value-type="string" calcext:value-type="error">'
        "<text:p>#REF!</text:p></table:table-cell>"
    )
    heads = ("采购商", "电话", "品种", "需求量(公斤)", "收购价(元/公斤)", "交货时间")
    table = "".join(
        [
            row(cell("收购需求表", 'table:number-columns-spanned="6"'), covered * 5),
            row(*map(cell, heads)),
            row(
                cell("老王", tall),
                cell(13800001210, tall),
                *map(cell, ("茶叶", 500, 60, date(2026, 12, 20))),
            ),
            row(covered * 2, cell("生姜"), error, cell("面议")),
            row(cell("老李"), cell(), cell("大蒜"), cell(None, formula), cell(5)),
            row(cell("老张"), cell(), cell("大蒜"), cell(1000, formula), cell(5)),
            row(
                cell(None, 'table:number-columns-repeated="16384"'),
                attributes='table:number-rows-repeated="1048000"',
            ),
        ]
    )
    return ods(
        f'<table:table table:name="收购">{table}</table:table>'
        f'<table:table table:name="旧表" table:style-name="hidden">{row(cell("x"))}</table:table>'
    )


def web_page() -> bytes:
    """A web page that a system exports as .xls, in GB2312."""
    return (
        "<html><head><meta http-equiv=Content-Type content='text/html; charset=gb2312'>"
        "<style>td{mso-number-format:'@'}</style></head><body><table border=1>"
        "<tr><th colspan=2>农户</th><th rowspan=2>供应产品</th><th rowspan=2>数量</th></tr>"
        "<tr><th>姓名</th><th>电话</th></tr>"
        "<tr><td rowspan=2>张三</td><td rowspan=2>13800001220</td><td>大米</td><td>1000斤</td></tr>"
        "<tr><td>糯米</td><td>500&nbsp;斤</td></tr>"
        "<tr><td>合计</td><td></td><td></td><td>1500斤</td></table></body></html>"
    ).encode("gb2312")


def ledger() -> bytes:
    """Begins below and right of the corner; sections, heads again on each page, 同上, sums that
    nobody names, rows that are only numbered."""
    heads = [
        *(None, "编号", "合作社/大户名称", "联系人", "手机号码", "滞销品种", "滞销量（吨）"),
        *("存放地点", "参考价", "备注栏"),
    ]
    return workbook(
        {
            "台账": [
                [],
                [],
                [None, "皂市镇  滞销农产品  台账"],
                heads,
                [None, "一、水果类"],
                [
                    *(None, 1, "绿野合作社", "陈刚", "13800001150", "冰糖橙", 35.5, "皂市镇冷库"),
                    *("1.8元／斤", "品质好"),
                ],
                [None, 2, "张家大户", "张军", "13800001151", "柑橘", "12", "皂市镇", "面谈", ""],
                [None, "小 计", None, None, None, None, 47.5],
                heads,
                [None, "二、蔬菜类"],
                [None, 3, "同上", "同上", "〃", "萝卜", 8, "同上", "600元/吨", None],
                [None, 4, None, None, None, None, None, None, None, None],
                [None, 5, "李家", "李四", "13800001152", "水果", 3, "皂市镇", 2, None],
                [None, None, None, None, None, None, 58.5],
                [None, "备注：数据截止11月28日。"],
            ]
        },
        merged=["B5:J5", "B10:J10"],
    )


def dates() -> bytes:
    """Days in every way there is."""
    days = [
        *(("46360", "二〇二七年一月三十一日"), (10.1, None), ("9-11", None)),
        *(("2026.12.5-2027.1.10", None), ("常年供应", None), ("明年1月", None)),
        *(("2026/12/5 0:00:00", "2025年1月1日"), ("冬天", "12月"), (20261205, 20270105)),
    ]
    return workbook(
        {
            "采收期": [
                ["品名", "数量", "单位", "售价", "采收期", "截止日期", "姓名", "电话"],
                *(
                    ["脐橙", 3000, "斤", 2.5, begin, end, f"农户{n}", 13800001160 + n]
                    for n, (begin, end) in enumerate(days)
                ),
            ]
        }
    )


def formulas() -> bytes:
    """Formulas with their values and without, merged amounts, records of two lines, notes of a
    hidden sheet."""
    return workbook(
        {
            "供应": [
                ["村", "户主", "电话", "产品", "数量", "单位", "价格(元/斤)"],
                ["栗山村", "张三", "13800001200", "脐橙", ("=1500*2", 3000), "斤", 2.5],
                [None, None, None, "椪柑", ("=E2-1000", 2000), "斤", None],
                [None, "李四", "13800001201", "红薯", 5000, "斤", 0.8],
                [None, None, None, "萝卜", None, "斤", ("=1/0", "#DIV/0!")],
                ["杨坪村", "王五", "13800001202", "茶叶", 100, "斤", 50],
                [None, None, None, None, None, None, None],
                ["杨坪村", "赵六", "13800001203", "大米", 900, "斤", ("=G2*2", "")],
            ],
            "单价": [["产品", "单价"], ["脐橙", 2.5]],
        },
        merged=[
            *("A2:A5", "B2:B3", "C2:C3", "G2:G3", "B4:B5", "C4:C5", "E4:E5"),
            *(f"{column}6:{column}7" for column in "ABCDEFG"),
        ],
        hidden=["单价"],
    )


def english() -> bytes:
    """An English sheet of a company."""
    return workbook(
        {
            "Supply": [
                [
                    *("No.", "Farmer name", "Phone number", "County", "Product"),
                    *("Quantity (jin)", "Price (CNY/jin)", "Available from", "Notes"),
                ],
                [
                    *(1, "Zhang San", 13800001190, "Shimen", "navel orange", 30000, 2.5),
                    *("2026-12-05", "sweet"),
                ],
                [
                    *(2, "Li Si", "13800001191", "Shimen County", "sweet potato", "5 tonnes"),
                    *("on request", "mid December", None),
                ],
                ["Total", None, None, None, None, 40000],
            ]
        }
    )


def deals() -> bytes:
    """Deals of a fair, with sums in 万元 that must be price times quantity."""
    return workbook(
        {
            "成交": [
                ["石门县2026年秋季产销对接会成交登记表"],
                [
                    *("序号", "成交日期", "卖方", "卖方电话", "买方", "买方电话", "买方所在地"),
                    *("成交品种", "成交数量（吨）", "成交单价（元/公斤）", "成交金额（万元）"),
                    "成交方式",
                ],
                [
                    *(1, date(2026, 11, 20), "张三", "13800001170", "长沙鲜达公司", 13800001171),
                    *("长沙市雨花区", "脐橙", 20, 3.2, 6.4, "对接会现场签约"),
                ],
                [
                    *(2, "11月21日", "李四", "13800001172", "王老板", "13800001173", "武汉"),
                    *("椪柑", 10, 2, 3, "日常"),
                ],
                [
                    *(3, "2027-01-01", "赵六", None, "超市", "0731-88888888", "湖南长沙县"),
                    *("红薯", ("=2*3", 6), 1.5, ("=I5*J5/10", 0.9), "微信"),
                ],
                ["合计", *[None] * 7, 36, None, 10.3],
            ]
        }
    )


def farmers() -> bytes:
    """A register of farmers with how they agreed."""
    return workbook(
        {
            "农户": [
                ["夹山镇农户信息登记表"],
                [
                    *("序号", "姓名", "性别", "身份证号码", "联系电话", "所属乡镇", "村组"),
                    *("农户类型", "同意方式", "见证人", "登记日期"),
                ],
                [
                    *(1, "张三", "男", "430726197001011234", 13800001180, "夹山镇", "栗山村3组"),
                    *("种植大户", "书面", "李支书", "2026.11.1"),
                ],
                [
                    *(2, "李四", "女", None, None, "夹山", "栗山村", "合作社", "口头", None),
                    None,
                ],
                [
                    *(3, "王五", "男", None, "1380000118", "夹山镇", None, "其他", "不同意"),
                    *(None, "明天"),
                ],
                [4, None, "男", None, "13800001181", "夹山镇", None, "农户", "是", "李支书"],
            ]
        }
    )


# Name of the file -> what makes it.
OFFICES: dict[str, Callable[[], bytes]] = {
    "夹山镇供应表.xlsx": township,
    "摸底表.xlsx": two_lines,
    "供应.csv": gb18030,
    "收购公告.txt": unicode_text,
    "求购.xls": demand,
    "收购需求.ods": libre_office,
    "导出.xls": web_page,
    "台账.xlsx": ledger,
    "采收期.xlsx": dates,
    "供应公式.xlsx": formulas,
    "supply.xlsx": english,
    "成交.xlsx": deals,
    "农户.xlsx": farmers,
}
