"""How often a password may be tried, so that nobody guesses and nobody is locked out by others.

A wrong password counts for its number and the network it came from, and for the network; in
a browser that the account has logged in with before, for that browser alone. So a stranger's
tries close a number to the stranger. While a number is tried from many networks at once, a
new browser of a new network has few tries, but it has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from limits import RateLimitItem, parse, parse_many

from market.accounts.authentication import WrongPassword
from market.accounts.devices import Device
from market.accounts.models import Account
from market.web.limits import forgive, is_spent, record, refund, spend
from market.web.network import client_network

PER_NUMBER = parse("10/10 minutes")
# Of a number that so many wrong passwords are tried for, each network has few tries.
UNDER_ATTACK = parse("200/hour")
PER_NUMBER_UNDER_ATTACK = parse("3/hour")
# A class of forty behind one address, each wrong a few times; not a list of numbers.
PER_NETWORK = parse_many("200/10 minutes; 1000/day")
# Confirming one's own password, logged in.
PER_ACCOUNT = parse("10/10 minutes")
# Text messages cost money and disturb: few for a number, whoever asks; a class for a network.
MESSAGES_PER_NUMBER = parse_many("1/minute; 4/hour; 8/day")
MESSAGES_PER_NETWORK = parse_many("60/hour; 200/day")
# Codes of the second factor, of one account from one network, and from all.
SECOND_STEP_HERE = parse("5/10 minutes")
SECOND_STEP = parse_many("30/hour; 120/day")
# A class of forty registers within the hour, a few of them twice.
REGISTRATIONS_PER_NETWORK = parse_many("120/hour; 400/day")
REGISTRATIONS_PER_NUMBER = parse("5/hour")

Budget = tuple[RateLimitItem, tuple[str, ...]]


@contextmanager
def counted(budgets: list[Budget]) -> Iterator[None]:
    """Count one try of each before it is made, and take it back unless it was wrong.

    Raises:
        TooManyTries: one of them is used up.
    """
    spent: list[Budget] = []
    try:
        for limit, key in budgets:
            spend(limit, *key)
            spent.append((limit, key))
        yield
    except WrongPassword:
        raise
    except BaseException:
        _take_back(spent)
        raise
    else:
        _take_back(spent)


def _take_back(spent: list[Budget]) -> None:
    for limit, key in spent:
        refund(limit, *key)


@contextmanager
def login_attempt(phone: str, account: Account | None, device: Device) -> Iterator[None]:
    """One try to log in with `phone` (E.164), which is that of `account` if it has one.

    Raises:
        TooManyTries: too many were wrong.
    """
    if account is not None and device.knows(account.id):
        key = ("known device", device.id, str(account.id))
        budgets: list[Budget] = [(PER_NUMBER, key)]
    else:
        network = client_network()
        key = ("log-in", phone, network)
        few = [(PER_NUMBER_UNDER_ATTACK, key)] if is_spent(UNDER_ATTACK, "attack", phone) else []
        all_here = [(limit, ("log-ins", network)) for limit in PER_NETWORK]
        budgets = [(PER_NUMBER, key), *few, *all_here]
    with counted(budgets):
        try:
            yield
        except WrongPassword:
            if len(budgets) > 1:
                record(UNDER_ATTACK, "attack", phone)
            raise
    forgive(PER_NUMBER, *key)


def confirm_attempt(account: Account) -> AbstractContextManager[None]:
    """One try to type one's own password again."""
    return counted([(PER_ACCOUNT, ("confirm", str(account.id)))])


def spend_registration(phone: str) -> None:
    """Count a registration, whatever comes of it.

    Raises:
        TooManyTries: too many from here, or of this number.
    """
    spend(REGISTRATIONS_PER_NUMBER, "register", phone)
    for limit in REGISTRATIONS_PER_NETWORK:
        spend(limit, "registrations", client_network())


def spend_message(*phones: str) -> None:
    """Count that a code is asked for by text message, whether one is sent or not.

    Raises:
        TooManyTries: too many from here, or for one of the numbers (E.164).
    """
    for limit in MESSAGES_PER_NETWORK:
        spend(limit, "messages", client_network())
    for phone in phones:
        for limit in MESSAGES_PER_NUMBER:
            spend(limit, "message", phone)


def second_step_attempt(account: Account) -> AbstractContextManager[None]:
    """One try of a code of the second factor."""
    key = ("second factor", str(account.id))
    here: Budget = (SECOND_STEP_HERE, (*key, client_network()))
    return counted([here, *((limit, key) for limit in SECOND_STEP)])
