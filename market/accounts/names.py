"""Which names a party may have: nobody passes for an office or for somebody who holds one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, or_, select

from market.accounts.models import MAX_SKELETON_LENGTH, Account, Grant, TraderType
from market.database import chunks, db
from market.regions.models import Region, is_within
from market.regions.queries import region_lexicon
from market.text.characters import fold, has_pictures, tidy
from market.text.confusables import skeleton
from market.web.errors import Invalid
from market.web.language import lazy_gettext as _l

_DEPARTMENTS = (
    "商务|商业|经信|农业|农村|农牧|畜牧|水产|林业|水利|财政|公安|民政|税务|工商|市场监督|市场监管|市监"
    "|发改|发展改革|发展和改革|乡村振兴|扶贫|粮食|统计|审计|司法|教育|卫生|卫健|环保|生态环境"
    "|自然资源|国土|交通|文旅|科技|信访|监察|纪检|应急|招商|供销"
)
# Village committees sell for their villagers, and are no office.
_OFFICE = re.compile(
    rf"(?:{_DEPARTMENTS})[^公司社店]{{0,8}}(?:局|厅|办公室)|[省州市县区旗镇乡].{{1,14}}局|局$"
    "|政府|国务院|委员会|管委会|组委会|信息站|派出所|检察院|法院|[省州市县区镇乡]委(?!会)|纪委|党委"
    "|人大常委|政协|官方|管理员|客服"
)
# After the name of a place a department alone is an office too: 石门商务, 湖南农业服务中心. What
# is a kind of goods as well names a trader (石门水产).
_GOODS = frozenset(("水产", "粮食", "供销"))
_BARE = re.compile(
    rf"[省州市县区旗镇乡]?(?:{'|'.join(d for d in _DEPARTMENTS.split('|') if d not in _GOODS)})+"
    "(?:系统|部门|单位|机关|主管|公共|综合)*(?:服务|管理|执法|监管|工作)?"
    "(?:[办科股所站队]|大队|中心|平台|大厅|窗口|热线|专线|人员|专员|干部|[主副]任|[局厅科站所]长)?"
)
# What is called so is an organisation, whatever it said it is.
_FIRMS = ("合作社", "联合社", "公司", "集团", "协会")
_FIRM_TYPES = (TraderType.COOPERATIVE, TraderType.COMPANY)
_OFFICE_EN = re.compile(
    "|".join(
        skeleton(word)
        for word in (
            *("government", "bureau", "committee", "ministry of", "information station"),
            *("official", "administrator", "customer service", "harvest market"),
        )
    )
)


def checked_name(name: str, region: Region, account: Account | None = None) -> str:
    """`name` in plain characters, for `account` (None: one to be made) that lives in `region`.

    Raises:
        Invalid: it has no letters; it is an office's, and the account holds no role there; or
            it looks like that of somebody who holds a role, from where they hold it, or of a
            cooperative or firm.
    """
    name = " ".join(str(tidy(name)).split())
    if account is not None and name == account.name:
        return name
    check_spelling(name, account)
    if _is_an_officials(name, region, account):
        raise Invalid(
            _l("Somebody who holds an office here has this name: add your village or firm to it."),
            "name",
        )
    if _is_a_firms(name, region, account):
        raise Invalid(
            _l(
                "A cooperative or firm has this name, or one that looks the same: add your "
                "village. If it is yours, ask your county's commerce bureau."
            ),
            "name",
        )
    if _looks_like_anothers(name, account):
        raise Invalid(
            _l("This looks like another's name, written with other signs. Write yours plainly."),
            "name",
        )
    return name


def check_spelling(name: str, account: Account | None = None) -> None:
    """Refuse a tidied name for what it is, whoever else has it: no letters, pictures, mixed
    scripts, or an office's where the account holds no role. Raises Invalid."""
    if not any(c.isalpha() for c in name):
        raise Invalid(_l("Write the name in letters or characters."), "name")
    if has_pictures(name):
        raise Invalid(_l("Write the name without pictures or signs."), "name")
    if mixes_scripts(name):
        raise Invalid(
            _l("Letters of several scripts are mixed in it: write it in characters or in letters."),
            "name",
        )
    official = sounds_official(name) or _names_a_department(name)
    if official and not _holds_a_role(account, name):
        raise Invalid(
            _l("That reads like an office. Leave the office out of the name: it isn't yours."),
            "name",
        )


