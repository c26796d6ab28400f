"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from market.web.slots import add_link, fill_slot

add_link("acts", "audit.index")
fill_slot("account.acts", "audit/_acts_on_account.html")
fill_slot("reference.acts", "audit/_acts_on_reference.html")
fill_slot("words.acts", "audit/_acts_on_words.html")
