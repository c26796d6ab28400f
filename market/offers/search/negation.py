"""What a text says is not wanted: where it says so, and of what.

不要脐橙, 除了红富士, 牛心的不要, 外地勿扰, oranges but not navel oranges. 无籽 and 非转基因 deny
nothing that is traded, they are properties; 要不要 and 有没有 ask.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Protocol

from market.offers.search.side import denies_a_side
from market.products.lexicon import ProductLexicon

_SEPARATORS = r"\s,，.。;；!！?？:：()（）【】\[\]|"
# Deny whatever follows. 要不要 asks; 不要求 and 不要紧 say something else.
_BEFORE = (
    r"(?<!要)(?:不要)+(?![求紧钱脸])|(?<!想)不想要?|(?<!需)不需要?|别要|不考虑|不接受|不喜欢|不爱吃?"
    r"|(?<!买)不买|(?<!收)不收购?(?!费)|(?<!卖)不卖|(?<!求)不求购?|不采购|不进货|不包[括含]"
    r"|除[了开去却]|不在(?![乎意])|去掉|去除|排除|剔除|扣除|撇开|拒[收绝]|谢绝"
)
# Deny only a product or a place, which follows at once: not so 不含糖, 无公害, 没有疤.
_DIRECT = (
    r"(?<![有一罚淹沉])没有?|(?<!是)不是|[并而]非|不含有?|不带|不加|不放|不掺|不用|(?<!吃)不吃"
    r"|(?<![特区级分辨鉴个差])别(?:给|发|推荐?|来|送|放|拿)?我?|[非无勿除]|(?<!\S)[-−](?=\S)"
)
_ENGLISH = (
    r"(?:all|any|anything|everything)\s+but|except(?:ing)?(?:\s+for)?|excluding|exclude"
    r"|other\s+than|apart\s+from|but\s+(?:not|no)|not\s+including|leave\s+out"
    r"|(?:i\s+)?(?:don'?t|do\s+not)\s+(?:want|need)(?:\s+any)?"
)
# Deny the one thing or word that follows: not frozen beef is beef.
_ENGLISH_DIRECT = r"without|not|no"
# Deny what stands before, up to where the clause begins.
_AFTER = (
    r"(?:都|就|也|一律|一概|统统)?(?:(?<!要)不要|除外|勿扰|勿打扰|勿进|免谈|免扰|(?<!收)不收"
    r"|(?<!买)不买|(?<!吃)不吃|不需要|不考虑|不接受|(?:请|麻烦)?绕[道行]|别来|别打|莫[扰来])[了的]*"
    rf"(?=[{_SEPARATORS}、]|$)|(?:以外|之外)(?=的|$|[{_SEPARATORS}都])"
)
_NEGATOR = re.compile(
    rf"非[^{_SEPARATORS}]{{1,8}}(?P<only>不(?:要|收|买|可|吃|行|考虑))|(?<=[收卖买])(?P<verb>不[收卖买])"
    rf"|(?P<after>{_AFTER})|(?P<before>{_BEFORE})"
    rf"|(?P<outside>除(?=[^{_SEPARATORS}]{{2,12}}?外))|(?P<direct>{_DIRECT})"
    rf"|(?<![a-z-])(?:(?P<english>{_ENGLISH})|(?P<one>{_ENGLISH_DIRECT}))(?=\s+(?!\d))"
)
# Without one of these nothing is denied: most texts are done with here.
_SIGNS = frozenset("不没除去撇别排剔扣拒谢非无勿免绕莫外-−" + ascii_lowercase)
# Where what is denied ends in the middle of a clause.
_ENDS = re.compile(
    rf"[{_SEPARATORS}]|$|要(?!求)|想[要收买]|求购|收购|采购|供应|出售|只(?=[要收买卖求想出供做])"
    r"|(?:就|都|也)(?=[要可行收有好能买])|但|其[他它余]|别的|剩下|的?(?:以外|之外|除外)"
    rf"|外(?=[的其都{_SEPARATORS}]|$)"
)
# 不是橙子是柑橘: what it is is wanted.
_ENDS_IN_CONTRAST = re.compile(rf"{_ENDS.pattern}|而?是")
_ENGLISH_ENDS = re.compile(
    r"[,，.。;；!！?？()]|$|\s(?=(?:in|at|under|below|over|above|near|around|for|please|but|only)\b|\d)"
)
# Goes with a denial: 以外, and all the rest that is not denied.
_REST = re.compile(r"的?(?:以外|之外|除外|外)的?|")
_OTHERS = re.compile(r"[,，、\s]*(?:其[他它余]|别的|剩下)的?|")
_GAPS = re.compile(r"[\s、/]*")
# Of the goods: 小果不要 after a product denies the small ones.
_SIZE_OR_FAULT = re.compile(r"(?:[小次烂坏残裂青病]|畸形|破损)(?:果|个|货|品|的)*$")


class Reading(Protocol):
    """What a part of a text names, without regard to what is denied.

    `named`: codes of products and categories, of ambiguous words all. `side`: of whom it
    speaks, or None.
    """

    @property
    def named(self) -> tuple[str, ...]: ...

    @property
    def region(self) -> str | None: ...

    @property
    def side(self) -> object: ...


@dataclass(frozen=True)
class Negation:
    """A part of a text that denies, by place in it.

    Attributes:
        denies: False where it only seems to: 非脐橙不要 wants just those, 只收不卖 says a side.
        products: codes of what is not wanted, with everything below.
        region: code of the place that nothing is wanted from.
        words: what is denied, folded.
    """

    start: int
    end: int
    products: tuple[str, ...] = ()
    region: str | None = None
    denies: bool = True
    words: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Of everything that it denies."""
        return self.products or ((self.region,) if self.region else ())


