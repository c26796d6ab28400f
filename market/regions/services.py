"""Loading the tree from seeds/reference, and checking it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import current_app

import config
from market.database import sync
from market.regions.models import Region

LEVELS = ("province", "prefecture", "county")


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a UTF-8 CSV file with a header row, whole."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_regions(folder: Path = config.REFERENCE) -> None:
    """Bring the regions table to the reference files; safe to repeat."""
    zones = current_app.config["REPORTING_ZONES"]
    sync(
        Region, region_rows(read_csv(folder / "regions.csv"), read_csv(folder / "zones.csv"), zones)
    )


def region_rows(
    regions: Iterable[dict[str, str]], zones: Iterable[dict[str, str]], reporting: Iterable[str]
) -> list[dict[str, Any]]:
    """Rows for the table, parents first. A zone is a leaf when it is among `reporting`."""
    rows: dict[str, dict[str, Any]] = {}
    for given in sorted(regions, key=lambda r: LEVELS.index(r["level"])):
        parent = rows[given["parent_code"]] if given["parent_code"] else None
        rows[given["code"]] = {
            "code": given["code"],
            "name": given["name"],
            "short_name": given["short_name"],
            "name_en": given["name_en"],
            "level": given["level"],
            "kind": given["kind"],
            "parent_code": given["parent_code"] or None,
            "path": _path(parent, given["code"]),
            "is_leaf": given["is_leaf"] == "1",
            "host_code": None,
            "latitude": float(given["lat"]) if given["lat"] else None,
            "longitude": float(given["lon"]) if given["lon"] else None,
            "pinyin": given["pinyin"].replace(" ", ""),
            "initials": "".join(word[0] for word in given["pinyin"].split()),
        }
    for zone in zones:
        if zone["code"]:
            rows[zone["code"]] = _zone_row(zone, rows, zone["code"] in reporting)
    return list(rows.values())


def _path(parent: dict[str, Any] | None, code: str) -> str:
    short = code.removesuffix("00").removesuffix("00") if code.endswith("00") else code
    return f"{parent['path']}/{short}" if parent else short


def _zone_row(zone: dict[str, str], rows: dict[str, dict[str, Any]], leaf: bool) -> dict[str, Any]:
    from pypinyin import lazy_pinyin

    host = rows[zone["host_county_code"]]
    syllables = lazy_pinyin(zone["name"])
    return {
        **host,
        "code": zone["code"],
        "name": zone["name"],
        "short_name": zone["name"].removesuffix("管理区"),
        "name_en": " ".join(s.capitalize() for s in syllables[:-3]) + " Management District"
        if zone["kind"] == "管理区"
        else "".join(syllables).capitalize(),
        "level": "county",
        "kind": zone["kind"],
        "parent_code": zone["parent_code"],
        "path": f"{rows[zone['parent_code']]['path']}/{zone['code']}",
        "is_leaf": leaf,
        "host_code": host["code"],
        "pinyin": "".join(syllables),
        "initials": "".join(s[0] for s in syllables),
    }


def check_regions(folder: Path = config.REFERENCE) -> list[str]:
    """What is wrong with the reference files, a sentence each; empty when nothing is."""
    regions = read_csv(folder / "regions.csv")
    zones = [z for z in read_csv(folder / "zones.csv") if z["code"]]
    codes = Counter(r["code"] for r in [*regions, *zones])
    problems = [f"code {code} stands {n} times" for code, n in codes.items() if n > 1]
    level = {r["code"]: r["level"] for r in regions}
    for r in regions:
        parent = r["parent_code"]
        if (not parent and r["level"] != "province") or (parent and parent not in level):
            problems.append(f"{r['code']} {r['name']}: no such parent {parent!r}")
        elif parent and LEVELS.index(level[parent]) >= LEVELS.index(r["level"]):
            problems.append(f"{r['code']} {r['name']}: its parent {parent} is no higher level")
    for z in zones:
        for column in ("parent_code", "host_county_code"):
            if z[column] not in level:
                problems.append(f"{z['code']} {z['name']}: no such {column} {z[column]!r}")
    missing = [z for z in current_app.config["REPORTING_ZONES"] if z and z not in codes]
    return problems + [f"reporting zone {z} is not among the zones" for z in missing]
