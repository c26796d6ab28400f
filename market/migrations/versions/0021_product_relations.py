"""What a product is to its parent, and with which products it is traded as the same."""
from alembic import op


# revision identifiers, used by Alembic.
revision = '0021'
down_revision = '0019'
branch_labels = None
depends_on = None

RELATIONS = "'variety', 'life_stage', 'cut', 'part', 'made_from'"


def upgrade():
    """Each check comes with a column: SQLite would have to write the table anew for one alone,
    and many others point at it."""
    bind = op.get_bind()
    collation = ' COLLATE "C"' if bind.dialect.name == 'postgresql' else ''
    op.execute(
        'ALTER TABLE products ADD COLUMN relation VARCHAR(24)'
        f' CONSTRAINT ck_products_relation CHECK (relation IN ({RELATIONS}))'
    )
    # Until the reference data is loaded, as it was: every product is a variety of its parent.
    op.execute("UPDATE products SET relation = 'variety' WHERE parent_code IS NOT NULL")
    op.execute(
        f"ALTER TABLE products ADD COLUMN family_path VARCHAR(40){collation} DEFAULT '' NOT NULL"
        ' CONSTRAINT ck_products_relation_to_parent'
        ' CHECK ((relation IS NULL) = (parent_code IS NULL))'
    )
    op.execute('UPDATE products SET family_path = path')


def downgrade():
    op.drop_column('products', 'family_path')
    op.drop_column('products', 'relation')
