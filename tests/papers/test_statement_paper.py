"""A county's statement is one page to sign, whatever stands on it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pypdf
import pytest

from market.accounts.models import Account
from market.accounts.privacy.erasures import Person
from market.database import db, utcnow
from market.papers import privacy
from market.papers.document_figures import (
    DocumentFigures,
    PrintedCorrection,
    PrintedFinding,
    read_document,
)
from market.papers.models import Document
from market.papers.paper import paper_of
from market.papers.pdf import pdf_of
from market.web.filters import day
from market.web.language import in_language
from tests.html import squeezed
from tests.papers.test_official_figures import paper
from tests.papers.test_papers import words_of
from tests.statements.reporting_fair import SHIMEN, Season, make_season

Make = Callable[..., Account]
LONG = "一个名字很长的自治县及其经济技术开发区管理委员会"
EXPLANATION = "当日柑橘集中签约，三家合作社与批发市场签订年度合同，合同与付款凭证已逐笔核对。" * 5


@pytest.fixture
def season(make_account: Make) -> Season:
    return make_season(make_account)


@pytest.fixture
def daily(season: Season) -> Document:
    """The paper of the fair's third day."""
    for number in range(3):
        season.deal(SHIMEN, 1_000_00 * (number + 1), at=season.at(number))
    return paper(season, statement=season.submit(SHIMEN, season.day(2)))


def finding(number: int = 0, text: str = EXPLANATION) -> PrintedFinding:
    numbers = {"now": 50_000_000_00, "mean": 1_000_000_00, "days": 9 + number}
    names = (SHIMEN, "石门县", "Shimen County")
    return PrintedFinding(*names, "jump", "amount_fen", "warning", numbers, text)


def correction(number: int) -> PrintedCorrection:
    changes = [("amount_fen", 900_00 + number, 800_00), ("deals", 51, 50), ("mass_kg", 9, 8)]
    return PrintedCorrection(
        *(SHIMEN, "石门县", "Shimen County", 1, "final", number, f"退货{number}：短秤" * 12),
        *(utcnow(), number, "a" * 64, changes),
    )


def with_findings(number: int) -> Callable[[DocumentFigures], DocumentFigures]:
    found = [finding(n) for n in range(number)]
    return lambda printed: replace(printed, provenance=replace(printed.provenance, findings=found))


def corrected(printed: DocumentFigures) -> DocumentFigures:
    several = [correction(number) for number in range(1, 9)]
    provenance = replace(
        printed.provenance,
        **{"version": 3, "correction": 8, "corrections": several, "findings": [finding()] * 4},
    )
    return replace(printed, provenance=provenance)


def with_long_names(printed: DocumentFigures) -> DocumentFigures:
    data = json.loads(json.dumps(printed.to_json()))
    figures = data["figures"]
    for named in (figures["fair"], figures["region"], *figures["products"]):
        named["name"] = named["name_en"] = LONG * 2
    figures["products"] = figures["products"] * 12
    return read_document(data)


def pages_of(document: Document, language: str = "zh_CN") -> int:
    with in_language(language):
        return len(pypdf.PdfReader(io.BytesIO(pdf_of(document))).pages)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(
    "change",
    [lambda printed: printed, with_findings(3), with_findings(40), corrected, with_long_names],
    ids=["plain", "warnings", "many warnings", "corrected", "long names"],
)
def test_a_countys_statement_is_one_page(
    daily: Document, font: None, language: str, change: Any
) -> None:
    daily.figures = json.loads(json.dumps(change(daily.printed).to_json()))
    assert pages_of(daily, language) == 1


def test_what_does_not_fit_is_counted_and_stands_on_the_page(
    season: Season, daily: Document, font: None, log_in: Any
) -> None:
    daily.figures = json.loads(json.dumps(with_findings(40)(daily.printed).to_json()))
    db.session.commit()
    with in_language("zh_CN"):
        text = "".join(words_of(pdf_of(daily)))
    shown = text.count("三家合作社") // 5
    assert 0 < shown < 40
    assert f"其余{40 - shown}行见工作台" in text
    page = log_in(season.province).get(f"/documents/{daily.code}").text
    assert page.count("三家合作社") // 5 == 40


