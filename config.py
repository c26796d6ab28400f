"""Settings as classes; the only place that reads the environment.

`MARKET_ENV` chooses the class: `development` (the default), `testing` or `production`.
Production refuses to start with a missing secret, with debug on, or (checked once the
database is there, in `market.accounts`) with demonstration accounts present.
"""

from __future__ import annotations

import math
import os
import re
import secrets
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parent
REFERENCE = ROOT / "seeds" / "reference"
COMMON_PASSWORDS = REFERENCE / "common_passwords.txt"
# Characters of a secret key: at least, and without the words in it; bits of what is in it.
KEY_LENGTH, KEY_LENGTH_WITHOUT_WORDS, KEY_BITS = 32, 24, 90
# Words of example keys that lists of passwords lack.
KEY_WORDS = (
    *("secret", "password", "example", "change", "develop", "testing", "production", "market"),
    *("harvest", "default", "insecure", "please", "replace", "random", "admin", "flask"),
    *("django", "staging", "public", "private", "correct", "sample", "dummy"),
)
# Of the documentation of Flask.
EXAMPLE_KEYS = ("192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",)
ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")


# What every gateway of text messages must be told.
GATEWAY_NEEDS = ("SMS_ACCESS_KEY_ID", "SMS_ACCESS_KEY_SECRET", "SMS_SIGN_NAME", "SMS_TEMPLATES")


class ConfigurationError(RuntimeError):
    """A setting is missing or unsafe; the message names it."""


def is_weak_key(key: str) -> bool:
    """Whether a secret key may be guessed: short, a pattern, or words instead of chance.

    A key of 128 random bits in hexadecimal passes; 24 random characters beside words do.
    """
    plain = re.sub(r"[\W_]", "", key.casefold())
    if len(key) < KEY_LENGTH or key in EXAMPLE_KEYS:
        return True
    triples = [plain[i : i + 3] for i in range(len(plain) - 2)]
    steps = [a + b for a, b in pairwise(plain)]
    in_row = sum(s[0] == s[1] or any(s in row or s in row[::-1] for row in ROWS) for s in steps)
    # Chance mixes letters and digits, phrases do not.
    mixed = sum(s[0].isdigit() != s[1].isdigit() for s in steps)
    if len(set(triples)) < 0.8 * len(triples) or in_row > 0.5 * len(steps):
        return True
    words = {w for w in COMMON_PASSWORDS.read_text("utf-8").split() if len(w) >= 5} | {*KEY_WORDS}
    longest_first = sorted((w for w in words if w in plain), key=len, reverse=True)
    left = re.sub("|".join(map(re.escape, longest_first)), "", plain) if longest_first else plain
    shares = [n / len(key) for n in Counter(key).values()]
    bits = -len(key) * sum(share * math.log2(share) for share in shares)
    return mixed < 0.05 * len(steps) or len(left) < KEY_LENGTH_WITHOUT_WORDS or bits < KEY_BITS


def instance_key(instance: Path) -> str:
    """The secret key of an instance where none is set: made at random once, in its folder.

    Raises:
        ConfigurationError: the file is there and holds no such key.
    """
    path = instance / "secret_key"
    if not path.exists():
        new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            # Web and worker start at once: the first one's key is everybody's.
            os.link(new, path)
        except FileExistsError:
            pass
        finally:
            new.unlink(missing_ok=True)
    path.chmod(0o600)
    key = path.read_text("utf-8").strip()
    if not re.fullmatch(r"[0-9a-f]{64}", key):
        raise ConfigurationError(f"{path} holds no key: delete it, and everybody logs in anew")
    return key


def _pairs(text: str) -> dict[str, str]:
    """What `a=1,b=2` says."""
    named = (part.partition("=") for part in text.split(",") if part.strip())
    return {name.strip(): value.strip() for name, _, value in named}


