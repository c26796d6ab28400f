"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from market.web.slots import add_link, fill_slot

add_link("prices.table", "prices.table")
fill_slot("offer.prices", "prices/_of_offer.html")
fill_slot("offer.form.prices", "prices/_of_form.html")
fill_slot("offers.prices", "prices/_of_list.html")
fill_slot("home.prices", "prices/_of_home.html")
