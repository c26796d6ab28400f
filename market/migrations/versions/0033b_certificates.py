"""Certificates of traders, checked by officials, which may be disputed too."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0033b'
down_revision = '0033'
branch_labels = None
depends_on = None


def one_of(*values, name):
    return sa.Enum(*values, name=name, native_enum=False, length=24, create_constraint=True)


def upgrade():
    op.create_table(
        'trader_certificates',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('entered_by_id', sa.Integer(), nullable=False),
        sa.Column('region_code', sa.String(length=6), nullable=False),
        sa.Column('kind', one_of('green', 'organic', 'indication', 'commitment', 'licence', 'other', name='kind'), nullable=False),
        sa.Column('number', sa.String(length=60), nullable=False),
        sa.Column('issued_by', sa.String(length=80), nullable=False),
        sa.Column('valid_until', sa.Date(), nullable=True),
        sa.Column('sha256', sa.String(length=64), nullable=True),
        sa.Column('width', sa.Integer(), nullable=True),
        sa.Column('height', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('decision', one_of('checked', 'refused', name='decision'), nullable=True),
        sa.Column('source', sa.String(length=200), nullable=False),
        sa.Column('decision_reason', sa.String(length=200), nullable=False),
        sa.Column('decided_by_id', sa.Integer(), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('is_hidden', sa.Boolean(create_constraint=True, name='is_hidden'), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.CheckConstraint('(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by_id IS NULL)', name=op.f('ck_trader_certificates_decided_by_somebody')),
        sa.CheckConstraint("(decision = 'checked') = (source <> '')", name=op.f('ck_trader_certificates_checked_somewhere')),
        sa.CheckConstraint('(sha256 IS NULL) = (width IS NULL)', name=op.f('ck_trader_certificates_picture_has_size')),
        *(
            sa.ForeignKeyConstraint([column], ['accounts.id'], name=op.f(f'fk_trader_certificates_{column}_accounts'))
            for column in ('account_id', 'entered_by_id', 'decided_by_id')
        ),
        sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_trader_certificates_region_code_regions')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_trader_certificates')),
        sa.UniqueConstraint('key', name=op.f('uq_trader_certificates_key')),
    )
    op.create_index(op.f('ix_trader_certificates_account_id'), 'trader_certificates', ['account_id'])
    op.create_index('ix_trader_certificates_region_code_at', 'trader_certificates', ['region_code', 'at'])
    # Written out: SQLite adds a column with its constraints, but alembic only without them.
    op.execute(
        "ALTER TABLE trader_disputes ADD COLUMN certificate_id INTEGER"
        " CONSTRAINT fk_trader_disputes_certificate_id_trader_certificates REFERENCES trader_certificates (id)"
        " CONSTRAINT ck_trader_disputes_about_one_line CHECK (rating_id IS NULL OR certificate_id IS NULL)"
    )
    op.create_index(op.f('ix_trader_disputes_certificate_id'), 'trader_disputes', ['certificate_id'])


def downgrade():
    op.execute("DELETE FROM trader_disputes WHERE certificate_id IS NOT NULL")
    op.drop_index(op.f('ix_trader_disputes_certificate_id'), table_name='trader_disputes')
    with op.batch_alter_table('trader_disputes') as batch:
        batch.drop_constraint(op.f('ck_trader_disputes_about_one_line'), type_='check')
        batch.drop_column('certificate_id')
    op.drop_table('trader_certificates')
