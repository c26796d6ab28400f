"""The WSGI entry points: `gunicorn wsgi:app`, or `gunicorn --preload 'wsgi:warmed()'`."""

import gc
import sys

from flask import Flask

from config import ConfigurationError
from market import create_app
from market.web.warmup import warm

# Containers made before the young are looked through: a page makes thousands and leaves none.
gc.set_threshold(50_000)
# Seconds a thread may keep the interpreter while another waits for it: longer than most pages
# take to make. Made by turns, two pages come no sooner and cost more.
sys.setswitchinterval(0.02)


def _stays() -> None:
    """What there is now stays for good. Left out of every collection, it is not written to,
    and the processes that the web server forks go on sharing it."""
    gc.collect()
    gc.freeze()


def warmed() -> Flask:
    """The app after a look at its pages."""
    warm(app)
    _stays()
    return app


try:
    app = create_app()
except ConfigurationError as error:
    sys.exit(f"The market does not start: {error}.")
_stays()
