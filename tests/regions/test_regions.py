"""The tree of regions: what is loaded, what a text means, what the check finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from market.database import db, transaction
from market.regions.forms import RegionField
from market.regions.models import Level, Region, is_current, is_within, within
from market.regions.queries import (
    children,
    full_name,
    home_region,
    leaves,
    resolve_region,
    suggest_regions,
)
from market.regions.services import check_regions, load_regions
from market.web.forms import Form
from tests.reference import copy_with_change

pytestmark = pytest.mark.postgresql


def names(regions) -> list[str]:
    return [full_name(r) for r in regions]


def test_the_whole_country_and_the_zones_are_loaded(app: Flask) -> None:
    statutory = Region.host_code.is_(None), is_current()
    counted = select(Region.level, func.count()).where(*statutory).group_by(Region.level)
    assert dict(db.session.execute(counted).all()) == {
        Level.PROVINCE: 34,
        Level.PREFECTURE: 333,
        Level.COUNTY: 2882,
    }


def test_the_home_region_has_124_reporting_leaves_two_of_them_zones(app: Flask) -> None:
    found = leaves(home_region().path)
    assert len(found) == 124
    assert sorted(r.code for r in found if r.host_code) == ["430671", "430971"]


def test_which_zones_report_is_a_setting(app: Flask) -> None:
    app.config["REPORTING_ZONES"] = ("430671", "430771")
    with transaction():
        load_regions()
    assert [r.code for r in leaves("43") if r.host_code] == ["430671", "430771"]


def test_loading_again_changes_nothing(app: Flask) -> None:
    before = db.session.execute(select(Region.__table__)).all()
    with transaction():
        load_regions()
    assert db.session.execute(select(Region.__table__)).all() == before


def test_a_subtree_is_a_path_prefix_and_no_look_alike(app: Flask) -> None:
    inside = db.session.scalars(select(Region.code).where(within(Region.path, "43/4307"))).all()
    assert "430726" in inside
    assert "430700" in inside
    assert all(code.startswith("4307") for code in inside)
    assert is_within("43/4307/430726", "43")
    assert not is_within("43/43071", "43/4307")


MEANT = {
    "430726": ["常德市·石门县"],
    "石门县": ["常德市·石门县"],
    "石门": ["常德市·石门县"],
    "常德市·石门县": ["常德市·石门县"],
    "常德 石门": ["常德市·石门县"],
    "shimen": ["常德市·石门县"],
    "smx": ["常德市·石门县"],
    "Shimen County": ["常德市·石门县"],
    "屈原": ["岳阳市·屈原管理区"],
    "西洞庭": ["常德市·鼎城区"],
    "430521": ["邵阳市·邵东市"],
    "宁乡县": ["长沙市·宁乡市"],
    "500112": ["重庆市·两江新区"],
    "亚特兰蒂斯": [],
    "": [],
}


def test_a_text_names_a_place(app: Flask) -> None:
    assert {text: names(resolve_region(text)) for text in MEANT} == MEANT


def test_a_name_in_several_provinces_gives_them_all_to_choose_from(app: Flask) -> None:
    assert len(resolve_region("鼓楼区")) == 4


def test_suggestions_put_the_home_region_first(app: Flask) -> None:
    assert all(r.path.startswith("43/") for r in suggest_regions("sm")[:1])


def test_the_cascade_goes_down_to_leaves(app: Flask, client) -> None:
    assert len(children(None)) == 34
    rows = client.get("/regions/tree.json?parent=430700").get_json()
    assert {"code": "430726", "name": "石门县", "leaf": True, "value": "常德市·石门县"} in rows
    assert "西洞庭管理区" not in [row["name"] for row in rows]


def test_the_cascade_begins_where_one_may_choose(app: Flask, client) -> None:
    rows = client.get("/regions/tree.json?parent=430725,430726").get_json()
    assert [row["name"] for row in rows] == ["桃源县", "石门县"]
    assert client.get("/regions/tree.json?parent=430726").get_json() == []

    class Here(Form):
        region = RegionField("地方")

    with app.test_request_context():
        form = Here()
        assert "data-tree-from" not in form.region()
        form.region.within = [db.session.get_one(Region, code) for code in ("430725", "430726")]
        assert 'data-tree-from="430725,430726"' in form.region()


def test_the_check_passes_the_shipped_files(app: Flask) -> None:
    assert check_regions() == []


def test_the_check_finds_a_broken_parent_and_a_duplicate_code(app: Flask, tmp_path: Path) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        rows[1]["parent_code"] = "999999"
        rows.append(rows[5])

    problems = check_regions(copy_with_change(tmp_path / "reference", "regions.csv", change))
    assert len(problems) == 2
    assert "999999" in problems[1]
    assert "2 times" in problems[0]
