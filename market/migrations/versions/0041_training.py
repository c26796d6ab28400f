"""Training sessions of the counties, who came, and their certificates."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0041'
down_revision = '0037c'
branch_labels = None
depends_on = None


def refers(of, column, table):
    target = f"{table}.{'code' if table == 'regions' else 'id'}"
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_{of}_{column}_{table}'))


def upgrade():
    op.create_table(
        'training_sessions',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('region_code', sa.String(length=6), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=False),
        sa.Column('place', sa.String(length=60), nullable=False),
        sa.Column('topic', sa.String(length=80), nullable=False),
        sa.Column('teacher', sa.String(length=60), nullable=False),
        sa.Column('hours', sa.BigInteger(), nullable=False),
        sa.Column('entered_by_id', sa.Integer(), nullable=False),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.CheckConstraint('hours > 0 AND hours <= 1000', name=op.f('ck_training_sessions_hours')),
        sa.CheckConstraint(
            "topic <> '' AND place <> '' AND teacher <> ''", name=op.f('ck_training_sessions_described')
        ),
        refers('training_sessions', 'region_code', 'regions'),
        refers('training_sessions', 'entered_by_id', 'accounts'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_sessions')),
        sa.UniqueConstraint('key', name=op.f('uq_training_sessions_key')),
    )
    op.create_index(
        'ix_training_sessions_region_code_held_on', 'training_sessions', ['region_code', 'held_on']
    )
    op.create_table(
        'training_participants',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('training_id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=True),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('village', sa.String(length=40), nullable=False),
        sa.Column(
            'trainee',
            sa.Enum(
                'assistant', 'farmer', 'other',
                name='trainee', native_enum=False, length=24, create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(account_id IS NULL) = (name <> '')",
            name=op.f('ck_training_participants_an_account_or_a_name'),
        ),
        sa.CheckConstraint(
            "account_id IS NULL OR village = ''",
            name=op.f('ck_training_participants_village_of_the_name'),
        ),
        refers('training_participants', 'training_id', 'training_sessions'),
        refers('training_participants', 'account_id', 'accounts'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_participants')),
        sa.UniqueConstraint(
            'training_id', 'account_id', name=op.f('uq_training_participants_training_id_account_id')
        ),
    )
    op.create_index(
        op.f('ix_training_participants_account_id'), 'training_participants', ['account_id']
    )
    without_account = sa.text('account_id IS NULL')
    op.create_index(
        'uq_training_participants_name',
        'training_participants',
        ['training_id', 'name', 'village'],
        unique=True,
        sqlite_where=without_account,
        postgresql_where=without_account,
    )
    op.create_table(
        'training_certificates',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('participant_id', sa.Integer(), nullable=False),
        sa.Column('region_code', sa.String(length=6), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('serial', sa.Integer(), nullable=False),
        sa.Column('issued_on', sa.Date(), nullable=False),
        sa.Column('issued_by_id', sa.Integer(), nullable=False),
        sa.CheckConstraint('serial > 0', name=op.f('ck_training_certificates_serial_positive')),
        refers('training_certificates', 'participant_id', 'training_participants'),
        refers('training_certificates', 'region_code', 'regions'),
        refers('training_certificates', 'issued_by_id', 'accounts'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_certificates')),
        sa.UniqueConstraint('participant_id', name=op.f('uq_training_certificates_participant_id')),
        sa.UniqueConstraint(
            'region_code', 'year', 'serial', name=op.f('uq_training_certificates_region_code_year_serial')
        ),
    )


def downgrade():
    op.drop_table('training_certificates')
    op.drop_table('training_participants')
    op.drop_table('training_sessions')
