"""What each part counts in the composite table of a fair."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0054'
down_revision = '0049'
branch_labels = None
depends_on = None

PARTS = (
    'completeness', 'punctuality', 'targets', 'verification', 'evidence', 'training', 'quality'
)


def upgrade():
    op.create_table(
        'assessment_weights',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('fair_id', sa.Integer(), nullable=False),
        *(sa.Column(part, sa.Integer(), nullable=False) for part in PARTS),
        sa.Column('set_by_id', sa.Integer(), nullable=False),
        sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(' + '.join(PARTS) + ' = 100', name=op.f('ck_assessment_weights_sum')),
        sa.CheckConstraint(
            ' AND '.join(f'{part} >= 0' for part in PARTS), name=op.f('ck_assessment_weights_positive')
        ),
        sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_assessment_weights_fair_id_fairs')),
        sa.ForeignKeyConstraint(
            ['set_by_id'], ['accounts.id'], name=op.f('fk_assessment_weights_set_by_id_accounts')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment_weights')),
    )
    op.create_index(op.f('ix_assessment_weights_fair_id'), 'assessment_weights', ['fair_id'])
    op.create_index(op.f('ix_assessment_weights_set_by_id'), 'assessment_weights', ['set_by_id'])


def downgrade():
    op.drop_table('assessment_weights')
