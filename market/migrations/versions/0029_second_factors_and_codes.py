"""Codes by text message, second factors, consent to the terms, where sessions were opened from,
and the skeletons of names."""
from alembic import op
import sqlalchemy as sa

from market.text.confusables import skeleton


# revision identifiers, used by Alembic.
revision = '0029'
down_revision = '0028b'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'phone_codes',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('handle', sa.String(length=32), nullable=False),
        sa.Column(
            'purpose',
            sa.Enum('new_password', 'old_phone', 'new_phone', name='code_purpose', native_enum=False, length=24, create_constraint=True),
            nullable=False,
        ),
        sa.Column('account_id', sa.Integer(), nullable=True),
        sa.Column('phone', sa.String(length=20), nullable=True),
        sa.Column('code_hash', sa.String(length=64), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('tries BETWEEN 0 AND 5', name=op.f('ck_phone_codes_tries')),
        sa.CheckConstraint('(account_id IS NULL) = (phone IS NULL)', name=op.f('ck_phone_codes_phone_of_account')),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_phone_codes_account_id_accounts')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_phone_codes')),
        sa.UniqueConstraint('handle', name=op.f('uq_phone_codes_handle')),
    )
    op.create_index(op.f('ix_phone_codes_account_id'), 'phone_codes', ['account_id'])
    op.create_index(op.f('ix_phone_codes_expires_at'), 'phone_codes', ['expires_at'])
    op.create_table(
        'second_factors',
        sa.Column('account_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('seed', sa.String(length=32), nullable=False),
        sa.Column('last_step', sa.BigInteger(), nullable=False),
        sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_second_factors_account_id_accounts')),
        sa.PrimaryKeyConstraint('account_id', name=op.f('pk_second_factors')),
    )
    op.create_table(
        'recovery_codes',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('code_hash', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_recovery_codes_account_id_accounts')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_codes')),
        sa.UniqueConstraint('account_id', 'code_hash', name=op.f('uq_recovery_codes_account_id_code_hash')),
    )
    op.create_table(
        'terms_consents',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.String(length=40), nullable=False),
        sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_terms_consents_account_id_accounts')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_terms_consents')),
        sa.UniqueConstraint('account_id', 'version', name=op.f('uq_terms_consents_account_id_version')),
    )
    with op.batch_alter_table('account_sessions') as table:
        table.add_column(sa.Column('network', sa.String(length=64), nullable=False, server_default=sa.text("''")))
        table.add_column(
            sa.Column(
                'second_factor',
                sa.Boolean(create_constraint=True, name='second_factor'),
                nullable=False,
                server_default=sa.false(),
            )
        )
    op.add_column('accounts', sa.Column('name_skeleton', sa.String(length=120), nullable=False, server_default=sa.text("''")))
    accounts = sa.table(
        'accounts', sa.column('id', sa.Integer), sa.column('name', sa.String), sa.column('name_skeleton', sa.String)
    )
    rows = op.get_bind().execute(sa.select(accounts.c.id, accounts.c.name)).all()
    if rows:
        op.get_bind().execute(
            accounts.update().where(accounts.c.id == sa.bindparam('of')).values(name_skeleton=sa.bindparam('shape')),
            [{'of': row.id, 'shape': skeleton(row.name)[:120]} for row in rows],
        )
    op.create_index(op.f('ix_accounts_name_skeleton'), 'accounts', ['name_skeleton'])


def downgrade():
    op.drop_index(op.f('ix_accounts_name_skeleton'), table_name='accounts')
    op.drop_column('accounts', 'name_skeleton')
    with op.batch_alter_table('account_sessions') as table:
        if op.get_bind().dialect.name == 'sqlite':  # PostgreSQL has booleans of its own
            table.drop_constraint(op.f('ck_account_sessions_second_factor'), type_='check')
        table.drop_column('second_factor')
        table.drop_column('network')
    for name in ('terms_consents', 'recovery_codes', 'second_factors', 'phone_codes'):
        op.drop_table(name)
