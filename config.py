"""Settings as classes; the only place that reads the environment.

`MARKET_ENV` chooses the class: `development` (the default), `testing` or `production`.
Production refuses to start with a missing secret, with debug on, or (checked once the
database is there, in `market.accounts`) with demonstration accounts present.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parent
REFERENCE = ROOT / "seeds" / "reference"


class ConfigurationError(RuntimeError):
    """A setting is missing or unsafe; the message names it."""


class Base:
    ENV_NAME = "base"
    DEBUG = False
    TESTING = False
    # A relative folder is one inside the checkout, wherever the command is given.
    INSTANCE = ROOT / os.environ.get("MARKET_INSTANCE", "instance")

    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", f"sqlite:///{INSTANCE}/market.sqlite3")
    SEARCH_INDEX = INSTANCE / "index"
    MEDIA = INSTANCE / "media"
    JOBS_DATABASE = INSTANCE / "jobs.sqlite3"
    LIMITS_DATABASE = INSTANCE / "limits.sqlite3"

    # Where the machine keeps fonts: documents on paper embed a Chinese one.
    FONT_FOLDERS: tuple[str, ...] = tuple(
        os.environ.get(
            "FONT_FOLDERS", "/usr/share/fonts:/usr/local/share/fonts:~/.local/share/fonts:~/.fonts"
        ).split(":")
    )

    # The home region: the fair's figures are told for its leaves.
    HOME_REGION = os.environ.get("HOME_REGION", "430000")
    # Management districts that report like a county without being a statutory one.
    REPORTING_ZONES: tuple[str, ...] = tuple(
        os.environ.get("REPORTING_ZONES", "430671,430971").split(",")
    )
    HOME_TIME_ZONE = os.environ.get("HOME_TIME_ZONE", "Asia/Shanghai")

    # When statements 上报 are due, in the home time zone: a county's daily one by this hour of
    # the next day, its final one so many whole days after the fair's last day; a prefecture's
    # so many hours and days after its counties'.
    DAILY_DUE_HOUR = int(os.environ.get("DAILY_DUE_HOUR", "10"))
    FINAL_DUE_DAYS = int(os.environ.get("FINAL_DUE_DAYS", "5"))
    REVIEW_HOURS = int(os.environ.get("REVIEW_HOURS", "6"))
    REVIEW_DAYS = int(os.environ.get("REVIEW_DAYS", "3"))

    LANGUAGES = ("zh_CN", "en")
    BABEL_DEFAULT_LOCALE = "zh_CN"
    BABEL_DEFAULT_TIMEZONE = HOME_TIME_ZONE
    BABEL_TRANSLATION_DIRECTORIES = "translations"

    MAX_CONTENT_LENGTH = 32 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 512 * 1024
    WTF_CSRF_TIME_LIMIT = 12 * 3600
    PERMANENT_SESSION_LIFETIME = timedelta(days=60)
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = False
    REMEMBER_COOKIE_DURATION = PERMANENT_SESSION_LIFETIME
    REMEMBER_COOKIE_HTTPONLY = True
    REMEMBER_COOKIE_SAMESITE = "Lax"
    REMEMBER_COOKIE_SECURE = False
    SEND_FILE_MAX_AGE_DEFAULT = timedelta(hours=1)
    COMPRESS_MIN_SIZE = 600
    # log2 of bytes: pages are smaller, and clearing room for 4 MB takes longer than they do.
    COMPRESS_BR_WINDOW = 16
    COMPRESS_ALGORITHM: tuple[str, ...] = ("br", "gzip")
    RATELIMIT_HEADERS_ENABLED = True
    # Pages that are the same for everyone may be kept, by their path's beginning: for so many
    # seconds without asking, and longer while what they are made of stays the same. What is
    # posted must be seen within a second; a fair's figures within five of the deal.
    KEPT_SECONDS: ClassVar[dict[str, float]] = {"/": 1.0, "/fairs": 1.0, "/offers": 0.0}
    # For how many seconds what is usual (prices, quantities, amounts) is remembered.
    USUAL_KEPT_FOR = 600.0
    # Thresholds of gluts, shortages, prices and idle counties that differ from those of
    # market.monitoring.rules.Limits, by name; for how long the desk keeps what it read.
    MONITORING: ClassVar[dict[str, int]] = {}
    MONITORING_SECONDS = 60.0
    # How much one account may do in a day (market.accounts.quotas): a trader, and who holds a
    # role, such as an assistant who posts for a township.
    QUOTAS: ClassVar[dict[str, tuple[int, int]]] = {
        "reveals": (60, 600),
        "offers": (60, 1000),
        "proposals": (40, 400),
        "questions": (20, 200),
    }
    # Proxies in front that set X-Forwarded-*; behind nginx: 1.
    TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))

    @classmethod
    def check(cls) -> None:
        """Raise ConfigurationError naming the first unsafe setting."""


class Development(Base):
    ENV_NAME = "development"
    SECRET_KEY = os.environ.get("SECRET_KEY", "development-only")


class Testing(Base):
    ENV_NAME = "testing"
    TESTING = True
    SECRET_KEY = "testing-only"
    USUAL_KEPT_FOR = 0.0
    SERVER_NAME = None
    # Tests change things and look at once.
    KEPT_SECONDS: ClassVar[dict[str, float]] = {}
    MONITORING_SECONDS = 0.0
    # Hashing at full strength would be most of the suite's time.
    ARGON2: ClassVar[dict[str, int]] = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


class Production(Base):
    ENV_NAME = "production"
    SECRET_KEY = os.environ.get("SECRET_KEY", "")
    SESSION_COOKIE_SECURE = True
    REMEMBER_COOKIE_SECURE = True
    PREFERRED_URL_SCHEME = "https"

    @classmethod
    def check(cls) -> None:
        if len(cls.SECRET_KEY) < 32:
            raise ConfigurationError("SECRET_KEY must be set to at least 32 random characters")
        if os.environ.get("FLASK_DEBUG", "0") not in ("", "0"):
            raise ConfigurationError("FLASK_DEBUG must be off in production")


CONFIGURATIONS = {c.ENV_NAME: c for c in (Development, Testing, Production)}


def current() -> type[Base]:
    """The class named by MARKET_ENV.

    Raises:
        ConfigurationError: the name is unknown.
    """
    name = os.environ.get("MARKET_ENV", "development")
    try:
        return CONFIGURATIONS[name]
    except KeyError:
        raise ConfigurationError(
            f"MARKET_ENV is {name!r}; known: {', '.join(CONFIGURATIONS)}"
        ) from None
