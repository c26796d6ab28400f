"""One way to close an offer, with its reason; views of offers by day."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0027b'
down_revision = '0033c'
branch_labels = None
depends_on = None

BEFORE = "status IN ('draft', 'published', 'closed', 'expired', 'withdrawn', 'rejected')"
AFTER = "status IN ('draft', 'published', 'closed', 'expired', 'rejected')"
REASONS = (
    "status <> 'closed' OR status_reason IN ('', 'sold_out', 'traded', 'stopped', 'account_closed')"
)
CHECK = f"CONSTRAINT ck_offers_closing_reason CHECK ({REASONS}), "
FIRST = 'CONSTRAINT ck_offers_status CHECK'


def rewrite(pairs):
    """Change definitions of a table that others refer to, as https://sqlite.org/lang_altertable.html
    (section 7) says: making the table anew would break what refers to it."""
    bind = op.get_bind()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    for before, after in pairs:
        changed = bind.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?)"
            " WHERE type = 'table' AND name = 'offers' AND instr(sql, ?) > 0",
            (before, after, before),
        )
        assert changed.rowcount == 1, before
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=OFF")


def check(condition):
    op.drop_constraint(op.f('ck_offers_status'), 'offers', type_='check')
    op.create_check_constraint(op.f('ck_offers_status'), 'offers', condition)


def upgrade():
    op.create_table(
        'offer_views',
        sa.Column('offer_id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.CheckConstraint('number > 0', name=op.f('ck_offer_views_number_positive')),
        sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_offer_views_offer_id_offers')),
        sa.PrimaryKeyConstraint('offer_id', 'day', name=op.f('pk_offer_views')),
    )
    # One that its owner withdrew, or that was withdrawn with the account, which says so already.
    op.execute(
        "UPDATE offers SET status = 'closed', status_reason ="
        " CASE WHEN status_reason = 'account_closed' THEN status_reason ELSE 'stopped' END"
        " WHERE status = 'withdrawn'"
    )
    op.execute(
        "UPDATE offers SET status_reason = '' WHERE status = 'closed'"
        " AND status_reason NOT IN ('', 'sold_out', 'traded', 'stopped', 'account_closed')"
    )
    if op.get_bind().dialect.name == 'sqlite':
        rewrite([(BEFORE, AFTER), (FIRST, CHECK + FIRST)])
    else:
        check(AFTER)
        op.create_check_constraint(op.f('ck_offers_closing_reason'), 'offers', REASONS)


def downgrade():
    if op.get_bind().dialect.name == 'sqlite':
        rewrite([(CHECK + FIRST, FIRST), (AFTER, BEFORE)])
    else:
        op.drop_constraint(op.f('ck_offers_closing_reason'), 'offers', type_='check')
        check(BEFORE)
    op.execute(
        "UPDATE offers SET status = 'withdrawn' WHERE status = 'closed' AND status_reason IN ('stopped', 'account_closed')"
    )
    op.execute("UPDATE offers SET status_reason = '' WHERE status_reason IN ('stopped', 'traded')")
    op.drop_table('offer_views')
