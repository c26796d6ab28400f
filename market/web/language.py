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

from market.web.preferences import remember

COOKIE = "language"
# In the address of a page: the language in which a search engine lists it.
PARAMETER = "lang"
# What the texts in the code are written in.
SOURCE = Locale("en")


def select() -> str:
    """The page's locale: the address's, the cookie, the account's setting, or the default."""
    if not has_request_context():
        return current_app.config["BABEL_DEFAULT_LOCALE"]
    chosen: str = _asked_for() or request.cookies.get(COOKIE, "")
    if chosen not in current_app.config["LANGUAGES"] and current_user.is_authenticated:
        chosen = current_user.language
    return (
        chosen
        if chosen in current_app.config["LANGUAGES"]
        else current_app.config["BABEL_DEFAULT_LOCALE"]
    )


def language_parameter(language: str) -> str:
    """What an address carries to be read in a language ("en")."""
    return f"{PARAMETER}={language}"


def _asked_for() -> str:
    """The locale that the page's address names ("en", "zh"); "" for none. A form that is sent
    to such an address may be changing the language, so only reading counts."""
    if request.environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return ""
    asked = request.args.get(PARAMETER, "")
    locales = (code for code in current_app.config["LANGUAGES"] if code.split("_")[0] == asked)
    return next(locales, "") if asked else ""


def _remember_asked_for(response: Response) -> Response:
    """Who came to a page in one language reads on in it."""
    code = _asked_for() if request.args.get(PARAMETER) and response.status_code == 200 else ""
    if code and code != request.cookies.get(COOKIE) and response.mimetype == "text/html":
        remember(response, COOKIE, code)
    return response


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
        with force_locale(_parsed(code)):
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


def pgettext(context: str, text: str) -> str:
    """The text in the page's language where the same English means another thing elsewhere."""
    translated: str = catalog().translations.upgettext(context, text)
    return translated


def lazy_pgettext(context: str, text: str) -> LazyString:
    """pgettext() of whatever page it is shown on."""
    return LazyString(pgettext, context, text)


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
    app.after_request(_remember_asked_for)
    app.jinja_env.globals.update(_=on_page, gettext=on_page, ngettext=counted_on_page)