@dataclass(frozen=True)
class NegationFinder:
    """Finds what a folded text denies.

    Attributes:
        read: reads a part of a text.
        place_end: the end of the place that is named at a position of a text, else the position.
        occupied: positions in the text that something else has, as prices.
    """

    text: str
    products: ProductLexicon
    read: Callable[[str], Reading]
    place_end: Callable[[str, int], int]
    occupied: Collection[int] = ()

    def find(self) -> list[Negation]:
        """In their order."""
        found: list[Negation] = []
        at = 0
        if _SIGNS.isdisjoint(self.text):
            return found
        while match := _NEGATOR.search(self.text, at):
            start = match.start()
            at = start + 1
            if start in self.occupied or self._begins_a_name(match):
                continue
            if denies_a_side(self.text, start):
                continue
            if match["only"] or match["verb"]:
                talk = [(start, at), match.span("only")] if match["only"] else [match.span()]
                found += [Negation(*span, denies=False) for span in talk]
                at = match.end()
                continue
            if negation := self._negation(match, found[-1].end if found else 0):
                found.append(negation)
                at = max(at, negation.end)
        return found

    def _begins_a_name(self, match: re.Match[str]) -> bool:
        """无花果, 没药 and 无锡 are names."""
        return match["direct"] is not None and self._name_end(match.start()) > match.end()

    def _name_end(self, at: int) -> int:
        """The end of the longest product or place that is named right at a position."""
        if at >= len(self.text):
            return at
        words = self.products.words(self.text, at)
        ends = [t.end for t in words if t.meaning.codes and t.end - at > 1]
        return max([self.place_end(self.text, at), *ends])

    def _negation(self, match: re.Match[str], left: int) -> Negation | None:
        start, end = match.span()
        if match["after"]:
            apart = start == left or self.text[start - 1].isspace()
            if not (apart and match["after"].startswith("不") and self.text[end:].strip()):
                return self._before(start, end, left)
        if match["direct"] or match["one"]:
            return self._directly(start, end, match["one"] is not None)
        return self._after(start, end, _ENGLISH_ENDS if match["english"] else _ENDS)

    # What stands after the word that denies

    def _after(self, start: int, at: int, ends: re.Pattern[str]) -> Negation:
        at = _after_gap(self.text, at)
        end = self._until(ends, at)
        what = self.text[at:end].rstrip("、/")
        # 红富士的苹果 and 带籽的西瓜 deny what stands before 的; not where the text has named
        # what is wanted already.
        denied, of, wanted = what.rpartition("的")
        if of and wanted and (goods := self.read(wanted).named):
            named = self.read(denied).named
            above = bool(named) and all(self._is_below(n, goods) for n in named)
            if above or not self.read(self.text[:start]).named:
                return self._denied(start, at + len(denied) + 1, denied)
        end = self._with_more(start, at, at + len(what))
        return self._denied(start, self._with_rest(end), self.text[at:end])

    def _until(self, ends: re.Pattern[str], at: int) -> int:
        """Where the clause ends that begins at `at`."""
        match = ends.search(self.text, at)
        end = match.start() if match else len(self.text)
        return min([end, *(place for place in self.occupied if place >= at)])

    def _with_more(self, start: int, at: int, end: int) -> int:
        """The end of a list that goes on behind spaces: 苹果 不要红富士 嘎啦 denies two apples."""
        wanted = self.read(self.text[:start]).named
        while wanted and end < len(self.text) and self.text[end] == " ":
            after = self._until(_ENDS, end + 1)
            more = self.read(self.text[end:after])
            below = bool(more.named) and all(self._is_below(n, wanted) for n in more.named)
            if not below or more.side or set(more.named) & set(wanted):
                break
            end = after
        return end

    def _with_rest(self, end: int) -> int:
        for pattern in (_REST, _OTHERS):
            match = pattern.match(self.text, end)
            end = match.end() if match else end
        return end

    def _directly(self, start: int, at: int, english: bool) -> Negation | None:
        """Only what is named right behind the word, up to where the clause ends."""
        at = _after_gap(self.text, at)
        if english and self.text.startswith("from ", at):
            at += len("from ")
        name_end = self._name_end(at)
        if name_end <= at:
            word = re.compile(r"[a-z'-]+").match(self.text, at) if english else None
            return Negation(start, word.end()) if word else None
        if english:
            return self._denied(start, name_end, self.text[at:name_end])
        ends = _ENDS_IN_CONTRAST if self.text.startswith("不是", start) else _ENDS
        end = self._until(ends, at)
        first, rest = self.read(self.text[at:name_end]), self.text[name_end:end]
        goods = self.read(rest).named if rest else ()
        # 非红富士苹果 is an apple.
        if goods and all(self._is_below(n, goods) for n in first.named):
            return self._denied(start, name_end, self.text[at:name_end])
        if self.text[start] == "非":
            for place in range(at + 2, name_end):
                goods = self.products.exact(self.text[place:name_end])
                if goods and all(self._is_below(n, goods) for n in first.named):
                    return Negation(start, place, first.named, first.region)
        return self._after(start, at, ends)

    # What stands before it

    def _before(self, start: int, end: int, left: int) -> Negation | None:
        begin = max([left, *(place + 1 for place in self.occupied if place < start)])
        for gap in re.compile(rf"[{_SEPARATORS}]").finditer(self.text, begin, start):
            last = self.text[gap.end() : start]
            # 橙子 苹果 都不要 denies both.
            all_of_one = self.text[start] == "都" and self.products.exact(last.strip())
            if last.strip() and not (all_of_one and gap[0].isspace()):
                begin = gap.end()
        begin = _after_gap(self.text, begin)
        begin += self._wanted_before(self.text[begin:start])
        what = self.text[begin:start].strip().removesuffix("的")
        of_all = self._several(what) if self.text[start] == "都" else ()
        end = self._with_rest(end)
        if of_all:
            return Negation(begin, end, of_all, words=what)
        return self._denied(begin, end, what) if what else Negation(begin, end)

    def _several(self, what: str) -> tuple[str, ...]:
        """The codes of several names that stand together (橙子苹果), none where it is no such
        list: 都 says that it may be one, where 橙子苹果 alone would be an apple."""
        for at in range(2, len(what) - 1):
            first, rest = self.products.exact(what[:at]), what[at:]
            others = self.products.exact(rest) or self._several(rest) if first else ()
            # 红富士苹果 is one name.
            if others and not any(self._is_below(code, others) for code in first):
                return (*first, *others)
        return ()

    def _wanted_before(self, clause: str) -> int:
        """The length of what is wanted, where the clause names that first: 橙子脐橙不要 names the
        wider one, 收脐橙小果不要 says a side or what of them is bad."""
        at = 0
        while at < len(clause):
            token = max(self.products.words(clause, at), key=lambda t: t.end, default=None)
            if token is None or not (token.meaning.codes or token.meaning.family):
                at += token.end - at if token is not None else 1
                continue
            wide = self.read(clause[at : token.end]).named
            rest = clause[token.end :].strip(" 、的")
            narrow = self.read(rest).named if rest else ()
            below = bool(narrow) and all(self._is_below(n, wide) for n in narrow)
            side = bool(rest) and self.read(clause[:at]).side
            if (below and not set(narrow) & set(wide)) or side or _SIZE_OR_FAULT.match(rest):
                return token.end
            return 0
        return 0

    def _denied(self, start: int, end: int, what: str) -> Negation:
        read = self.read(what)
        return Negation(start, end, read.named, read.region, words=what.strip())

    def _is_below(self, code: str, tops: tuple[str, ...]) -> bool:
        return any(self.products.below(code, top) for top in tops)


def _after_gap(text: str, at: int) -> int:
    match = _GAPS.match(text, at)
    return match.end() if match else at
