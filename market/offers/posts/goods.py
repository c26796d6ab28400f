"""The goods of a post: what it names as traded, and nothing it only speaks of.

A name in a description of how something was raised, in the name of a firm or a field, or in
what is made of the goods is no good of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from market.products.lexicon import ProductLexicon
from market.products.phrase_heads import find_heads
from market.products.segmentation import Token

CLAUSE_ENDS = re.compile(r"[,，。;；!！?？\n]")
# A name right behind one of these is spoken of.
_SPOKEN_BEFORE = re.compile(
    r"(?:(?:[吃拌]|喂(?![我你,]))[^,，。;；!！?？\n]{0,8}|像[^,，。;；!！?？\n]{0,4}|喝|饲喂"
    r"|以|放养?在|长在"
    r"|拌|闻|像|好像|如同|似|比|赛过|替代|代替|间作|套种|轮作|兼种"
    r"|施|浇|撒|泡|煮|炖|酿|熬|榨"
    r"|制作|加工成|加工|做成|磨成|打成|用来做|可以?做|能做|用来|可以?炒|可|适合|送|赠送?|配|搭配"
    r"|换|改种|种过|以前种|除了种"
    r"|不是|没有|不含|一股|有股|一样|带着?|靠|用的是|用|全是|都是用|拉|装过|运|旁边是|旁边|隔壁"
    r"|包|掺|加|含|防|治|杀|驱|除"
    r"|(?:做|腌|炒|榨|酿|煮|炖|泡|熬|烤|涮|烧)[的着]?)$"
)
# ... or right before one of these.
_SPOKEN_AFTER = re.compile(
    r"(?:[杀宰]了|喂养?|饲养|长大|喂大|养大|地里|[田地林园](?:里|间|边|下|头|套|散养|放养|养"
    r"|生态|改|种)"
    r"|[树林园]?[下里中间旁](?:面|边)?(?:采|挖|长|捡|散养|养|放|种)"
    r"|坯|(?:[榨酿熬煮烤炒泡腌磨熏打灌炸剁晾窨]|冷榨|做)的?(?=$|[,，。;；!！?？\n\s])"
    r"|树下|树林|草地|专?用(?!不)"
    r"|之乡|大县|节(?!瓜)|协会|文化|[味香](?:浓|足|道|儿|$)|一样|一般|般|似的|大小(?!均)|那么大"
    r"|粕喂|杆|秆喂|加工(?:厂|企业)"
    r"|[厂店馆](?!家)|种植(?:户|大户|合作社|专业)|养殖(?:户|大户|场|合作社|专业)|专业合作|合作社"
    r"|公司|批发市场|市场|大棚|[园场棚塘](?!艺|地|口|头|边价)"
    r"|经纪|商行|经营部|行情|价格?(?:上涨|下跌)|涨价|太贵|跌价|收割|秸秆|经销|贩子|老板|书记|兄弟|哥|姐)"
)
# Of the place where the goods are from: they are the good where the post names no other.
_BASE_AFTER = re.compile(
    r"(?:种植|养殖|生产|产业|示范|繁育|育苗)?(?:基地|专业合作社|合作社|种植户|养殖户|种植大户"
    r"|养殖大户|园|场|大棚|产区|农户)"
)
_ALSO = re.compile(
    r"(?:另外|另|还有|还|同时|以及|并|也有|也|兼|顺便|外加|和|与|及|跟|、|再|或|或者"
    r"|其他的?)(?:有|出|卖|售|出售|供应|收|求购"
    r"|收购|要|一?批|少量|大量|一些|一点|点|还有|些|新鲜|优质|本地)*$"
)


_KIND = re.compile(
    r"(?:^|(?<=[,，。;；!！?？\n\s]))(?P<kind>[^,，。;；!！?？\n\s\d]{1,4}?)的?(?=$"
    r"|[,，。;；!！?？\n\s])"
)
_BRACKETS = re.compile(r"\((?P<name>[\u4e00-\u9fff]{2,6})\)")
_ALSO_AFTER = re.compile(r"(?:也有|都有|也[卖收要出]|也?一起)")
# Packing and machines, which stand beside other goods for how those are packed or worked.
_HELPS = ("1001013", "1001014")
_JOINED = re.compile(r"(?:[、和与及跟]|还有|另有|也有|以及|另外)[^,，。;；]{0,4}$")
_TRADED = re.compile(
    r"(?:出售?|卖|供应?|供给|直供|转让?|处理|求购?|收购?|采购|买|订[做制]?|要)\S{0,3}$"
)
_PACKING = re.compile(
    r"[^,，。;；\s\d一二两三四五六七八九十百千万几]{0,3}?(?:(?:包装|泡沫|塑料|编织|彩|纸|水果|空|木)[箱盒筐框袋托]|礼盒|网套|套袋|果袋"
    r"|[网蛋]托|网袋|包装|[筐箱盒框托])(?:厂家?)?(?![装里])"
)
# Packing is counted by the piece, and made in mills of its own.
_PACKING_TRADE = re.compile(
    r"(?:[一每/]|\d\s?|[百千万]\s?)[个只套板](?!月|头|大|子|小)|(?:包装|纸箱|彩箱|泡沫|塑料|纸品|印刷)\w{0,2}厂|空[盒箱筐]"
)
# What is made of other goods, and what those grow of.
_MADE = ("0105", "09")
_PLANTED = ("1001001", "0804006", "0804007", "0804008", "0804016", "0804017", "0208015")
_RAW = ("01", "02", "03", "04", "05", "06", "07", "08")
_MADE_BEFORE = re.compile(
    r"(?:自己|自家|农家|手工|现|古法|土法|新|我家)[榨酿熬做煮烤炒泡腌蒸磨晒熏打灌炸]的?$"
)
_SOUGHT_MAKER = re.compile(r"(?:[找寻求]|诚征|招)[^,，。;；]*$")
_MAKER_AFTER = re.compile(
    r"(?:加工|生产)?(?:厂家?|作坊|基地|工厂|企业|场)(?![^,，。;；]{0,6}[收要买])"
)
_OF_A_KIND = re.compile(r"的(?=$|[,，。;；!！?？\n\s])")
# Is no pomelo (柚) in an English sentence.
_ENGLISH_TALK = re.compile(r"\b(?:(?:can|could|do|will|would|are|if|thank)\s+you)$")
_DRY = re.compile(r"干货|干品|干料|干花|干片|[的全晒烘半]干|^\(?干|干的|dried|dry\b")
_FRESH = re.compile(r"鲜货|新鲜|鲜的|现[挖摘采砍]|刚[挖摘采]|^\(?鲜|fresh")


@dataclass(frozen=True)
class Good:
    """A good at its place in the text. `codes`: several where it has to be asked."""

    start: int
    end: int
    codes: tuple[str, ...]


def find_goods(
    text: str,
    tokens: Sequence[Token],
    amounts: Sequence[tuple[int, int]],
    gone: Sequence[tuple[int, int]],
    lexicon: ProductLexicon,
) -> list[Good]:
    """The goods of a folded post, in its order.

    Args:
        tokens: the post cut into words.
        amounts: where its quantities and prices stand.
        gone: where it names goods that there are no more.
    """
    ends = [0, *(match.end() for match in CLAUSE_ENDS.finditer(text)), len(text) + 1]
    heads = [
        head
        for part in _clauses(text, tokens)
        for head in find_heads(lexicon, text, part)
        if not any(start <= head.start < end for start, end in gone)
        and not _ENGLISH_TALK.search(text, 0, head.end)
    ]
    clauses = {head.start: max(e for e in ends if e <= head.start) for head in heads}
    scored = [(head, _weight(text, head, clauses[head.start], amounts)) for head in heads]
    if any(not _helps(head.meaning) for head in heads):
        scored = [
            (head, weight)
            for head, weight in scored
            if not _helps(head.meaning)
            or _JOINED.search(text[clauses[head.start] : head.start])
            or (head is heads[0] and _TRADED.search(text[: head.start]))
        ]
    floor = min(max((weight for _, weight in scored), default=0), 1)
    goods: list[Good] = []
    last_clause = -1
    for head, weight in scored:
        if weight < max(floor, -2):
            continue
        clause = clauses[head.start]
        codes = _dry_before(text, head, tokens, lexicon) or _settled(text, head, lexicon)
        good = _packing(text, Good(head.start, head.end, codes), lexicon)
        if goods:
            last = goods[-1]
            if _is_kind_of_last(text, last, good, clause == last_clause, amounts):
                continue
            apart = _is_priced(last.end, amounts) and _is_priced(good.end, amounts)
            if not apart and _says_again(text, last, good, lexicon):
                goods[-1] = Good(last.start, last.end, good.codes)
                continue
            if not apart and any(_is_below(lexicon, other.codes, good.codes) for other in goods):
                continue
            own = _has_amount(head, ends, amounts) or _ALSO_AFTER.match(text, head.end)
            listed = _is_listed(text, last.end, head.start, amounts)
            also = _ALSO.search(text[clause : head.start])
            if not (listed or also or (own and weight >= 1)):
                continue
            if clause != last_clause and not own and not also and not _is_alone(text, head, ends):
                continue
            if last.end == head.start and good.codes[0].startswith("10"):
                goods[-1] = good  # 母猪料豆粕
                continue
        goods.append(good)
        last_clause = clause
    return [_narrowed(text, goods[0], lexicon), *goods[1:]] if goods else []


def denied_kinds(
    words: Sequence[str], text: str, goods: Sequence[Good], lexicon: ProductLexicon
) -> list[str]:
    """Codes of the kinds that a word denies which names none alone: 收晚稻，粳的不要."""
    found = []
    for word in words:
        for good in goods:
            name = text[good.start : good.end]
            kinds = [lexicon.exact(word + name[at:]) for at in range(len(name))]
            sure = [codes[0] for codes in kinds if len(codes) == 1 and codes != good.codes]
            found += [code for code in sure if code[:4] == good.codes[0][:4]][:1]
    return found


def _helps(codes: tuple[str, ...]) -> bool:
    return all(code in _HELPS for code in codes)


def _dry_before(
    text: str, head: Token, tokens: Sequence[Token], lexicon: ProductLexicon
) -> tuple[str, ...]:
    """What is dry stays dry, whatever variety of the fresh one follows: 干辣椒子弹头."""
    for token in tokens:
        if token.end == head.start and token.kind == "word" and len(token.meaning.codes) == 1:
            dry = lexicon.is_dry(token.meaning.codes[0])
            fresh = all(code.startswith(("02", "03")) for code in head.meaning)
            if dry and fresh and not any(map(lexicon.is_dry, head.meaning)):
                return tuple(token.meaning.codes)
    return ()


def _packing(text: str, good: Good, lexicon: ProductLexicon) -> Good:
    """The packing that is traded rather than what it is for: 出脐橙纸箱，两块六一个."""
    word = _PACKING.match(text, good.end)
    if word is None or not _PACKING_TRADE.search(text):
        return good
    return Good(good.start, word.end(), _HELPS[:1])


def _is_kind_of_last(
    text: str, last: Good, good: Good, same_clause: bool, amounts: Sequence[tuple[int, int]]
) -> bool:
    """Whether a name only says of what kind, or of what, the good before it is."""
    if _JOINED.search(text[last.end : good.start]):
        return False
    if last.codes[0].startswith(_PLANTED) and good.codes[0].startswith(_RAW):
        return not _is_priced(last.end, amounts)
    if same_clause and last.codes[0].startswith(_MADE) and not good.codes[0].startswith(_MADE):
        return not _is_listed(text, last.end, good.start, amounts)
    begins = text[good.start - 1] in ",，。;；!！?？ \n" if good.start else True
    return begins and _OF_A_KIND.match(text, good.end) is not None


def _narrowed(text: str, good: Good, lexicon: ProductLexicon) -> Good:
    """The good by a kind that stands by itself: 山药...，铁棍的."""
    word = text[good.start : good.end]
    for kind in _KIND.finditer(text):
        codes = lexicon.exact(kind["kind"] + word)
        if len(codes) == 1 and codes != good.codes and _is_below(lexicon, codes, good.codes):
            return Good(good.start, good.end, codes)
    return good


def _clauses(text: str, tokens: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for token in tokens:
        part.append(token)
        if token.kind == "gap" and CLAUSE_ENDS.match(text, token.start):
            yield part
            part = []
    yield part


def without_tails(tokens: Sequence[Token]) -> list[Token]:
    """With what is unknown behind a product's name as mere talk: the last resort for a post that
    names no good otherwise."""
    found: list[Token] = []
    open_name = False
    for token in tokens:
        names = token.kind == "word" and bool(token.meaning.codes or token.meaning.family)
        if open_name and not names and token.kind in ("word", "unknown", "number", "latin"):
            token = token._replace(kind="talk")
        elif token.kind in ("word", "unknown", "latin"):
            open_name = names
        else:
            open_name = False
        found.append(token)
    return found


def _settled(text: str, head: Token, lexicon: ProductLexicon) -> tuple[str, ...]:
    """Fresh or dry, where the post says which; else as many as the name has."""
    codes: tuple[str, ...] = head.meaning
    # 红笋(莴笋): the name in brackets is the general one.
    if (other := _BRACKETS.match(text, head.end)) is not None:
        named = lexicon.exact(other["name"])
        if len(named) == 1 and all(code[:2] == named[0][:2] for code in codes):
            return named
    near = text[max(0, head.start - 4) : head.start] + text[head.end : head.end + 8]
    if len(codes) == 1:
        word, after = text[head.start : head.end], text[head.end : head.end + 8]
        if _DRY.search(after) and not lexicon.is_dry(codes[0]):
            others: tuple[str, ...] = ("干" + word, word + "干", word + "(干)")
        elif _FRESH.search(after) and lexicon.is_dry(codes[0]):
            others = ("鲜" + word, word + "(鲜)")
        else:
            return codes
        return next((found for other in others if (found := lexicon.exact(other))), codes)
    dry = tuple(code for code in codes if lexicon.is_dry(code))
    fresh = tuple(code for code in codes if code not in dry)
    for where in (near, text):
        is_dry, is_fresh = bool(_DRY.search(where)), bool(_FRESH.search(where))
        if dry and fresh and is_dry != is_fresh:
            return dry if is_dry else fresh
    return codes


def _says_again(text: str, last: Good, good: Good, lexicon: ProductLexicon) -> bool:
    """Whether a name only says more closely what was named before: 苹果，红富士."""
    # 黑山羊羊羔 are lambs of goats.
    if last.end == good.start and text[last.end - 1] == text[good.start]:
        return True
    closer = len(good.codes) == 1 and _is_below(lexicon, good.codes, last.codes)
    return closer and good.codes != last.codes


def _is_below(lexicon: ProductLexicon, codes: tuple[str, ...], tops: tuple[str, ...]) -> bool:
    return all(any(lexicon.below(code, top) for top in tops) for code in codes)


def _weight(text: str, head: Token, clause: int, amounts: Sequence[tuple[int, int]]) -> int:
    before, after = text[clause : head.start], text[head.end : head.end + 12]
    weight = 1
    made = head.meaning[0].startswith(_MADE) and _MADE_BEFORE.search(before)
    if _SPOKEN_BEFORE.search(before) and not made:
        weight -= 3
    if _SOUGHT_MAKER.search(before) and _MAKER_AFTER.match(after):
        weight += 1
    elif _BASE_AFTER.match(after):
        weight -= 2
    elif _SPOKEN_AFTER.match(after):
        weight -= 4
    if not before.strip() or any(start - head.end in range(4) for start, _ in amounts):
        weight += 1
    return weight


def _is_listed(text: str, left: int, right: int, amounts: Sequence[tuple[int, int]]) -> bool:
    """Whether only separators, words that join, and amounts stand between two names."""
    between = list(text[left:right])
    for start, end in amounts:
        if left <= start and end <= right:
            between[start - left : end - left] = " " * (end - start)
    return (
        re.fullmatch(
            r"(?:[\s、,，/和与及跟或+&;；.。]|还有|以及|各|另有|另外|等|and|or)*"
            r"|(?:[\s]*[、和与及跟/][\s]*[\u4e00-\u9fff]{0,3})",
            "".join(between),
        )
        is not None
    )


def _is_priced(end: int, amounts: Sequence[tuple[int, int]]) -> bool:
    """Whether a quantity or price stands right behind a name that ends there."""
    return any(start - end in range(2) for start, _ in amounts)


def _is_alone(text: str, head: Token, ends: Sequence[int]) -> bool:
    """Whether hardly anything else stands in the clause of the name."""
    start = max(e for e in ends if e <= head.start)
    end = min(e for e in ends if e > head.start) - 1
    return len(text[start:end].strip()) - (head.end - head.start) <= 3


def _has_amount(head: Token, ends: Sequence[int], amounts: Sequence[tuple[int, int]]) -> bool:
    """Whether a quantity or price stands in the clause of the name, behind it."""
    end = min(e for e in ends if e > head.start)
    return any(head.end <= start < end for start, _ in amounts)
