"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from market.accounts.login import BEFORE_NEW_PASSWORD
from market.web.slots import add_link

add_link("home", "pages.home")
add_link("pending_form", "pages.pending_form")
BEFORE_NEW_PASSWORD.add("pages.language")
