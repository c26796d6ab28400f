"""Townships: their English names, and what is read of a text."""

from __future__ import annotations

import pytest
from flask import Flask

from market.database import db
from market.regions.models import Township
from market.regions.queries import region_lexicon
from market.regions.services import check_townships
from market.regions.townships import english_township, short_name, village_name

SHIMEN = "430726"


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("皂市镇", "Zaoshi Town"),
        ("雁池乡", "Yanchi Township"),
        ("楚江街道", "Chujiang Subdistrict"),
        ("三合口瑶族乡", "Sanhekou Yao Township"),
        ("大同山林场", "Datongshan Forest Farm"),
        ("衡州监狱", "Hengzhoujianyu"),
    ],
)
def test_a_township_is_called_in_english_by_its_sound_and_kind(name: str, english: str) -> None:
    assert english_township(name) == english


def test_the_short_name_is_without_the_kind() -> None:
    assert short_name("皂市镇") == "皂市"
    assert short_name("三合口瑶族乡") == "三合口"
    assert short_name("秀坪园艺场") == "秀坪园艺场"


def test_the_reference_data_have_kind_and_english_name(app: Flask) -> None:
    zaoshi = db.session.get_one(Township, "430726105")
    assert (zaoshi.name_en, zaoshi.kind) == ("Zaoshi Town", "镇")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("皂市镇", "皂市镇"),
        ("白云", "白云镇"),
        ("白云山林场", "白云山林场"),
        ("夹山", "夹山镇"),
        ("秀坪", "秀坪园艺场"),
        ("秀", None),
        ("桃源", None),
        ("", None),
    ],
)
def test_a_text_names_one_township_of_the_county_or_none(
    app: Flask, text: str, name: str | None
) -> None:
    found = region_lexicon().townships.read(text, SHIMEN)
    assert (found and found.name) == name


def test_what_follows_the_town_is_its_village(app: Flask) -> None:
    townships = region_lexicon().townships
    found, rest = townships.split("皂市镇·阳泉村", SHIMEN)
    assert found is not None
    assert (found.name, rest) == ("皂市镇", "阳泉村")
    assert townships.split("二都乡", SHIMEN) == (None, "二都乡")


def test_the_check_names_what_is_wrong_with_townships() -> None:
    good = {"code": "430726105", "name": "皂市镇", "region_code": SHIMEN, "kind": "镇"}
    assert list(check_townships([good])) == []
    problems = list(
        check_townships([good, good, {**good, "code": "43072610", "name": "x", "kind": "村"}])
    )
    assert [problem.split(": ")[1] for problem in problems] == [
        "no code of nine digits of its own",
        "its county has two of this name",
        "no code of nine digits of its own",
        "no such kind '村'",
    ]


def test_the_towns_to_choose_from_are_those_of_the_county_typed(app: Flask) -> None:
    client = app.test_client()
    names = [t["value"] for t in client.get("/regions/townships.json?region=常德市·石门县").json]
    assert "皂市镇" in names
    assert client.get("/regions/townships.json?region=石门县夹山镇").json
    assert client.get("/regions/townships.json?region=湖南").json == []
    assert client.get("/regions/townships.json?region=").json == []


@pytest.mark.parametrize(
    ("written", "village"),
    [
        *(("秀坪村3组", "秀坪村"), ("秀坪村五组", "秀坪村"), ("秀坪村（3组）", "秀坪村")),
        *(("秀坪村向家湾组12号", "秀坪村"), ("三江口村一社", "三江口村"), ("秀坪村", "秀坪村")),
        *(("秀坪村村委会", "秀坪村"), ("秀坪村委会", "秀坪村"), ("永兴居委会", "永兴居委会")),
        *(("永兴社区居委会", "永兴社区"), ("新农村社区", "新农村社区"), ("村头村", "村头村")),
        *(("九伙坪第三村民小组", "九伙坪"), ("九伙坪 3组", "九伙坪"), ("九伙坪", "九伙坪")),
        *(
            ("三号桥", "三号桥"),
            ("1号村", "1号村"),
            ("第五组", ""),
            ("", ""),
            ("Xiuping", "Xiuping"),
        ),
    ],
)
def test_a_village_is_read_without_its_group(written: str, village: str) -> None:
    assert village_name(written) == village
    assert village_name(village) == village
