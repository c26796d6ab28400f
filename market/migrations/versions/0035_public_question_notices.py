"""Public questions have notices of a kind of their own."""
from alembic import op


# revision identifiers, used by Alembic.
revision = '0035'
down_revision = '0027b'
branch_labels = None
depends_on = None

TABLES = ('notices', 'notice_choices')
BEFORE = "kind IN ('deal', 'enquiry', 'match', 'saved_search', 'expiring', 'answer', 'deadline', 'trader')"
AFTER = BEFORE.replace("'deadline'", "'deadline', 'public_question'")


def replace_kinds(before, after):
    """Other kinds of notices. SQLite changes a table's definition as
    https://sqlite.org/lang_altertable.html (section 7) says."""
    bind = op.get_bind()
    if bind.dialect.name != 'sqlite':
        for table in TABLES:
            op.drop_constraint(op.f('ck_%s_kind' % table), table, type_='check')
            op.create_check_constraint(op.f('ck_%s_kind' % table), table, after)
        return
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    for table in TABLES:
        changed = bind.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?)"
            " WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
            (before, after, table, before),
        )
        assert changed.rowcount == 1, table
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=OFF")


def upgrade():
    replace_kinds(BEFORE, AFTER)
    op.execute("UPDATE notices SET kind = 'public_question' WHERE kind = 'deadline' AND key LIKE 'public %'")
    # Who chose how to be told of both is told of both as before.
    op.execute(
        "INSERT INTO notice_choices (account_id, kind, email, sms)"
        " SELECT account_id, 'public_question', email, sms FROM notice_choices WHERE kind = 'deadline'"
    )


def downgrade():
    op.execute("UPDATE notices SET kind = 'deadline' WHERE kind = 'public_question'")
    op.execute("DELETE FROM notice_choices WHERE kind = 'public_question'")
    replace_kinds(AFTER, BEFORE)
