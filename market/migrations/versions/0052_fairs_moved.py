"""Fairs that are postponed or merged into another, whom to ask about one, and notices of fairs."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0052'
down_revision = '0055'
branch_labels = None
depends_on = None

STATUSES = "status IN ('announced', 'open', 'closed', 'certified', 'cancelled')"
KINDS = (
    "kind IN ('announced', 'cloned', 'opened', 'edited', 'extended', 'closed_early', 'closed', 'certified',"
    " 'session_added', 'session_edited', 'session_removed', 'cancelled')"
)
NOTICES = (
    "kind IN ('deal', 'enquiry', 'match', 'saved_search', 'expiring', 'answer', 'deadline', 'public_question',"
    " 'trader')"
)
MOVED = (
    " OR (from_day IS NOT NULL AND to_day IS NOT NULL AND from_day <> to_day"
    " AND reason <> '' AND by_id IS NOT NULL)"
)
REASONED = " OR (reason <> '' AND by_id IS NOT NULL)"
# (table, check, condition before, condition after)
CHECKS = (
    ('fairs', 'status', STATUSES, STATUSES.replace("'cancelled'", "'cancelled', 'merged'")),
    ('fair_events', 'kind', KINDS, KINDS.replace("'cancelled'", "'cancelled', 'postponed', 'merged', 'absorbed'")),
    (
        'fair_events', 'moved_with_a_reason',
        "kind NOT IN ('extended', 'closed_early')" + MOVED,
        "kind NOT IN ('postponed', 'extended', 'closed_early')" + MOVED,
    ),
    (
        'fair_events', 'cancelled_with_a_reason',
        "kind <> 'cancelled'" + REASONED,
        "kind NOT IN ('cancelled', 'merged', 'absorbed')" + REASONED,
    ),
    (
        'fair_events', 'cloned_from',
        "(kind = 'cloned') = (source_id IS NOT NULL)",
        "(kind IN ('cloned', 'absorbed')) = (source_id IS NOT NULL)",
    ),
    ('notices', 'kind', NOTICES, NOTICES.replace("'trader'", "'trader', 'fair'")),
    ('notice_choices', 'kind', NOTICES, NOTICES.replace("'trader'", "'trader', 'fair'")),
)
MERGED = (
    "(status = 'merged') = (merged_into_id IS NOT NULL)"
    " AND (merged_into_id IS NULL OR merged_into_id <> id)"
)
KEY = 'CONSTRAINT pk_fairs PRIMARY KEY'
WITH_MERGED = f'CONSTRAINT ck_fairs_merged_into_another CHECK ({MERGED}), \n\t{KEY}'
REFERENCE = 'CONSTRAINT fk_fairs_merged_into_id_fairs REFERENCES fairs (id)'
GUARDS = ('fair_events_no_delete', 'fair_events_no_update')


def is_sqlite():
    return op.get_bind().dialect.name == 'sqlite'


def rewrite(pairs):
    """Change checks of tables that others refer to, as https://sqlite.org/lang_altertable.html
    (section 7) says for checks: making the table anew would break what refers to it."""
    bind = op.get_bind()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    for table, before, after in pairs:
        changed = bind.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?)"
            " WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
            (before, after, table, before),
        )
        assert changed.rowcount == 1, (table, before)
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=OFF")


def replace_check(table, name, condition):
    op.drop_constraint(op.f(f'ck_{table}_{name}'), table, type_='check')
    op.create_check_constraint(op.f(f'ck_{table}_{name}'), table, condition)


def upgrade():
    op.add_column('fairs', sa.Column('organiser', sa.String(length=80), server_default=sa.text("''"), nullable=False))
    op.add_column('fairs', sa.Column('contact', sa.String(length=80), server_default=sa.text("''"), nullable=False))
    op.execute(f"ALTER TABLE fairs ADD COLUMN merged_into_id INTEGER {REFERENCE}")
    if is_sqlite():
        rewrite([(table, before, after) for table, _name, before, after in CHECKS])
        rewrite([('fairs', KEY, WITH_MERGED)])
        return
    for table, name, _before, after in CHECKS:
        replace_check(table, name, after)
    op.create_check_constraint(op.f('ck_fairs_merged_into_another'), 'fairs', MERGED)


def downgrade():
    # Before, there were no such steps: what was merged is cancelled, what was postponed was edited.
    sqlite = is_sqlite()
    if sqlite:
        guards = [
            op.get_bind().exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE name = ?", (name,)
            ).scalar_one()
            for name in GUARDS
        ]
        for name in GUARDS:
            op.execute(f"DROP TRIGGER {name}")
        rewrite([('fairs', WITH_MERGED, KEY)])
    else:
        op.execute("ALTER TABLE fair_events DISABLE TRIGGER USER")
        op.drop_constraint(op.f('ck_fairs_merged_into_another'), 'fairs', type_='check')
    op.execute("UPDATE fair_events SET kind = 'cancelled' WHERE kind = 'merged'")
    op.execute("DELETE FROM fair_events WHERE kind = 'absorbed'")
    op.execute(
        "UPDATE fair_events SET kind = 'edited', about = 'starts_on ends_on', from_day = NULL, to_day = NULL"
        " WHERE kind = 'postponed'"
    )
    op.execute("UPDATE fairs SET status = 'cancelled', merged_into_id = NULL WHERE status = 'merged'")
    op.execute("DELETE FROM notices WHERE kind = 'fair'")
    op.execute("DELETE FROM notice_choices WHERE kind = 'fair'")
    if sqlite:
        rewrite([(table, after, before) for table, _name, before, after in reversed(CHECKS)])
        for guard in guards:
            op.execute(guard)
    else:
        op.execute("ALTER TABLE fair_events ENABLE TRIGGER USER")
        for table, name, before, _after in CHECKS:
            replace_check(table, name, before)
    if sqlite:
        rewrite([('fairs', f' {REFERENCE}', '')])
    for name in ('merged_into_id', 'contact', 'organiser'):
        op.drop_column('fairs', name)
