"""Accounts have an office, a reason why they are closed, and the log-ins of the last months."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0053'
down_revision = '0048'
branch_labels = None
depends_on = None

# Written out: SQLite adds a column with its constraint, but alembic only without it.
REASON = """
    ALTER TABLE accounts ADD COLUMN disabled_reason VARCHAR(200) DEFAULT '' NOT NULL
    CONSTRAINT ck_accounts_reason_of_disabled
    CHECK (disabled_reason = '' OR disabled_at IS NOT NULL)
"""


def upgrade():
    op.add_column('accounts', sa.Column('office', sa.String(length=60), server_default=sa.text("''"), nullable=False))
    op.execute(REASON)
    op.create_table('account_logins',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('network', sa.String(length=64), nullable=False),
    sa.Column('agent', sa.String(length=200), nullable=False),
    sa.Column('method', sa.Enum('password', 'one_time_password', 'second_factor', 'phone_code', name='login_method', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_account_logins_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_logins'))
    )
    op.create_index('ix_account_logins_account_at', 'account_logins', ['account_id', 'at'])


def downgrade():
    op.drop_table('account_logins')
    op.drop_column('accounts', 'disabled_reason')
    op.drop_column('accounts', 'office')
