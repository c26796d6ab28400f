"""Reading a post, as people type, paste or dictate it, into the fields of an offer."""

from market.offers.posts.parsing import ParsedPost as ParsedPost
from market.offers.posts.parsing import parse_goods as parse_goods
from market.offers.posts.parsing import parse_post as parse_post
