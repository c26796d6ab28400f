"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from functools import partial

from flask import url_for

from market.accounts.login import ALWAYS_REACHED
from market.pages import bp
from market.pages.texts import text_titles
from market.web.slots import add_link, add_part

add_link("home", "pages.home")
add_link("terms", partial(url_for, "pages.text", name="terms"))
add_link("privacy", partial(url_for, "pages.text", name="privacy"))
add_link("pending_form", "pages.pending_form")
ALWAYS_REACHED.update(("pages.language", "pages.text_size", "pages.text"))
bp.add_app_template_global(text_titles)
add_part("foot", "pages/_foot.html")
