"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from market.web.slots import add_link, fill_slot

add_link("statement.print", "papers.print_statement")
add_link("paper.verify", "papers.verify_form")
fill_slot("fair.bulletins", "papers/_bulletins.html")
fill_slot("fair.bulletin", "papers/_bulletin_link.html")
