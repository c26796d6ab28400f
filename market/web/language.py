"""The language of a page, and its translations.

A page translates some hundred texts. Flask-Babel looks for the request's translations at each of
them, and Jinja's extension wraps each once more; here the catalog is found once a request.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, current_app, g, has_app_context, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_translations
from flask_babel.speaklater import LazyString
from flask_login import current_user
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

COOKIE = "language"
# What the texts in the code are written in.
SOURCE = Locale("en")


def select() -> str:
    """The page's locale: the cookie, the account's setting, or the default."""
    if not has_request_context():
        return current_app.config["BABEL_DEFAULT_LOCALE"]
    chosen: str = request.cookies.get(COOKIE, "")
    if chosen not in current_app.config["LANGUAGES"] and current_user.is_authenticated:
        chosen = current_user.language
    return (
        chosen
        if chosen in current_app.config["LANGUAGES"]
        else current_app.config["BABEL_DEFAULT_LOCALE"]
    )


@dataclass(frozen=True)
class Catalog:
    """The translations into one language.

    Attributes:
        locale: its name.
        texts: what templates show without variables, by msgid, safe and formatted.
    """

    translations: NullTranslations
    locale: str
    is_english: bool
    texts: dict[str, Markup] = field(default_factory=dict)


# Outside of an app's context.
UNTRANSLATED = Catalog(NullTranslations(), str(SOURCE), is_english=False)
babel = Babel()
# By locale: there are as many as LANGUAGES.
_catalogs: dict[Locale, Catalog] = {}


def catalog() -> Catalog:
    """The catalog of this page's language, found once a request.

    A page asks for it some hundred times; Flask-Babel would look for the locale each time, which
    was a sixth of a list's processor time.
    """
    try:
        found: Catalog = g._get_current_object().catalog  # half the time of asking the proxy
        return found
    except (AttributeError, RuntimeError):
        pass
    found = _find_catalog()
    if has_app_context():
        g.catalog = found
    return found


def _find_catalog() -> Catalog:
    locale = get_locale()
    if locale is None:
        return UNTRANSLATED
    found = _catalogs.get(locale)
    if found is None:
        found = Catalog(get_translations(), str(locale), locale.language == "en")
        _catalogs[locale] = found
    return found


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Render in that language, whatever the page's is."""
    before = g.pop("catalog", None)
    try:
        with force_locale(code):
            yield
    finally:
        g.pop("catalog", None)
        if before is not None:
            g.catalog = before


def _locale() -> Locale:
    return _parsed(select())


@lru_cache(maxsize=16)
def _parsed(name: str) -> Locale:
    # Babel doesn't know zh_CN by that name and would look through all it knows each time.
    return Locale.parse(name)


def remember(response: Response, code: str) -> None:
    """Let this visitor's pages be in that language from now on."""
    response.set_cookie(
        COOKIE,
        code,
        max_age=365 * 24 * 3600,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def is_english() -> bool:
    """Whether the page is in English; in any other language names are Chinese."""
    return catalog().is_english


def gettext(text: str, **variables: Any) -> str:
    """The text in the page's language, as Flask-Babel's."""
    translated: str = catalog().translations.ugettext(text)
    return translated % variables if variables else translated


def lazy_gettext(text: str, **variables: Any) -> LazyString:
    """gettext() of whatever page it is shown on."""
    return LazyString(gettext, text, **variables)


def on_page(text: str, **variables: Any) -> Markup:
    """`_()` of the templates: safe, with its variables escaped."""
    found = catalog()
    if variables:
        return _filled(found.translations.ugettext(text), variables)
    if (known := found.texts.get(text)) is None:
        known = found.texts[text] = _filled(found.translations.ugettext(text), {})
    return known


def counted_on_page(one: str, many: str, num: int, **variables: Any) -> Markup:
    """`ngettext()` of the templates; `num` is a variable of the text too."""
    return _filled(catalog().translations.ungettext(one, many, num), {"num": num, **variables})


def _filled(text: str, variables: dict[str, Any]) -> Markup:
    """As Markup(text) % variables, in a third of the time."""
    safe = {k: v if isinstance(v, int) else escape(v) for k, v in variables.items()}
    return Markup(text % safe)


def init_app(app: Flask) -> None:
    babel.init_app(app, locale_selector=_locale)
    app.jinja_env.globals.update(_=on_page, gettext=on_page, ngettext=counted_on_page)
