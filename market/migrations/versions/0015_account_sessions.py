"""Sessions of accounts, one-time passwords, and phone numbers to log in with from now on."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('account_sessions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('device', sa.String(length=32), nullable=True),
    sa.Column('agent', sa.String(length=200), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('must_change_password', sa.Boolean(create_constraint=True, name=op.f('ck_account_sessions_must_change_password')), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_account_sessions_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_sessions')),
    sa.UniqueConstraint('account_id', 'device', name=op.f('uq_account_sessions_account_id_device')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_account_sessions_token_hash'))
    )
    op.create_index(op.f('ix_account_sessions_last_seen_at'), 'account_sessions', ['last_seen_at'])
    op.create_table('one_time_passwords',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('issued_by_id', sa.Integer(), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_one_time_passwords_account_id_accounts')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['accounts.id'], name=op.f('fk_one_time_passwords_issued_by_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_time_passwords')),
    sa.UniqueConstraint('account_id', name=op.f('uq_one_time_passwords_account_id'))
    )
    op.create_table('phone_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_phone_changes_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phone_changes')),
    sa.UniqueConstraint('account_id', name=op.f('uq_phone_changes_account_id'))
    )
    op.create_index(op.f('ix_phone_changes_phone'), 'phone_changes', ['phone'])
    # SQLite would make the whole table anew inside a batch, which the rows pointing at it refuse.
    op.drop_column('accounts', 'session_epoch')


def downgrade():
    op.add_column(
        'accounts', sa.Column('session_epoch', sa.Integer(), nullable=False, server_default='0')
    )
    op.drop_table('phone_changes')
    op.drop_table('one_time_passwords')
    op.drop_table('account_sessions')
