"""Which names a party may have: nobody passes for an office or for somebody who holds one."""

from __future__ import annotations

import re

from sqlalchemy import select

from market.accounts.models import Account, Grant
from market.errors import Invalid
from market.extensions import db
from market.language import lazy_gettext as _l
from market.regions.models import Region, is_within
from market.regions.queries import region_lexicon
from market.text.characters import fold, tidy
from market.text.confusables import skeleton

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
            it looks like that of somebody who holds a role, from where they hold it.
    """
    name = " ".join(str(tidy(name)).split())
    if account is not None and name == account.name:
        return name
    if not any(c.isalpha() for c in name):
        raise Invalid(_l("Write the name in letters or characters."), "name")
    if sounds_official(name) and not _holds_a_role(account, name):
        raise Invalid(
            _l("That reads like an office. Leave the office out of the name: it isn't yours."),
            "name",
        )
    if _is_an_officials(name, region, account):
        raise Invalid(
            _l("Somebody who holds an office here has this name: add your village or firm to it."),
            "name",
        )
    return name


def sounds_official(name: str) -> bool:
    """Whether it is what an office is called, in characters or in look-alikes of them."""
    plain = skeleton(name)
    return bool(_OFFICE.search(plain) or _OFFICE_EN.search(plain))


def _holds_a_role(account: Account | None, name: str) -> bool:
    """Whether the account holds a role over a place that `name` names, or any if it names none."""
    if account is None or not account.grants:
        return False
    regions, text = region_lexicon(), fold(name)
    named = {
        code for at in range(len(text)) for spot in regions.spots(text, at) for code in spot.codes
    }
    paths = [regions.places[code].path for code in named]
    held = [grant.region.path for grant in account.grants]
    return not paths or any(is_within(path, over) for path in paths for over in held)


def _is_an_officials(name: str, region: Region, account: Account | None) -> bool:
    """Whether one who holds a role has the same name here, or one drawn alike anywhere.

    Two people of one name are no rarity: elsewhere than where the other acts they may.
    """
    rows = db.session.execute(
        select(Account.id, Account.name, Region.path)
        .join(Grant, Grant.account_id == Account.id)
        .join(Region, Region.code == Grant.region_code)
        .where(Account.disabled_at.is_(None))
    )
    mine, own = skeleton(name), account.id if account else None
    return any(
        skeleton(row.name) == mine and (row.name != name or is_within(region.path, row.path))
        for row in rows
        if row.id != own
    )