class Base:
    ENV_NAME = "base"
    DEBUG = False
    TESTING = False
    # A relative folder is one inside the checkout, wherever the command is given.
    INSTANCE = ROOT / os.environ.get("MARKET_INSTANCE", "instance")
    # Signs cookies and forms. None set: a random one is kept in INSTANCE, but in production.
    SECRET_KEY = os.environ.get("SECRET_KEY", "")

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
    # How the numbers 文号 of its bulletins begin, before the year and the number in it.
    BULLETIN_NUMBER_PREFIX = os.environ.get("BULLETIN_NUMBER_PREFIX", "湘商对接")
    HOME_TIME_ZONE = os.environ.get("HOME_TIME_ZONE", "Asia/Shanghai")

    # For how many hours the worker may have been away until somebody must confirm that the
    # machine's clock is right (flask calendar confirm): a wrong one would expire every offer.
    CLOCK_MAX_AHEAD_HOURS = float(os.environ.get("CLOCK_MAX_AHEAD_HOURS", "72"))

    # When statements 上报 are due, in the home time zone: a county's daily one by this hour of
    # the next day, its final one so many whole days after the fair's last day; a prefecture's
    # so many hours and days after its counties'.
    DAILY_DUE_HOUR = int(os.environ.get("DAILY_DUE_HOUR", "10"))
    FINAL_DUE_DAYS = int(os.environ.get("FINAL_DUE_DAYS", "5"))
    REVIEW_HOURS = int(os.environ.get("REVIEW_HOURS", "6"))
    REVIEW_DAYS = int(os.environ.get("REVIEW_DAYS", "3"))

    # A deal of more than this needs proof and a second official, of the prefecture.
    SECOND_OFFICIAL_ABOVE_FEN = int(os.environ.get("SECOND_OFFICIAL_ABOVE_YUAN", "1000000")) * 100

    # Whether officials and administrators must set up a second factor before anything else.
    SECOND_FACTOR_REQUIRED = False

    LANGUAGES = ("zh_CN", "en")
    BABEL_DEFAULT_LOCALE = "zh_CN"
    BABEL_DEFAULT_TIMEZONE = HOME_TIME_ZONE
    BABEL_TRANSLATION_DIRECTORIES = "translations"

    # Photos an account may send, also with forms that are refused: each takes up to a second
    # of the processor. An assistant who posts for a village needs a few hundred a day.
    PHOTOS_PER_HOUR = os.environ.get("PHOTOS_PER_HOUR", "120/hour")
    PHOTOS_PER_DAY = os.environ.get("PHOTOS_PER_DAY", "400/day")
    # From one address without logging in, where a whole class may be behind one.
    VISITOR_PHOTOS_PER_DAY = os.environ.get("VISITOR_PHOTOS_PER_DAY", "120/day")
    # A form with six photos as a phone makes them, though each be too large: the rest of the
    # form is kept then, and of each file no more than a photo may have.
    MAX_CONTENT_LENGTH = 96 * 1024 * 1024
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
    # Pages that are the same for everyone are cached, by the beginning of their path: for so many
    # seconds whatever happens, and longer while what they show is unchanged. What is posted
    # must be seen within a second; a fair's figures within five of the deal.
    PAGE_CACHE_SECONDS: ClassVar[dict[str, float]] = {
        "/": 1.0,
        "/fairs": 1.0,
        "/offers": 0.0,
        "/prices": 0.0,
    }
    # For how many seconds the usual prices, quantities and amounts are reused.
    BASELINE_SECONDS = 600.0
    # Thresholds of gluts, shortages, prices and idle counties that differ from those of
    # market.monitoring.rules.Limits, by name; for how long the desk reuses what it read.
    MONITORING: ClassVar[dict[str, int]] = {}
    MONITORING_SECONDS = 60.0
    # How much one account may do in a day (market.accounts.quotas): a trader, and who holds a
    # role, such as an assistant who posts for a township.
    QUOTAS: ClassVar[dict[str, tuple[int, int]]] = {
        "reveals": (40, 600),
        "offers": (60, 1000),
        "proposals": (40, 400),
        "questions": (20, 200),
        "enquiries": (100, 1000),
        "public_questions": (20, 200),
        "disputes": (10, 100),
        "certificates": (10, 100),
        "complaints": (5, 50),
        "imported_rows": (0, 20_000),
    }
    # Days in which a county decides a complaint about a trader.
    COMPLAINT_DAYS = 15
    # What carries text messages: console (logged, and shown on a page, but in production
    # nowhere), aliyun or tencent (the extra `sms`). An endpoint is set only to try another
    # server, as http://host:port.
    SMS_GATEWAY = os.environ.get("SMS_GATEWAY", "console")
    SMS_ACCESS_KEY_ID = os.environ.get("SMS_ACCESS_KEY_ID", "")
    SMS_ACCESS_KEY_SECRET = os.environ.get("SMS_ACCESS_KEY_SECRET", "")
    SMS_SIGN_NAME = os.environ.get("SMS_SIGN_NAME", "")
    # Tencent's number of the application.
    SMS_APP_ID = os.environ.get("SMS_APP_ID", "")
    SMS_REGION = os.environ.get("SMS_REGION", "")
    SMS_ENDPOINT = os.environ.get("SMS_ENDPOINT", "")
    # The numbers under which the gateway has approved our texts: code=SMS_1,notice=SMS_2.
    SMS_TEMPLATES: ClassVar[dict[str, str]] = _pairs(os.environ.get("SMS_TEMPLATES", ""))
    # The mail server; none: as the console. TLS: starttls, ssl or none.
    SMTP_HOST = os.environ.get("SMTP_HOST", "")
    SMTP_PORT = int(os.environ.get("SMTP_PORT", "587"))
    SMTP_TLS = os.environ.get("SMTP_TLS", "starttls")
    SMTP_USER = os.environ.get("SMTP_USER", "")
    SMTP_PASSWORD = os.environ.get("SMTP_PASSWORD", "")
    SMTP_FROM = os.environ.get("SMTP_FROM", "")
    # Only to try another server, as http://host:port; else the robots' own.
    WEBHOOK_ENDPOINT = os.environ.get("WEBHOOK_ENDPOINT", "")
    # The address of the site in what leaves it, such as https://market.example.cn
    SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    # Messages to one recipient in a day at home; codes are counted apart.
    OUTGOING_PER_DAY: ClassVar[dict[str, int]] = {"sms": 10, "email": 40, "webhook": 200}
    # Proxies in front that set X-Forwarded-*; behind nginx: 1.
    TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))

    @classmethod
    def check(cls) -> None:
        """Raise ConfigurationError naming the first unsafe setting."""