def names_alike(names: Collection[str]) -> set[str]:
    """Those of the names that an active account has, or one that looks the same."""
    by_shape: dict[str, list[str]] = {}
    for name in names:
        by_shape.setdefault(skeleton(name)[:MAX_SKELETON_LENGTH], []).append(name)
    return {
        name
        for some in chunks(by_shape)
        for shape in db.session.scalars(
            select(Account.name_skeleton).where(
                Account.name_skeleton.in_(some), Account.disabled_at.is_(None)
            )
        )
        for name in by_shape[shape]
    }


def mixes_scripts(name: str) -> bool:
    """Whether letters of several scripts stand in it, as Cyrillic ones pass for Latin. Chinese
    characters go with Latin letters: 湘北A公司."""
    scripts = {unicodedata.name(c, "UNKNOWN").split()[0].split("-")[0] for c in name if c.isalpha()}
    return len(scripts) > 1 and scripts != {"CJK", "LATIN"}


def sounds_official(name: str) -> bool:
    """Whether it is what an office is called, in characters or in look-alikes of them."""
    plain = skeleton(name)
    return bool(_OFFICE.search(plain) or _OFFICE_EN.search(plain))


def _names_a_department(name: str) -> bool:
    """Whether it ends as a place and one of its departments."""
    plain, regions = skeleton(name), region_lexicon()
    return any(
        _BARE.fullmatch(plain, spot.end)
        for at in range(len(plain))
        for spot in regions.mentions(plain, at)
    )


def _holds_a_role(account: Account | None, name: str) -> bool:
    """Whether the account holds a role over a place that `name` names, or any if it names none."""
    if account is None or not account.grants:
        return False
    regions, text = region_lexicon(), fold(name)
    named = {
        code
        for at in range(len(text))
        for spot in regions.mentions(text, at)
        for code in spot.codes
    }
    paths = [regions.places[code].path for code in named]
    held = [grant.region.path for grant in account.grants]
    return not paths or any(is_within(path, over) for path in paths for over in held)


def _is_an_officials(name: str, region: Region, account: Account | None) -> bool:
    """Whether one who holds a role has the same name here, or one drawn alike anywhere.

    Two people of one name are no rarity: elsewhere than where the other acts they may.
    """
    rows = db.session.execute(
        _alike(name, account, Account.name, Region.path)
        .join(Grant, Grant.account_id == Account.id)
        .join(Region, Region.code == Grant.region_code)
    )
    return any(row.name != name or is_within(region.path, row.path) for row in rows)


def _is_a_firms(name: str, region: Region, account: Account | None) -> bool:
    """Whether a cooperative or firm has the same name in the county, or one drawn alike anywhere.

    Accounts that nobody acts for any more keep no name from others.
    """
    firm = or_(Account.trader_type.in_(_FIRM_TYPES), *(Account.name.contains(w) for w in _FIRMS))
    acted_for = or_(Account.password_hash.is_not(None), Account.represented_by_id.is_not(None))
    rows = db.session.execute(
        _alike(name, account, Account.name, Account.region_code).where(firm, acted_for)
    )
    return any(row.name != name or row.region_code == region.code for row in rows)


def _looks_like_anothers(name: str, account: Account | None) -> bool:
    """Whether somebody's name can't be told from it by eye, though other signs are written.

    Traditional characters, capitals and spaces are no disguise: two people of one name are no
    rarity.
    """
    plain = fold("".join(name.split()))
    others = db.session.scalars(_alike(name, account, Account.name))
    return any(fold("".join(other.split())) != plain for other in others)


def _alike(name: str, account: Account | None, *columns: Any) -> Select[Any]:
    """The accounts but `account` whose names look like `name`."""
    shape = skeleton(name)[:MAX_SKELETON_LENGTH]
    query = select(*columns).where(Account.name_skeleton == shape, Account.disabled_at.is_(None))
    return query.where(Account.id != account.id) if account else query
