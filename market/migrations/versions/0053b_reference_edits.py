"""Edits of the reference data are kept apart from its files; words of products can be withdrawn."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0053b'
down_revision = '0052'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('reference_edits',
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('code', sa.String(length=9), nullable=False),
    sa.Column('changed', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'code', name=op.f('pk_reference_edits'))
    )
    op.create_table('withdrawn_aliases',
    sa.Column('alias', sa.String(length=40), nullable=False),
    sa.Column('product_code', sa.String(length=7), nullable=False),
    sa.Column('ambiguous', sa.Boolean(create_constraint=True, name='withdrawn_ambiguous'), nullable=False),
    sa.ForeignKeyConstraint(['product_code'], ['products.code'], name=op.f('fk_withdrawn_aliases_product_code_products')),
    sa.PrimaryKeyConstraint('alias', 'product_code', name=op.f('pk_withdrawn_aliases'))
    )


def downgrade():
    op.drop_table('withdrawn_aliases')
    op.drop_table('reference_edits')
