"""Phone numbers in a text are masked however they are disguised, and other numbers are not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from random import Random

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from market.text.phones import mask_phones, star_number


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800001234，老张", "电话138****1234，老张"),
        ("138 0000 1234", "138 **** 1234"),
        ("1 3 8 0 0 0 0 1 2 3 4", "1 3 8 * * * * 1 2 3 4"),
        ("１３８００００１２３４", "１３８****１２３４"),
        ("一三八零零零零一二三四", "一三八****一二三四"),
        ("+86 138 0000 1234", "+86 138 **** 1234"),
        ("008613800001234", "0086138****1234"),
        ("8613900001234", "86139****1234"),
        ("(86)13900001234", "(86)139****1234"),
        ("013900001234", "0139****1234"),
        ("139\u200b0000\u200b1234", "139\u200b****\u200b1234"),
        ("139/0000/1234", "139/****/1234"),
        ("139,0000,1234", "139,****,1234"),
        ("139，0000，1234", "139，****，1234"),
        ("139*0000*1234", "139******1234"),
        ("壹叁捌零零零零壹贰叁肆", "壹叁捌****壹贰叁肆"),
        ("幺三八零零零零幺二三四", "幺三八****幺二三四"),
        ("幺三八洞洞洞洞幺两三四", "幺三八****幺两三四"),
        ("①③⑧⓪⓪⓪⓪①②③④", "①③⑧****①②③④"),
        ("⑬8⓪⓪⓪⓪⑫34", "⑬8****⑫34"),
        ("139OOOO1234", "139****1234"),
        ("l39OOOOl234", "l39****l234"),
        ("139ооoО1234", "139****1234"),
        ("43210000931", "4321****931"),
        ("倒着读4321 0000 931", "倒着读4321 **** 931"),
        ("1🍊3🍊9🍊0🍊0🍊0🍊0🍊1🍊2🍊3🍊4", "1🍊3🍊9🍊*🍊*🍊*🍊*🍊1🍊2🍊3🍊4"),
        ("one three nine 0000 1234", "one three nine **** 1234"),
        ("14900001234 14800001234 14400001234", "149****1234 148****1234 144****1234"),
        ("13900001234斤", "139****1234斤"),
        ("价格2.35 13900001234", "价格2.35 139****1234"),
        ("0736-5320000", "0736-*****00"),
        ("（0736）5320000", "（0736）*****00"),
        ("0736/532/0000", "0736/***/**00"),
        ("010 12345678", "010 ******78"),
        ("座机：5320000", "座机：*****00"),
        ("400-000-1234", "400-***-**34"),
    ],
)
def test_a_phone_number_inside_text_is_masked(text: str, masked: str) -> None:
    assert mask_phones(text) == masked


NAMED = [
    (name, number)
    for name in (
        "李四",
        "王五",
        "张三",
        "找老三",
        "王二麻子",
        "老六",
        "小九",
        "三姐",
        "一哥",
        "十四",
    )
    for number in (
        "137****9999",
        "1 3 7 * * * * 9 9 9 9",
        "137-****-9999",
        "+86137****9999",
        "一三七****九九九九",
        "1三七****九九九九",
        "13七****九九九九",
        "137，然后****，最后9998",
        "0731-******66",
        "400*****34",
    )
]


@pytest.mark.parametrize(("name", "masked"), NAMED)
def test_the_numeral_of_a_name_is_no_digit_of_the_number_beside_it(name: str, masked: str) -> None:
    signs = "八" if "九" in masked else "8"
    texts = [f"{name}{masked}", f"姜3吨，{name}：{masked}。"]
    if masked.endswith(("9999", "九九九九")):
        texts.append(f"{masked}{name}")
    for text in texts:
        assert mask_phones(text.replace("*", signs)) == text


def test_numerals_of_the_same_script_make_one_number() -> None:
    # Thirteen figures are no telephone number, whoever writes them.
    for text in ("四四一三七八八八八九九九九", "4413788889999", "一二三四五六七八九一二三"):
        assert mask_phones(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "60000斤，2.35元/斤，500斤起批",
        "2026-09-15 至 2026-10-31",
        "供应期2026/12/01-2026/12/31，1500斤",
        "订单 20261120123456789",
        "编号 43070000831",
        "面积1,380,000，1234户",
        "15,000-20,000斤",
        "15,000~200,000斤",
        "15,000-200,000",
        "15000-200000斤",
        "1.35-1.50元/斤，20000斤起",
        "规格150-180-200-250克",
        "18:00-20:00 300斤",
        "1500 l, 200 l, 50 l",
        "商品条码6901234567892",
        "身份证430726199001011234",
        "GB/T 8210-2011",
        "一二三四五六七八九十",
        "十五万三千斤，三元二角一斤",
        "",
    ],
)
def test_other_numbers_stay_as_they_are(text: str) -> None:
    assert mask_phones(text) == text


HAN, FORMAL = "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"
CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨"
FULL = "０１２３４５６７８９"
ALPHABETS = ("0123456789", FULL, HAN, FORMAL, CIRCLED, "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⁰¹²³⁴⁵⁶⁷⁸⁹", "٠١٢٣٤٥٦٧٨٩")
KEYCAP = "\ufe0f\u20e3"
GAPS = (
    "",
    " ",
    "-",
    "/",
    ".",
    "，",
    "、",
    "\u200b",
    "\u2060\u200d",
    "\u3000",
    " - ",
    "|",
    "_",
    "·",
)


def encode(number: str, choose: Random) -> str:
    """`number` disguised by several tricks at once."""
    tricks: list[Callable[[str], str]] = [
        lambda n: n,
        lambda n: n.replace("0", "O").replace("1", "l"),
        lambda n: "".join(choose.choice(ALPHABETS)[int(d)] for d in n),
        lambda n: "".join(d + KEYCAP for d in n),
        lambda n: (alphabet := choose.choice(ALPHABETS)) and "".join(alphabet[int(d)] for d in n),
    ]
    gap = choose.choice(GAPS)
    layout = choose.choice([(11,), (3, 4, 4), (3, 8), (7, 4), (1,) * 11])
    country = choose.choice(("", "", "86", "+86 ", "0086", "0"))
    backwards = choose.random() < 0.2
    if backwards:
        number, layout = number[::-1], layout[::-1]
    groups, at = [], 0
    for size in layout:
        groups.append(number[at : at + size])
        at += size
    trick = choose.choice(tricks)
    disguised = gap.join(map(trick, groups))
    return disguised + country[::-1] if backwards else country + disguised


@settings(max_examples=150)
@given(
    st.text(alphabet="石门柑橘 abc,。\n", max_size=6),
    st.integers(13_000_000_000, 19_999_999_999).map(str),
    st.text(alphabet="石门柑橘 abc,。\n", max_size=6),
    st.integers(0, 2**32),
)
@example("", "13900001234", "", 1)
def test_no_mobile_number_is_left_whole(before: str, number: str, after: str, seed: int) -> None:
    disguised = encode(number, Random(seed))
    masked = mask_phones(before + disguised + after)
    assert len(masked) == len(before + disguised + after)
    assert masked.count("*") >= 4, disguised


UNITS = ("斤", "公斤", "吨", "元", "元/斤", "亩", "头", "箱", " kg")


@given(
    st.text(alphabet="石门柑橘 abc,。\n", max_size=6),
    st.integers(13_000_000_000, 19_999_999_999).map(str),
    st.text(alphabet="石门柑橘 abc,。\n", max_size=6),
    st.integers(0, 2**32),
)
def test_one_number_is_starred_in_every_disguise_and_no_other(
    before: str, number: str, after: str, seed: int
) -> None:
    text = before + encode(number, Random(seed)) + after
    starred = star_number(text, number)
    assert len(starred) == len(text)
    assert star_number(starred, number) == starred
    assert starred != text
    other = str(int(number) ^ 1)
    assert star_number(f"{before}{other}{after}", number) == f"{before}{other}{after}"


# Days of this age: nobody writes others.
DAYS_FROM, DAYS_TO = date(1990, 1, 1), date(2099, 12, 31)
QUANTITIES = st.one_of(
    st.integers(1, 9_999_999).map(str),
    st.integers(1, 9_999_999).map("{:,}".format),
    st.decimals("0.01", "9999", places=2).map(str),
)


@settings(max_examples=150)
@given(
    st.lists(st.tuples(QUANTITIES, st.sampled_from(UNITS)), max_size=4),
    st.dates(DAYS_FROM, DAYS_TO),
)
def test_prices_quantities_and_days_are_never_masked(
    counted: list[tuple[str, str]], day: date
) -> None:
    text = "，".join(f"{number}{unit}" for number, unit in counted) + f"，{day}起"
    assert mask_phones(text) == text


@given(st.text(max_size=60))
def test_masking_keeps_the_length_and_never_fails(text: str) -> None:
    assert len(mask_phones(text)) == len(text)


@given(st.text(alphabet="0138649oOlIzS一零①⑬ -*./,+()斤A", max_size=40))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask_phones(text)
    assert mask_phones(once) == once
    assert re.sub(r"[^*]", "", once) or once == text


TALK = st.sampled_from(
    (
        *("x", "X", "-x-", "年", "号", "转", "加", "，后面是", "，最后", " (石门) ", "（夹山镇）"),
        *(
            "，中间四位",
            " then ",
            "，接着拨",
            "再来",
            "\u3000然后\u3000",
            "y",
            "，第二段",
            "…尾号",
        ),
    )
)


@settings(max_examples=150)
@given(
    st.integers(13_000_000_000, 19_999_999_999).map(str).filter(lambda n: n[7:] != "0000"),
    TALK,
    TALK,
    st.sampled_from(((3, 7), (3,), (7,))),
    st.sampled_from(("0123456789", FULL, HAN, CIRCLED)),
    st.sampled_from(("", "电话", "石门脐橙，", "联系我 ")),
)
@example("13977770011", "x", "x", (3, 7), "0123456789", "")
@example("13977770011", "年", "月", (3, 7), "0123456789", "")
@example("13977770011", "，后面是", "，最后", (3, 7), "0123456789", "")
@example("13977770011", " (石门) ", " (夹山) ", (3, 7), "0123456789", "")
@example("13977770011", "斤", "斤", (3, 7), "0123456789", "")
def test_no_number_told_in_groups_is_left_whole(
    number: str, first: str, second: str, cuts: tuple[int, ...], signs: str, before: str
) -> None:
    assume(not all(part.endswith("00") for part in (number[3:7], number[7:])))
    # A year, or a whole day.
    assume(number[3:5] not in ("19", "20"))
    assume(not (cuts == (7,) and number.endswith("00")))
    assume(not (cuts == (3,) and number.endswith("00")))
    parts = [number[i:j] for i, j in zip((0, *cuts), (*cuts, 11), strict=True)]
    between = (first, second)[: len(cuts)]
    said = parts[0] + "".join(talk + part for talk, part in zip(between, parts[1:], strict=True))
    disguised = before + "".join(signs[int(c)] if c.isdecimal() else c for c in said)
    assert mask_phones(disguised).count("*") == 4, disguised
    assert len(mask_phones(disguised)) == len(disguised)


@pytest.mark.parametrize("sign", ["x", "a", "，", "石", "ab"])
def test_a_number_with_a_sign_after_each_digit_is_masked(sign: str) -> None:
    assert mask_phones(sign.join("13977770011")).count("*") == 4


@pytest.mark.parametrize(
    "text",
    [
        "2026年12月1日起，每箱139元，共7777斤",
        "1390斤 7777元",
        "1390斤 7777元 0011",
        "每箱139元，共7777斤，发2345箱",
        "138元/箱，2026年11月上市，1205箱",
        "亩产139公斤，种了7777亩，户数1234户",
        "规格150以上，库存2000，另有3000",
        "139kg 7777kg 1234kg",
        "150 boxes, 2345 kg, 1234 t",
        "GB 159—2014，GB 2762",
        "树龄150年，1234株，2345斤",
        "139元7777斤2026年12月1日",
        "2025年150吨，2026年1800吨，2027年2100吨",
        "150元 20261201到货",
        "1.139元，7777斤，1234箱",
        "第139号 1500斤 2345元",
    ],
)
def test_prices_days_and_quantities_beside_one_another_are_no_number(text: str) -> None:
    assert mask_phones(text) == text


NAMES = st.from_regex(r"[a-z][a-z0-9_]{4,10}[0-9_]", fullmatch=True).filter(
    lambda name: mask_phones(name) == name
)


@settings(max_examples=150)
@given(
    st.sampled_from(("石门柑橘，", "", "电话同号，", "2.35元/斤 ")),
    st.sampled_from(
        ("微信", "微信号：", "微信同号 ", "wx:", "WX", "vx ", "V信：", "加微 ", "wechat: ")
    ),
    NAMES,
    st.sampled_from(("", "，随时", " 老张", "。")),
)
@example("", "wx: ", "laowang88", "")
@example("", "加我微信 ", "wxid_abc12345", "")
def test_a_name_in_wechat_is_masked_after_the_word_that_tells_it(
    before: str, lead: str, name: str, after: str
) -> None:
    text = f"{before}{lead}{name}{after}"
    masked = mask_phones(text)
    assert name not in masked
    assert len(masked) == len(text)
    assert masked.startswith(before + lead + name[:2])
    assert mask_phones(masked) == masked


def test_a_number_in_qq_is_masked() -> None:
    assert mask_phones("QQ 123456789，企鹅号：8812345") == "QQ 12*******，企鹅号：88*****"


@pytest.mark.parametrize(
    "text",
    [
        "支持微信支付，微信群通知",
        "微信同号",
        "wx-20 型烘干机，VX3000 水泵",
        "QQ糖 50000斤，QQ 20000 斤",
        "Wexford 2026, boxwx123456",
        "wechat payment accepted",
        "微信转账3.5元/斤",
    ],
)
def test_what_only_speaks_of_chat_programs_stays_as_it_is(text: str) -> None:
    assert mask_phones(text) == text