class Development(Base):
    ENV_NAME = "development"


class Testing(Base):
    ENV_NAME = "testing"
    TESTING = True
    BASELINE_SECONDS = 0.0
    SERVER_NAME = None
    # Tests change things and look at once: no page is reused without a look at its versions.
    PAGE_CACHE_SECONDS: ClassVar[dict[str, float]] = dict.fromkeys(Base.PAGE_CACHE_SECONDS, 0.0)
    MONITORING_SECONDS = 0.0
    # Tests do in a second what a person does in a season.
    QUOTAS: ClassVar[dict[str, tuple[int, int]]] = dict.fromkeys(Base.QUOTAS, (10_000, 10_000))
    # Hashing at full strength would be most of the suite's time.
    ARGON2: ClassVar[dict[str, int]] = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


class Production(Base):
    ENV_NAME = "production"
    SESSION_COOKIE_SECURE = True
    REMEMBER_COOKIE_SECURE = True
    PREFERRED_URL_SCHEME = "https"
    SECOND_FACTOR_REQUIRED = os.environ.get("SECOND_FACTOR_REQUIRED", "1") not in ("", "0")

    @classmethod
    def check(cls) -> None:
        if is_weak_key(cls.SECRET_KEY):
            raise ConfigurationError(
                "SECRET_KEY must be set to at least 32 random characters: "
                "python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        if os.environ.get("FLASK_DEBUG", "0") not in ("", "0"):
            raise ConfigurationError("FLASK_DEBUG must be off in production")
        cls.check_gateways()

    @classmethod
    def check_gateways(cls) -> None:
        """Refuse a chosen gateway that could not send; the message says what it lacks."""
        needed = {"aliyun": GATEWAY_NEEDS, "tencent": (*GATEWAY_NEEDS, "SMS_APP_ID")}
        if cls.SMS_GATEWAY not in ("console", *needed):
            raise ConfigurationError(
                f"SMS_GATEWAY is {cls.SMS_GATEWAY!r}; known: console, {', '.join(needed)}"
            )
        if cls.SMTP_TLS not in ("starttls", "ssl", "none"):
            raise ConfigurationError(f"SMTP_TLS is {cls.SMTP_TLS!r}; known: starttls, ssl, none")
        if missing := [n for n in needed.get(cls.SMS_GATEWAY, ()) if not getattr(cls, n)]:
            raise ConfigurationError(f"SMS_GATEWAY {cls.SMS_GATEWAY} needs {', '.join(missing)}")
        if cls.SMTP_HOST:
            beside = ("SMTP_FROM", *(("SMTP_PASSWORD",) if cls.SMTP_USER else ()))
            if missing := [name for name in beside if not getattr(cls, name)]:
                raise ConfigurationError(f"SMTP_HOST needs {', '.join(missing)}")
        sends = cls.SMTP_HOST or cls.SMS_GATEWAY != "console"
        if sends and not cls.SITE_URL.startswith("https://"):
            raise ConfigurationError("SITE_URL must be the https:// address of the site")


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
