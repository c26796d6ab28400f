"""What pages of other rooms show of this room."""

from __future__ import annotations

from market.products.drawings import drawing_url
from market.web.slots import add_link

add_link("drawing", drawing_url)
