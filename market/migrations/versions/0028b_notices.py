"""Notices, how accounts want to be told, and the robots of offices."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0028b'
down_revision = '0026b'
branch_labels = None
depends_on = None

KINDS = ('deal', 'enquiry', 'match', 'saved_search', 'expiring', 'answer', 'deadline')
WHENS = ('at_once', 'digest', 'never')


def one_of(values, name):
    return sa.Enum(*values, name=name, native_enum=False, length=24, create_constraint=True)


def account_id(**options):
    return sa.Column('account_id', sa.Integer(), nullable=False, **options)


def upgrade():
    op.create_table(
        'notices',
        sa.Column('id', sa.Integer(), nullable=False),
        account_id(),
        sa.Column('kind', one_of(KINDS, 'kind'), nullable=False),
        sa.Column('key', sa.String(length=80), nullable=False),
        sa.Column('about_id', sa.Integer(), nullable=False),
        sa.Column('facts', sa.JSON(), nullable=False),
        sa.Column('is_listed', sa.Boolean(create_constraint=True, name='is_listed'), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('email_due', sa.Boolean(create_constraint=True, name='email_due'), nullable=False),
        sa.Column('sms_due', sa.Boolean(create_constraint=True, name='sms_due'), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_notices_account_id_accounts')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
        sa.UniqueConstraint('account_id', 'key', name=op.f('uq_notices_account_id_key')),
    )
    op.create_index('ix_notices_account_id_read_at', 'notices', ['account_id', 'read_at'])
    due = sa.text('email_due OR sms_due')
    op.create_index('ix_notices_due', 'notices', ['account_id'], sqlite_where=due, postgresql_where=due)
    op.create_table(
        'notice_choices',
        account_id(),
        sa.Column('kind', one_of(KINDS, 'kind'), nullable=False),
        sa.Column('email', one_of(WHENS, 'email'), nullable=False),
        sa.Column('sms', one_of(WHENS, 'sms'), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_notice_choices_account_id_accounts')),
        sa.PrimaryKeyConstraint('account_id', 'kind', name=op.f('pk_notice_choices')),
    )
    op.create_table(
        'notice_settings',
        account_id(),
        sa.Column('email', sa.String(length=254), nullable=True),
        sa.Column('quiet_from', sa.Integer(), nullable=False),
        sa.Column('quiet_to', sa.Integer(), nullable=False),
        sa.CheckConstraint('quiet_from BETWEEN 0 AND 23', name=op.f('ck_notice_settings_quiet_from')),
        sa.CheckConstraint('quiet_to BETWEEN 0 AND 23', name=op.f('ck_notice_settings_quiet_to')),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_notice_settings_account_id_accounts')),
        sa.PrimaryKeyConstraint('account_id', name=op.f('pk_notice_settings')),
    )
    op.create_table(
        'email_confirmations',
        account_id(),
        sa.Column('address', sa.String(length=254), nullable=False),
        sa.Column('code_hash', sa.String(length=64), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_email_confirmations_account_id_accounts')),
        sa.PrimaryKeyConstraint('account_id', name=op.f('pk_email_confirmations')),
    )
    op.create_table(
        'search_changes',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('offer_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_search_changes_offer_id_offers')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_changes')),
        sqlite_autoincrement=True,
    )
    op.create_table(
        'warning_cursors',
        sa.Column('name', sa.String(length=24), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_id', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_warning_cursors')),
    )
    op.create_table(
        'office_webhooks',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('region_code', sa.String(length=6), nullable=False),
        sa.Column('url', sa.String(length=300), nullable=False),
        sa.Column('added_by_id', sa.Integer(), nullable=False),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['added_by_id'], ['accounts.id'], name=op.f('fk_office_webhooks_added_by_id_accounts')),
        sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_office_webhooks_region_code_regions')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_office_webhooks')),
        sa.UniqueConstraint('region_code', 'url', name=op.f('uq_office_webhooks_region_code_url')),
    )


def downgrade():
    for table in (
        'office_webhooks', 'warning_cursors', 'search_changes', 'email_confirmations',
        'notice_settings', 'notice_choices', 'notices',
    ):
        op.drop_table(table)
