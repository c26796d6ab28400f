"""Which language a page is in, and its words, found once a request.

A page asks for a hundred words. Flask-Babel looks for the request's translations at each
of them, and Jinja's extension wraps each once more; here both are found once, and a word
without variables is kept ready for every page of its language.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale, get_translations
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


class Words(dict[str, Markup]):
    """One language: its translations, and the texts of templates, safe and ready."""

    def __init__(self, translations: NullTranslations, locale: Locale | None) -> None:
        super().__init__()
        self.translations = translations
        self.locale = str(locale or SOURCE)
        self.english = locale is not None and locale.language == "en"

    def __missing__(self, text: str) -> Markup:
        # As with Jinja's own, every text is a format: %% is one percent sign.
        self[text] = word = Markup(self.translations.ugettext(text)) % {}
        return word


class RequestDomain(Domain):
    """Flask-Babel's domain, whose translations are found once for each request."""

    def get_translations(self) -> NullTranslations:
        # The attribute that force_locale() and refresh() take away.
        kept = g._get_current_object()._flask_babel
        if (found := getattr(kept, "babel_translations", None)) is None:
            found = kept.babel_translations = super().get_translations()
        return found


class RequestBabel(Babel):
    """Flask-Babel with a RequestDomain."""

    @cached_property
    def domain_instance(self) -> Domain:
        return RequestDomain(domain=self.domain)


babel = RequestBabel()


def words() -> Words:
    """The words of this page's language."""
    try:
        found: Words = g._get_current_object()._flask_babel.babel_translations.words
        return found
    except (AttributeError, RuntimeError):
        translations = get_translations()
    if (known := getattr(translations, "words", None)) is None:
        known = translations.words = Words(translations, get_locale())
    return known


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
    return words().english


def gettext(text: str, **variables: Any) -> str:
    """The text in the page's language, as Flask-Babel's."""
    said: str = words().translations.ugettext(text)
    return said % variables if variables else said


def lazy_gettext(text: str, **variables: Any) -> LazyString:
    """gettext() of whatever page it is shown on."""
    return LazyString(gettext, text, **variables)


def on_page(text: str, **variables: Any) -> Markup:
    """`_()` of the templates: safe, with its variables escaped."""
    known = words()
    if variables:
        return _filled(known.translations.ugettext(text), variables)
    return known[text]


def counted_on_page(one: str, many: str, num: int, **variables: Any) -> Markup:
    """`ngettext()` of the templates; `num` is a variable of the text too."""
    return _filled(words().translations.ungettext(one, many, num), {"num": num, **variables})


def _filled(text: str, variables: dict[str, Any]) -> Markup:
    """As Markup(text) % variables, in a third of the time."""
    safe = {k: v if isinstance(v, int) else escape(v) for k, v in variables.items()}
    return Markup(text % safe)


def init_app(app: Flask) -> None:
    babel.init_app(app, locale_selector=_locale)
    app.jinja_env.globals.update(_=on_page, gettext=on_page, ngettext=counted_on_page)
