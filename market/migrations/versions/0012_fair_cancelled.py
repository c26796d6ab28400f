"""Fairs that were cancelled, and totals that were worked out and not given."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

STATUSES = "'announced', 'open', 'closed', 'certified'"
KINDS = (
    "'announced', 'cloned', 'opened', 'edited', 'extended', 'closed_early', 'closed', 'certified',"
    " 'session_added', 'session_edited', 'session_removed'"
)
ADDED = ", 'cancelled'"
WITH_A_REASON = "kind <> 'cancelled' OR (reason <> '' AND by_id IS NOT NULL)"
KEY = "CONSTRAINT pk_fair_events PRIMARY KEY"
# (table, text before, text after) of the table's own definition.
REWRITTEN = (
    ('fairs', f"status IN ({STATUSES})", f"status IN ({STATUSES}{ADDED})"),
    ('fair_events', f"kind IN ({KINDS})", f"kind IN ({KINDS}{ADDED})"),
    ('fair_events', KEY, f"CONSTRAINT ck_fair_events_cancelled_with_a_reason CHECK ({WITH_A_REASON}), \n\t{KEY}"),
)


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


def check(name, table, condition):
    op.drop_constraint(op.f(name), table, type_='check')
    op.create_check_constraint(op.f(name), table, condition)


def upgrade():
    op.add_column('fairs', sa.Column('derived', sa.String(length=80), server_default=sa.text("''"), nullable=False))
    if op.get_bind().dialect.name == 'sqlite':
        rewrite(REWRITTEN)
        return
    check('ck_fairs_status', 'fairs', f"status IN ({STATUSES}{ADDED})")
    check('ck_fair_events_kind', 'fair_events', f"kind IN ({KINDS}{ADDED})")
    op.create_check_constraint(op.f('ck_fair_events_cancelled_with_a_reason'), 'fair_events', WITH_A_REASON)


def downgrade():
    sqlite = op.get_bind().dialect.name == 'sqlite'
    # Before, there was no such step: what is cancelled is over.
    if sqlite:
        guard = op.get_bind().exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'fair_events_no_delete'"
        ).scalar_one()
        op.execute("DROP TRIGGER fair_events_no_delete")
    else:
        op.execute("ALTER TABLE fair_events DISABLE TRIGGER USER")
    op.execute("DELETE FROM fair_events WHERE kind = 'cancelled'")
    op.execute("UPDATE fairs SET status = 'closed' WHERE status = 'cancelled'")
    if sqlite:
        op.execute(guard)
        rewrite([(table, after, before) for table, before, after in reversed(REWRITTEN)])
    else:
        op.execute("ALTER TABLE fair_events ENABLE TRIGGER USER")
        check('ck_fairs_status', 'fairs', f"status IN ({STATUSES})")
        check('ck_fair_events_kind', 'fair_events', f"kind IN ({KINDS})")
        op.drop_constraint(op.f('ck_fair_events_cancelled_with_a_reason'), 'fair_events', type_='check')
    op.drop_column('fairs', 'derived')
