from tests.offers.factories import make_offer
from market.offers.finding import find, Filters
from market.offers.queries import cards
def test_a(app, make_account):
    pass
