"""Ratings by the sides of verified deals, and disputes about what a trader's page says."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0033'
down_revision = '0027'
branch_labels = None
depends_on = None

TABLES = ('notices', 'notice_choices')
BEFORE = "kind IN ('deal', 'enquiry', 'match', 'saved_search', 'expiring', 'answer', 'deadline')"
AFTER = BEFORE.replace("'deadline'", "'deadline', 'trader'")


def one_of(*values, name):
    return sa.Enum(*values, name=name, native_enum=False, length=24, create_constraint=True)


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


def account(table, column, nullable=False):
    return [
        sa.Column(column, sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint([column], ['accounts.id'], name=op.f(f'fk_{table}_{column}_accounts')),
    ]


def upgrade():
    replace_kinds(BEFORE, AFTER)
    op.create_table(
        'trader_ratings',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('deal_id', sa.Integer(), nullable=False),
        sa.Column('side', one_of('sell', 'buy', name='side'), nullable=False),
        *account('trader_ratings', 'rater_id'),
        *account('trader_ratings', 'rated_id'),
        *account('trader_ratings', 'by_id'),
        sa.Column('stars', sa.Integer(), nullable=False),
        sa.Column('text', sa.String(length=200), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('answer', sa.String(length=200), nullable=False),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('is_hidden', sa.Boolean(create_constraint=True, name='is_hidden'), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.CheckConstraint("(answer = '') = (answered_at IS NULL)", name=op.f('ck_trader_ratings_answered_at_a_time')),
        sa.CheckConstraint('rater_id <> rated_id', name=op.f('ck_trader_ratings_two_parties')),
        sa.CheckConstraint('stars BETWEEN 1 AND 5', name=op.f('ck_trader_ratings_stars_in_range')),
        sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_trader_ratings_deal_id_deals')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_trader_ratings')),
        sa.UniqueConstraint('deal_id', 'side', name=op.f('uq_trader_ratings_deal_id_side')),
        sa.UniqueConstraint('key', name=op.f('uq_trader_ratings_key')),
    )
    for column in ('rater_id', 'rated_id'):
        op.create_index(op.f(f'ix_trader_ratings_{column}'), 'trader_ratings', [column])
    op.create_table(
        'trader_disputes',
        sa.Column('id', sa.Integer(), nullable=False),
        *account('trader_disputes', 'trader_id'),
        sa.Column('rating_id', sa.Integer(), nullable=True),
        *account('trader_disputes', 'by_id'),
        sa.Column('region_code', sa.String(length=6), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('decision', one_of('keep', 'hide', name='decision'), nullable=True),
        sa.Column('decision_reason', sa.String(length=200), nullable=False),
        *account('trader_disputes', 'decided_by_id', nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.CheckConstraint('(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by_id IS NULL)', name=op.f('ck_trader_disputes_decided_by_somebody')),
        sa.ForeignKeyConstraint(['rating_id'], ['trader_ratings.id'], name=op.f('fk_trader_disputes_rating_id_trader_ratings')),
        sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_trader_disputes_region_code_regions')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_trader_disputes')),
        sa.UniqueConstraint('key', name=op.f('uq_trader_disputes_key')),
    )
    for column in ('trader_id', 'rating_id', 'by_id'):
        op.create_index(op.f(f'ix_trader_disputes_{column}'), 'trader_disputes', [column])
    op.create_index('ix_trader_disputes_region_code_at', 'trader_disputes', ['region_code', 'at'])


def downgrade():
    op.drop_table('trader_disputes')
    op.drop_table('trader_ratings')
    for table in TABLES:
        op.execute(f"DELETE FROM {table} WHERE kind = 'trader'")
    replace_kinds(AFTER, BEFORE)
