"""The WSGI entry point: `gunicorn wsgi:app`."""

import gc

from market import create_app

app = create_app()
# What is there now stays for good. Left out of every collection, it is not written to, and
# the processes that the web server forks go on sharing it.
gc.collect()
gc.freeze()
