"""Looking at the site once before visitors come.

What the first pages make and the others find (templates, statements, words, the index in
memory) is made in the process that the web server forks, and shared by all it forks.
"""

from __future__ import annotations

import re

from flask import Flask

# Where to begin, and how many of the pages that those lead to are looked at.
BEGINNINGS = ("/", "/offers", "/fairs")
PAGES = 80
LINK = re.compile(r'href="(/(?!static/)[^"#]*)"')


def warm(app: Flask) -> None:
    """Ask for the public pages as a visitor would; nothing where the first can't be shown."""
    from market.database import db

    visitor = app.test_client(use_cookies=False)
    seen: dict[str, None] = dict.fromkeys(BEGINNINGS)
    for beginning in BEGINNINGS:
        with visitor.get(beginning) as page:
            if page.status_code != 200:
                break
            seen |= dict.fromkeys(LINK.findall(page.get_data(as_text=True).replace("&amp;", "&")))
    else:
        for address in list(seen)[len(BEGINNINGS) :][:PAGES]:
            visitor.get(address, headers={"Accept-Encoding": "br, gzip"}).close()
    with app.app_context():
        # A connection to the database must not be shared with another process.
        db.engine.dispose()
