"""Statements that their unit takes back before they are reviewed."""
from alembic import op


# revision identifiers, used by Alembic.
revision = '0048'
down_revision = '0050'
branch_labels = None
depends_on = None

STATUSES = "'draft', 'submitted', 'withdrawn', 'accepted', 'returned', 'published'"
ACTS = (
    "'submitted', 'withdrawn', 'accepted', 'returned', 'published', 'reminded', 'corrected',"
    " 'confirmed', 'refused'"
)
ADDED = "'withdrawn', "
# (table, column, the values with the new one)
CHECKS = (('statements', 'status', STATUSES), ('statement_events', 'act', ACTS))


def rewrite(table, before, after):
    """Change the check of a table that others refer to, as https://sqlite.org/lang_altertable.html
    (section 7) says for checks: making the table anew would break what refers to it."""
    bind = op.get_bind()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    changed = bind.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?)"
        " WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
        (before, after, table, before),
    )
    assert changed.rowcount == 1, (table, before)
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=OFF")


def check(table, column, values):
    name = op.f(f'ck_{table}_{column}')
    op.drop_constraint(name, table, type_='check')
    op.create_check_constraint(name, table, f"{column} IN ({values})")


def upgrade():
    for table, column, values in CHECKS:
        if op.get_bind().dialect.name == 'sqlite':
            before = values.replace(ADDED, '')
            rewrite(table, f"{column} IN ({before})", f"{column} IN ({values})")
        else:
            check(table, column, values)


def downgrade():
    sqlite = op.get_bind().dialect.name == 'sqlite'
    # Before, there was no such step: what was taken back is as if it had been returned.
    if sqlite:
        guard = op.get_bind().exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'statement_events_no_delete'"
        ).scalar_one()
        op.execute("DROP TRIGGER statement_events_no_delete")
    else:
        op.execute("ALTER TABLE statement_events DISABLE TRIGGER USER")
    op.execute("DELETE FROM statement_events WHERE act = 'withdrawn'")
    op.execute("UPDATE statements SET status = 'returned' WHERE status = 'withdrawn'")
    if sqlite:
        op.execute(guard)
    else:
        op.execute("ALTER TABLE statement_events ENABLE TRIGGER USER")
    for table, column, values in CHECKS:
        before = values.replace(ADDED, '')
        if sqlite:
            rewrite(table, f"{column} IN ({values})", f"{column} IN ({before})")
        else:
            check(table, column, before)