def test_its_title_says_the_kind_and_the_day(season: Season, daily: Document, log_in: Any) -> None:
    with in_language("zh_CN"):
        printed, of_day = paper_of(daily), day(season.day(2).day)
    assert printed.period == f"日报 · {of_day}"
    page = squeezed(log_in(season.province).get(f"/documents/{daily.code}").text)
    assert printed.period in page
    # The code stands beside where it is signed.
    foot = page[page.index('class="paper-foot"') : page.index("</aside>")]
    assert foot.index("paper-signatures") < foot.index("<svg") < foot.index("<dl>")


def test_the_final_statement_is_of_the_fairs_last_day(season: Season) -> None:
    season.deal(SHIMEN, 1_000_00)
    season.submit(SHIMEN)
    with in_language("zh_CN"):
        assert paper_of(paper(season)).period == f"终报 · {day(season.fair.ends_on)}"


def test_explanations_go_with_the_statement(season: Season, font: None) -> None:
    season.deal(SHIMEN, 1_000_00, at=season.at(0))
    season.deal(SHIMEN, 1_000_00, at=season.at(1))
    deal = season.deal(SHIMEN, 5_000_00, at=season.at(1))
    season.submit(SHIMEN, season.day(1))
    season.take_back(deal, at=season.at(2))
    statement = season.submit(SHIMEN, season.day(2))
    found = season.findings(SHIMEN, season.day(2))
    assert found  # the figures fell
    document = paper(season, statement=statement)
    kept = document.printed.provenance.findings
    assert [each.finding for each in kept] == list(found)
    assert {each.explanation for each in kept} == {"已核对"}
    with in_language("zh_CN"):
        text = "".join(words_of(pdf_of(document)))
    assert "校验说明" in text
    assert "已核对" in text


def test_the_days_before_the_last_are_one_row_and_add_up(season: Season) -> None:
    season.fair.starts_on -= timedelta(days=9)
    db.session.commit()
    for number in range(11):
        season.deal(SHIMEN, 1_00 * (number + 1), at=season.at(number))
    document = paper(season, statement=season.submit(SHIMEN, season.day(10)))
    with in_language("en"):
        sections = paper_of(document).sections
    (table,) = next(section.tables for section in sections if "Day by day" in section.heading)
    rows = list(table.blocks[0].rows)
    assert len(rows) == 8
    assert rows[0][1:] == (4, 10_00)
    assert sum(row[2] for row in rows) == table.total[2] == 66_00


def test_who_is_named_in_an_explanation_is_starred(daily: Document) -> None:
    named = replace(finding(text="李秋实电话核对"), consent="同意，李秋实")
    provenance = replace(daily.printed.provenance, findings=[named])
    figures = json.loads(json.dumps(replace(daily.printed, provenance=provenance).to_json()))
    (left,) = privacy._without(Person(0, ("李秋实",), ()), figures)["provenance"]["findings"]
    assert (left["explanation"], left["consent"]) == ("***电话核对", "同意，***")


@pytest.mark.parametrize(("language", "basis"), [("zh_CN", "按核实日"), ("en", "by day verified")])
def test_a_table_says_once_by_which_day_it_is(daily: Document, language: str, basis: str) -> None:
    with in_language(language):
        tables = [table for section in paper_of(daily).sections for table in section.tables]
    assert len(tables) == 3
    for table in tables:
        assert table.title.count(basis) == 1
        assert not [column.label for column in table.columns if basis in column.label]


def test_products_without_a_deal_fill_the_page(daily: Document, font: None) -> None:
    data = json.loads(json.dumps(daily.printed.to_json()))
    (first, *_) = data["figures"]["products"]
    data["figures"]["products"] = [first, *[{**first, "deals": 0, "amount_fen": 0}] * 40]
    daily.figures = data
    with in_language("zh_CN"):
        sections = paper_of(daily).sections
    (table,) = next(section.tables for section in sections if "产品" in section.heading)
    assert len(list(table.blocks[0].rows)) == 18
    assert pages_of(daily) == 1
