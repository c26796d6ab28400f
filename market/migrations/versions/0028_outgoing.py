"""The queue of messages that leave the site."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0028'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'outgoing_messages',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=120), nullable=False),
        sa.Column(
            'channel',
            sa.Enum('sms', 'email', 'webhook', name='channel', native_enum=False, length=24, create_constraint=True),
            nullable=False,
        ),
        sa.Column('recipient', sa.String(length=300), nullable=False),
        sa.Column('template', sa.String(length=24), nullable=False),
        sa.Column('parameters', sa.JSON(), nullable=False),
        sa.Column('subject', sa.String(length=120), nullable=False),
        sa.Column('text', sa.String(length=8000), nullable=False),
        sa.Column('is_secret', sa.Boolean(create_constraint=True, name='is_secret'), nullable=False),
        sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            'state',
            sa.Enum('waiting', 'sending', 'sent', 'failed', 'uncertain', name='state', native_enum=False, length=24, create_constraint=True),
            nullable=False,
        ),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('error', sa.String(length=200), nullable=False),
        sa.CheckConstraint("(state = 'sending') = (claimed_at IS NOT NULL)", name=op.f('ck_outgoing_messages_claimed')),
        sa.CheckConstraint("(state IN ('sent', 'failed', 'uncertain')) = (settled_at IS NOT NULL)", name=op.f('ck_outgoing_messages_settled')),
        sa.CheckConstraint("state NOT IN ('failed', 'uncertain') OR error <> ''", name=op.f('ck_outgoing_messages_says_why')),
        sa.CheckConstraint('attempts >= 0', name=op.f('ck_outgoing_messages_attempts')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing_messages')),
        sa.UniqueConstraint('key', name=op.f('uq_outgoing_messages_key')),
    )
    with op.batch_alter_table('outgoing_messages') as batch_op:
        batch_op.create_index('ix_outgoing_messages_state_next_try_at', ['state', 'next_try_at'])
        batch_op.create_index('ix_outgoing_messages_recipient_settled_at', ['recipient', 'settled_at'])


def downgrade():
    op.drop_table('outgoing_messages')
