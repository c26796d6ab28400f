"""Deals with somebody without an account: how they agree, and their erasure.

They agree with a code sent to their phone, which they tell to who wrote the deal down, or on a
signed paper that is photographed. The county rings back before it verifies either. Every function
is called inside transaction() and locks the deal before it decides.
"""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress
from datetime import timedelta

from flask import current_app
from limits import parse

from market.accounts.models import Account
from market.accounts.privacy.erasures import COUNTRY_CODE, Person
from market.accounts.privacy.erasures import erase_unregistered as redact_person
from market.database import db, lock, utcnow
from market.deals.checks import DealSides, DealTerms, check_official, check_party
from market.deals.models import Deal, DealStatus
from market.deals.privacy import REASON, UNFINISHED, delete_proofs, erase_party
from market.deals.revisions import confirm_revision, waiting_revision
from market.deals.services import add_proof, cancel_by_county, conclude, propose_between
from market.deals.unregistered_models import Evidence, UnregisteredParty
from market.offers.photos import StoredPhoto
from market.outgoing.services import can_send_sms, queue_sms
from market.outgoing.templates import SmsTemplate, add_sms_template
from market.products.units import UNITS
from market.web.errors import Invalid, InvalidTransition
from market.web.filters import trimmed, yuan
from market.web.language import in_language
from market.web.language import lazy_gettext as _l
from market.web.limits import TooManyTries, spend

CODE_DIGITS = 6
# They may be at work when it arrives, and be rung in the evening.
CODE_VALID = timedelta(hours=24)
TRIES_PER_CODE = parse("5/day")
# What a stranger's phone may be sent in a day, whoever writes deals down with its number.
CODES_PER_PHONE = parse("5/day")

add_sms_template(
    SmsTemplate(
        "deal_code",
        _l(
            "%(name)s wrote down a deal with you: %(deal)s, %(amount)s yuan in all. If that is"
            " right tell them the code %(code)s within 24 hours; if not, tell it to nobody. The"
            " county rings you to check."
        ),
        ("name", "deal", "amount", "code"),
        is_secret=True,
    )
)


def record_deal(
    actor: Account,
    sides: DealSides,
    terms: DealTerms,
    key: str,
    paper: StoredPhoto | None = None,
    follows: Deal | None = None,
) -> Deal:
    """Write down a deal with somebody without an account, in the name of the actor's side.

    Args:
        paper: a picture of what both signed: then it is agreed; else a code is sent, where text
            messages can be.

    The rest, and what is raised, as for propose_between.
    """
    deal = propose_between(actor, sides, terms, key, follows=follows)
    if paper is not None:
        confirm_with_paper(actor, deal, paper)
    elif can_send_sms():
        # Its page says when another can be sent.
        with suppress(TooManyTries):
            send_code(actor, deal)
    return deal


def awaits_confirmation(deal: Deal) -> bool:
    """Whether the side without an account has terms to agree to."""
    if deal.unregistered is None or deal.unregistered.phone is None:
        return False
    return deal.status is DealStatus.PROPOSED or (
        deal.status is DealStatus.RETURNED and waiting_revision(deal) is not None
    )


def has_live_code(deal: Deal) -> bool:
    """Whether a code is out that still holds."""
    party = deal.unregistered
    return (
        party is not None
        and party.code_sent_at is not None
        and bool(party.code_hash)
        and party.code_sent_at > utcnow() - CODE_VALID
    )


def send_code(actor: Account, deal: Deal) -> None:
    """Queue a text message with a new code to the side without an account; an older one is void.

    Raises:
        Invalid: text messages reach nobody here.
        TooManyTries: the phone got as many today as it may.
    """
    party = _lock_waiting(actor, deal)
    if not can_send_sms():
        raise Invalid(_l("No text messages are sent from here: take a picture of a signed paper."))
    assert party.phone is not None
    spend(CODES_PER_PHONE, "deal code to", party.phone)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    party.code_hash, party.code_sent_at = _code_hash(deal, code), utcnow()
    terms = waiting_revision(deal) or deal
    # Whoever reads it chose no language here.
    with in_language(current_app.config["BABEL_DEFAULT_LOCALE"]):
        queue_sms(
            party.phone,
            "deal_code",
            {
                "name": deal.accounts[0].name,
                "deal": f"{deal.product.name} {trimmed(terms.quantity)} {UNITS[terms.unit].name}",
                "amount": yuan(terms.amount_fen),
                "code": code,
            },
            key=f"deal-code {deal.id} {party.code_hash[:32]}",
            expires_at=party.code_sent_at + CODE_VALID,
        )


def confirm_with_code(actor: Account, deal: Deal, code: str) -> None:
    """The side without an account agrees: who wrote the deal down types the code it was told.

    Raises:
        Invalid: another code, or none holds (field `code`).
        TooManyTries: it was guessed at.
    """
    party = _lock_waiting(actor, deal)
    if not has_live_code(deal):
        raise Invalid(_l("No code is valid now: send one."), field="code")
    spend(TRIES_PER_CODE, "deal code", party.code_hash)
    if not hmac.compare_digest(_code_hash(deal, code), party.code_hash):
        raise Invalid(_l("That is not the code in the last message: ask again."), field="code")
    _conclude(actor, deal, party, Evidence.CODE)


def confirm_with_paper(actor: Account, deal: Deal, paper: StoredPhoto | None) -> None:
    """The side without an account agrees on a signed paper. Raises as add_proof, at `paper`."""
    party = _lock_waiting(actor, deal)
    try:
        add_proof(actor, deal, paper)
    except Invalid as error:
        error.field = "paper"
        raise
    _conclude(actor, deal, party, Evidence.PAPER)


def erase_unregistered(official: Account, deal: Deal) -> None:
    """Erase who the side without an account is, at its wish. A deal that counts stays; another is
    cancelled.

    Raises:
        Refused: the official is not of the county it counts in.
        InvalidTransition: there is nobody to erase.
    """
    lock(deal)
    check_official(official, deal)
    party = deal.unregistered
    if party is None or party.phone is None:
        raise InvalidTransition()
    number = party.phone.removeprefix(COUNTRY_CODE).lstrip("+")
    person = Person(0, (party.name,), (number,), {"deals": {str(deal.id)}})
    if deal.status in UNFINISHED:
        cancel_by_county(official, deal, REASON)
    counts = deal.status is DealStatus.VERIFIED
    pictures = [] if counts else delete_proofs(deal)
    erase_party(party)
    db.session.flush()
    redact_person(person, {"files": pictures} if pictures else {})


def _lock_waiting(actor: Account, deal: Deal) -> UnregisteredParty:
    lock(deal)
    check_party(actor, deal)
    if not awaits_confirmation(deal):
        raise InvalidTransition()
    assert deal.unregistered is not None
    return lock(deal.unregistered)


def _conclude(actor: Account, deal: Deal, party: UnregisteredParty, evidence: Evidence) -> None:
    party.code_hash = ""
    deal.evidence = evidence
    if deal.status is DealStatus.PROPOSED:
        conclude(actor, deal)
    else:
        confirm_revision(actor, deal)


def _code_hash(deal: Deal, code: str) -> str:
    key = str(current_app.secret_key).encode()
    return hmac.digest(key, f"deal code {deal.id} {code}".encode(), "sha256").hex()
