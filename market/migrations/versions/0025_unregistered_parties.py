"""Deals with somebody without an account, other terms in answer to a proposal, and price basis."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0025'
down_revision = '0024b'
branch_labels = None
depends_on = None

STATUSES = "'proposed', 'agreed', 'verified', 'declined', 'cancelled', 'disputed', 'returned'"
ADDED = ", 'replaced'"
STANDING = "status NOT IN ('agreed', 'verified', 'returned', 'disputed')"
BY_ACCOUNT = f"{STANDING} OR (agreed_by_id IS NOT NULL AND agreed_on IS NOT NULL)"
BY_SOMEBODY = f"{STANDING} OR ((agreed_by_id IS NOT NULL OR evidence IS NOT NULL) AND agreed_on IS NOT NULL)"
ANSWERED_BY = "CONSTRAINT ck_deal_revisions_answered_by_someone CHECK ((answer = 'waiting') = (answered_by_id IS NULL))"
ANSWERED_AT = "CONSTRAINT ck_deal_revisions_answered_at_a_time CHECK ((answer = 'waiting') = (answered_at IS NULL))"
# (table, text before, text after) of the table's own definition.
REWRITTEN = (
    ('deals', 'seller_id INTEGER NOT NULL', 'seller_id INTEGER'),
    ('deals', 'buyer_id INTEGER NOT NULL', 'buyer_id INTEGER'),
    ('deals', BY_ACCOUNT, BY_SOMEBODY),
    ('deals', f"status IN ({STATUSES})", f"status IN ({STATUSES}{ADDED})"),
    ('deal_events', f"status IN ({STATUSES})", f"status IN ({STATUSES}{ADDED})"),
    ('deal_revisions', ANSWERED_BY, ANSWERED_AT),
    ('erasures', 'account_id INTEGER NOT NULL', 'account_id INTEGER'),
)
PARTIAL = "unregistered_id IS NOT NULL"
# Written out: SQLite adds a column with its constraints, but alembic only without them.
COLUMNS = (
    """unregistered_id INTEGER
    CONSTRAINT fk_deals_unregistered_id_unregistered_parties REFERENCES unregistered_parties (id)
    CONSTRAINT ck_deals_an_account CHECK (seller_id IS NOT NULL OR buyer_id IS NOT NULL)
    CONSTRAINT ck_deals_each_party_one_kind
        CHECK ((seller_id IS NULL OR buyer_id IS NULL) = (unregistered_id IS NOT NULL))
    CONSTRAINT ck_deals_proposed_by_the_account CHECK (unregistered_id IS NULL OR (agreed_by_id IS NULL
        AND ((proposed_side = 'sell') = (buyer_id IS NULL))))""",
    """evidence VARCHAR(24)
    CONSTRAINT ck_deals_evidence CHECK (evidence IN ('code', 'paper'))
    CONSTRAINT ck_deals_evidence_of_unregistered CHECK (evidence IS NULL OR unregistered_id IS NOT NULL)""",
    """called_back_by_id INTEGER
    CONSTRAINT fk_deals_called_back_by_id_accounts REFERENCES accounts (id)
    CONSTRAINT ck_deals_called_back_before_verified
        CHECK (status <> 'verified' OR unregistered_id IS NULL OR called_back_by_id IS NOT NULL)""",
    """follows_id INTEGER CONSTRAINT fk_deals_follows_id_deals REFERENCES deals (id)""",
    """basis VARCHAR(24) CONSTRAINT ck_deals_basis CHECK (basis IN ('ex_farm', 'delivered'))""",
)
ADDED_COLUMNS = ('basis', 'follows_id', 'called_back_at', 'called_back_by_id', 'evidence', 'unregistered_id')
ADDED_CHECKS = (
    *('called_back_before_verified', 'evidence_of_unregistered', 'evidence', 'proposed_by_the_account'),
    *('each_party_one_kind', 'an_account', 'basis'),
)


def rewrite(pairs):
    """Change definitions of tables that others refer to, as https://sqlite.org/lang_altertable.html
    (section 7) says: making the table anew would break what refers to it."""
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


def replace_check(table, before, name, condition):
    op.drop_constraint(op.f(before), table, type_='check')
    op.create_check_constraint(op.f(name), table, condition)


def upgrade():
    op.create_table(
        'unregistered_parties',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('phone', sa.String(length=20), nullable=True),
        sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('code_hash', sa.String(length=64), nullable=False),
        sa.Column('code_sent_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('(erased_at IS NULL) = (phone IS NOT NULL)', name=op.f('ck_unregistered_parties_known_until_erased')),
        sa.CheckConstraint("name <> ''", name=op.f('ck_unregistered_parties_named')),
        sa.CheckConstraint("code_hash = '' OR code_sent_at IS NOT NULL", name=op.f('ck_unregistered_parties_code_sent')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_unregistered_parties')),
    )
    op.create_index(op.f('ix_unregistered_parties_phone'), 'unregistered_parties', ['phone'])
    sqlite = op.get_bind().dialect.name == 'sqlite'
    for column in COLUMNS:
        op.execute(f"ALTER TABLE deals ADD COLUMN {column}")
    op.add_column('deals', sa.Column('called_back_at', sa.DateTime(timezone=True), nullable=True))
    if sqlite:
        rewrite(REWRITTEN)
    else:
        op.alter_column('deals', 'seller_id', nullable=True)
        op.alter_column('deals', 'buyer_id', nullable=True)
        op.alter_column('erasures', 'account_id', nullable=True)
        check('ck_deals_agreed_by_someone', 'deals', BY_SOMEBODY)
        check('ck_deals_status', 'deals', f"status IN ({STATUSES}{ADDED})")
        check('ck_deal_events_status', 'deal_events', f"status IN ({STATUSES}{ADDED})")
        replace_check('deal_revisions', 'ck_deal_revisions_answered_by_someone', 'ck_deal_revisions_answered_at_a_time', "(answer = 'waiting') = (answered_at IS NULL)")
    op.create_index(op.f('ix_deals_unregistered_id'), 'deals', ['unregistered_id'], unique=True)
    op.create_index(op.f('ix_deals_follows_id'), 'deals', ['follows_id'], unique=True)
    op.create_index('ix_deals_unregistered', 'deals', ['fair_id', 'home_region_code'], sqlite_where=sa.text(PARTIAL), postgresql_where=sa.text(PARTIAL))
    op.create_table(
        'deal_call_backs',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('deal_id', sa.Integer(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('shown_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('outcome', sa.Enum('confirmed', 'denied', 'not_reached', name='outcome', native_enum=False, create_constraint=True, length=24), nullable=True),
        sa.Column('call_answer', sa.String(length=200), nullable=False),
        sa.Column('called_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('(outcome IS NULL) = (called_at IS NULL)', name=op.f('ck_deal_call_backs_told_at_a_time')),
        sa.CheckConstraint("outcome IS NULL OR call_answer <> ''", name=op.f('ck_deal_call_backs_says_something')),
        sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_deal_call_backs_by_id_accounts')),
        sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_deal_call_backs_deal_id_deals')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_deal_call_backs')),
    )
    op.create_index(op.f('ix_deal_call_backs_deal_id'), 'deal_call_backs', ['deal_id'])


def downgrade():
    bind = op.get_bind()
    # What the ledger counts can't be taken out of it, and before there was no such party.
    assert not bind.execute(sa.text("SELECT count(*) FROM deals WHERE unregistered_id IS NOT NULL")).scalar_one(), (
        "there are deals with somebody without an account"
    )
    for table in ('deals', 'deal_events'):
        op.execute(f"UPDATE {table} SET status = 'declined' WHERE status = 'replaced'")
    op.drop_table('deal_call_backs')
    for name in ('ix_deals_unregistered', 'ix_deals_follows_id', 'ix_deals_unregistered_id'):
        op.drop_index(name, table_name='deals')
    if bind.dialect.name == 'sqlite':
        rewrite([(table, after, before) for table, before, after in reversed(REWRITTEN)])
    else:
        check('ck_deals_agreed_by_someone', 'deals', BY_ACCOUNT)
        check('ck_deals_status', 'deals', f"status IN ({STATUSES})")
        check('ck_deal_events_status', 'deal_events', f"status IN ({STATUSES})")
        replace_check('deal_revisions', 'ck_deal_revisions_answered_at_a_time', 'ck_deal_revisions_answered_by_someone', "(answer = 'waiting') = (answered_by_id IS NULL)")
        op.alter_column('deals', 'seller_id', nullable=False)
        op.alter_column('deals', 'buyer_id', nullable=False)
        op.alter_column('erasures', 'account_id', nullable=False)
        for name in ADDED_CHECKS:
            op.drop_constraint(op.f(f'ck_deals_{name}'), 'deals', type_='check')
    for name in ADDED_COLUMNS:
        op.drop_column('deals', name)
    op.drop_table('unregistered_parties')
