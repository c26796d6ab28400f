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
    *("accounts.name_skeleton", "accounts.village"),
    *("account_logins.network", "account_logins.agent"),
    *("account_sessions.network", "phone_codes.handle", "phone_codes.phone"),
    *("phone_codes.code_hash", "second_factors.seed", "recovery_codes.code_hash"),
    *("one_time_passwords.password_hash", "documents.figures"),
    # Of somebody without an account: emptied when they ask the county, or have one and erase it.
    *("unregistered_parties.name", "unregistered_parties.phone", "unregistered_parties.code_hash"),
    # Deleted with the account (market.sheets.privacy).
    *("station_cards.station", "station_cards.phone"),
    # Numbers of things, and hashes of photos, for as long as there is something to be done.
    *("erasures.left", "farmer_merges.moved"),
    # Sent to the account (market.notify.privacy), and emptied once sent.
    *("outgoing_messages.recipient", "outgoing_messages.subject", "outgoing_messages.text"),
    "outgoing_messages.parameters",
    # The account's own (market.notify.privacy).
    *("notice_settings.email", "email_confirmations.address", "email_confirmations.code_hash"),
}
# Written by nobody but programs and the reference data, whatever the table.
REFERENCE = {
    *("categories", "products", "product_aliases", "geographical_indications"),
    *("varieties", "added_words", "regions", "former_regions", "townships", "reference_edits"),
    "withdrawn_aliases",
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
    # A kind of unit.
    "regional_prices.measure",
    # What a gateway says.
    *("outgoing_messages.template", "outgoing_messages.error"),
    # Numbers and codes that notices are made of; the robot of an office.
    *("notices.facts", "warning_cursors.name", "office_webhooks.url"),
    # The version that holds, as the file of the terms names it.
    "terms_consents.version",
    *("documents.address", "documents.doing", "documents.error"),
    # Deleted with the account (market.sheets.privacy).
    *("sheet_prints.township_code", "sheet_prints.village", "sheet_prints.week"),
    # Places, weeks and ids; the files that name somebody are made anew (market.sheets.privacy).
    *("sheet_villages.township_code", "sheet_villages.village", "sheet_stacks.week"),
    *("sheet_stacks.site", "sheet_stacks.error", "sheet_stacks.named_ids"),
    *("sheet_stacks.content_sha256", "sheet_postings.township_code", "sheet_postings.week"),
    # Frozen figures, of counties and products.
    *("fair_day_ends.figures", "publications.snapshot", "statement_versions.snapshot"),
    *("corrections.before", "corrections.snapshot", "override_requests.findings"),
    *("statement_findings.numbers", "statement_findings.subject"),
    # Fields and codes; what the rows say is emptied with the file.
    *("imports.changes", "imports.columns", "imports.way", "imports.error", "import_rows.row_key"),
    *("import_rows.duplicate_of", "import_rows.retained_because"),
    # Nobody leaves the ledger: what is written there is empty (market.deals.ledger.counting_entry).
    "ledger.reason",
    # The hash of an entry of the ledger.
    "sample_draws.seed_hash",
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
