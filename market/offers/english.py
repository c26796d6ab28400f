"""What traders wrote in Chinese, for who reads English: goods, grades, packing, delivery."""

from __future__ import annotations

from markupsafe import Markup, escape

from market.products.queries import product_lexicon
from market.text.characters import is_chinese
from market.text.romanize import romanize
from market.text.trade_phrases import PhrasePart, has_translation, translate_phrase
from market.web.language import is_english

CHINESE = "zh-CN"


def has_chinese(text: str) -> bool:
    """Whether any character of the text is Chinese."""
    return any(map(is_chinese, text))


def language_of(text: str) -> str:
    """The `lang` of a trader's text on a page in English: "zh-CN"; "" where there is nothing to
    mark."""
    return CHINESE if is_english() and has_chinese(text) else ""


def language_attribute(text: str) -> str:
    """The same as an attribute of HTML with a space before; "" for none."""
    language = language_of(text)
    return Markup(' lang="{}"').format(language) if language else ""


def goods_in_english(words: str, name: str, name_en: str) -> str:
    """A product with the owner's own word for it in pinyin: Green tea · Shimen Yinfeng.

    Args:
        words: the owner's; "" where they are the product's name.
    """
    kind = words.removesuffix(name).strip()
    variety = romanize(kind) if kind and kind not in name else ""
    return " · ".join(filter(None, (name_en or romanize(name) or name, variety)))


def localize_phrase(text: str) -> str:
    """A short text of an offer's field as the page shows it: on one in English by the table of
    the trade's terms, safe, with the original as its title; what is in no table keeps its `lang`.
    """
    if not text or not is_english() or not has_chinese(text):
        return text
    translated = Markup("").join(map(_marked, translate_phrase(text)))
    return Markup('<span title="{}">{}</span>').format(text, translated)


def phrase_beside_original(text: str) -> str:
    """localize_phrase() with the original after it, small, where it is a translation."""
    if not is_translated(text):
        return localize_phrase(text)
    translated = Markup("").join(map(_marked, translate_phrase(text)))
    return Markup('{} <span class="soft" lang="{}">{}</span>').format(translated, CHINESE, text)


def is_translated(text: str) -> bool:
    """Whether the page shows the text in other words than it was written in."""
    return is_english() and has_translation(text)


def plain_phrase(text: str) -> str:
    """The same as plain text, for spreadsheets and pictures."""
    if not text or not is_english() or not has_chinese(text):
        return text
    return "".join(_name(piece) or piece.text for piece in translate_phrase(text))


def _marked(piece: PhrasePart) -> Markup:
    if not piece.is_original:
        return escape(piece.text)
    original = Markup('<span lang="{}">{}</span>').format(CHINESE, piece.text)
    return Markup("{} {}").format(_name(piece), original) if _name(piece) else original


def _name(piece: PhrasePart) -> str:
    """The letters of a name that is no word of the table: a variety's; "" for anything else."""
    if not piece.is_original or not product_lexicon().has_name(piece.text.strip(" ,")):
        return ""
    return romanize(piece.text.strip(" ,"))
