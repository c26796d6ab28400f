"""Varieties, words that officials add, and texts in which no product was understood."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'varieties',
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('product_code', sa.String(length=7), nullable=False),
        sa.Column(
            'kind',
            sa.Enum('variety', 'brand', 'dialect', 'series', name='variety_kind', native_enum=False, length=24, create_constraint=True),
            nullable=False,
        ),
        sa.Column('region', sa.String(length=40), nullable=False),
        sa.Column('source', sa.String(length=60), nullable=False),
        sa.Column(
            'confidence',
            sa.Enum('high', 'low', name='variety_confidence', native_enum=False, length=24, create_constraint=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(['product_code'], ['products.code'], name=op.f('fk_varieties_product_code_products')),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_varieties')),
    )
    op.create_table(
        'added_words',
        sa.Column('word', sa.String(length=40), nullable=False),
        sa.Column('product_code', sa.String(length=7), nullable=False),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['product_code'], ['products.code'], name=op.f('fk_added_words_product_code_products')),
        sa.PrimaryKeyConstraint('word', name=op.f('pk_added_words')),
    )
    op.create_table(
        'unmatched_texts',
        sa.Column('week', sa.Date(), nullable=False),
        sa.Column(
            'source',
            sa.Enum('search', 'post', name='unmatched_source', native_enum=False, length=24, create_constraint=True),
            nullable=False,
        ),
        sa.Column('text', sa.String(length=60), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('week', 'source', 'text', name=op.f('pk_unmatched_texts')),
    )


def downgrade():
    op.drop_table('unmatched_texts')
    op.drop_table('added_words')
    op.drop_table('varieties')
