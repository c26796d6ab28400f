"""Every column in which people may write says how an erased person leaves it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import JSON, Enum, LargeBinary, String

from market.accounts.privacy.erasures import personal_texts
from market.database import Base

# Emptied or deleted with the account, or looked through by the room's own leaving.py.
OF_THE_ACCOUNT = {
    *("accounts.phone", "accounts.name", "accounts.password_hash", "phone_changes.phone"),
    *("account_sessions.agent", "account_sessions.device", "account_sessions.token_hash"),
    *("one_time_passwords.password_hash", "documents.figures"),
    # Numbers of things, and hashes of photos, for as long as there is something to be done.
    "erasures.left",
}
# Written by nobody but programs and the reference data, whatever the table.
REFERENCE = {
    *("categories", "products", "product_aliases", "geographical_indications"),
    *("varieties", "added_words", "regions", "former_regions", "townships"),
    *("fair_regions", "fair_themes", "fair_session_themes"),
}
NAMES = {
    *("key", "code", "sha256", "figures_sha256", "file_sha256", "hash", "previous_hash"),
    *("ledger_hash", "unit", "price_unit", "before_unit", "region_path", "slug", "language"),
    *("kind", "object_id", "whole_kind", "whole_id"),
}
OF_PROGRAMS = {
    *("acts.role_region_code", "acts.permission", "acts.endpoint", "acts.ip", "acts.agent"),
    *("act_changes.region_code", "fairs.derived", "fair_events.about", "deal_events.flags"),
    # What many typed, without numbers that may be phones; nobody can be told by it.
    "unmatched_texts.text",
    *("documents.address", "documents.doing", "documents.error"),
    # Frozen figures, of counties and products.
    *("fair_day_ends.figures", "publications.snapshot", "statement_versions.snapshot"),
    *("corrections.before", "corrections.snapshot"),
    # Nobody leaves the ledger: what is written there is empty (market.deals.ledger.counting_entry).
    "ledger.reason",
}


def written(app: Flask) -> set[str]:
    """The columns of text that are no codes of a closed list and point at nothing."""
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | JSON | LargeBinary)
        and not isinstance(column.type, Enum)
        and not column.foreign_keys
        and table.name not in REFERENCE
        and column.name not in NAMES
    }


def test_every_column_of_text_says_how_an_erased_person_leaves_it(app: Flask) -> None:
    named = {
        f"{each.model.__tablename__}.{name}" for each in personal_texts for name in each.columns
    }
    known = named | OF_THE_ACCOUNT | OF_PROGRAMS
    assert written(app) - known == set(), (
        "add it to `texts` (market.accounts.privacy.erasures), or here"
    )
    assert known - written(app) == set(), "no such column"
