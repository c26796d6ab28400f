"""Loading the tree from seeds/reference, and checking it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from flask import current_app

import config
from market.database import sync
from market.regions.models import FormerRegion, Region, Township
from market.regions.reference_edits import with_edits
from market.regions.signals import region_ended
from market.regions.townships import english_township
from market.web.errors import Invalid
from market.web.language import lazy_gettext as _l

TOWNSHIP_KINDS = ("镇", "乡", "民族乡", "街道", "其他")
LEVELS = ("province", "prefecture", "county")


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a UTF-8 CSV file with a header row, whole."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_regions(folder: Path = config.REFERENCE) -> None:
    """Bring regions, former names and townships to the reference files, and what is live in a
    region that has ended to what it became; safe to repeat."""
    reporting = current_app.config["REPORTING_ZONES"]
    zones = read_csv(folder / "zones.csv")
    given = read_csv(folder / "regions.csv")
    regions = with_edits(Region, region_rows(given, zones, reporting))
    sync(Region, regions)
    sync(FormerRegion, former_rows(read_csv(folder / "former_regions.csv")))
    townships = township_rows(read_csv(folder / "townships.csv"), zones, reporting)
    sync(Township, with_edits(Township, townships))
    for ended in regions:
        if successor := ended["successor_code"]:
            region_ended.send(code=ended["code"], successor=successor)


def former_rows(former: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
    """Rows for the table of former names and codes."""
    return [
        {
            "code": given["code"],
            "name": given["name"],
            "last_year": int(given["last_year"]),
            "successor_code": given["successor_code"] or None,
        }
        for given in former
    ]


def township_rows(
    townships: Iterable[dict[str, str]], zones: Iterable[dict[str, str]], reporting: Iterable[str]
) -> list[dict[str, Any]]:
    """Rows for the table. A town of a zone that does not report belongs to the zone's host."""
    hosts = {z["code"]: z["host_county_code"] for z in zones if z["code"] not in reporting}
    return [
        {
            "code": given["code"],
            "name": given["name"],
            "name_en": english_township(given["name"]),
            "kind": given["kind"],
            "region_code": hosts.get(given["region_code"], given["region_code"]),
        }
        for given in townships
    ]


def region_rows(
    regions: Iterable[dict[str, str]], zones: Iterable[dict[str, str]], reporting: Iterable[str]
) -> list[dict[str, Any]]:
    """Rows for the table, parents and successors first. A zone is a leaf when it is among
    `reporting`."""
    rows: dict[str, dict[str, Any]] = {}
    ordered = sorted(regions, key=lambda r: (LEVELS.index(r["level"]), r["successor_code"]))
    for given in ordered:
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
            "valid_from": _day(given["valid_from"]),
            "valid_to": _day(given["valid_to"]),
            "successor_code": given["successor_code"] or None,
        }
    for zone in zones:
        if zone["code"]:
            rows[zone["code"]] = _zone_row(zone, rows, zone["code"] in reporting)
    return list(rows.values())


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None


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
        "valid_from": None,
        "valid_to": None,
        "successor_code": None,
    }


def check_township(township: Township | None, region: Region) -> None:
    """Raises Invalid where the township is not of this county."""
    if township is not None and township.region_code != region.code:
        raise Invalid(_l("Not a town of this county."), "township")


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
    problems += _check_dates(regions)
    problems += check_townships(read_csv(folder / "townships.csv"))
    today = {r["code"] for r in [*regions, *zones] if not r.get("valid_to")}
    for name, column in (("former_regions", "successor_code"), ("townships", "region_code")):
        problems += [
            f"{name} {r['code']} {r['name']}: no region today {r[column]!r}"
            for r in read_csv(folder / f"{name}.csv")
            if r[column] and r[column] not in today
        ]
    missing = [z for z in current_app.config["REPORTING_ZONES"] if z and z not in codes]
    return problems + [f"reporting zone {z} is not among the zones" for z in missing]


def check_townships(townships: Iterable[dict[str, str]]) -> Iterator[str]:
    """What is wrong with the codes and names of townships."""
    seen: set[str] = set()
    names: set[tuple[str, str]] = set()
    for t in townships:
        if not (len(t["code"]) == 9 and t["code"].isdigit()) or t["code"] in seen:
            yield f"townships {t['code']} {t['name']}: no code of nine digits of its own"
        if (t["region_code"], t["name"]) in names:
            yield f"townships {t['code']} {t['name']}: its county has two of this name"
        if t["kind"] not in TOWNSHIP_KINDS:
            yield f"townships {t['code']} {t['name']}: no such kind {t['kind']!r}"
        seen.add(t["code"])
        names.add((t["region_code"], t["name"]))


def _check_dates(regions: Iterable[dict[str, str]]) -> Iterator[str]:
    """What is wrong with the days of regions and with what they became."""
    known = {r["code"]: r for r in regions}
    for r in known.values():
        try:
            first, last = _day(r["valid_from"]), _day(r["valid_to"])
        except ValueError as error:
            yield f"{r['code']} {r['name']}: {error}"
            continue
        after = known.get(r["successor_code"])
        if first and last and last < first:
            yield f"{r['code']} {r['name']}: it ends before it begins"
        if bool(last) != bool(r["successor_code"]):
            yield f"{r['code']} {r['name']}: its last day and its successor belong together"
        elif last and (after is None or after["valid_to"] or after["level"] != r["level"]):
            yield f"{r['code']} {r['name']}: no such successor today {r['successor_code']!r}"
        parent = known.get(r["parent_code"])
        if not last and parent and parent["valid_to"]:
            yield f"{r['code']} {r['name']}: its parent {r['parent_code']} has ended"
