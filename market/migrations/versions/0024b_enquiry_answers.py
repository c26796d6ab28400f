"""What a message of an enquiry does: say something, accept a quotation, decline one."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0024b'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade():
    kind = sa.Enum('words', 'accepted', 'declined', name='kind', native_enum=False, length=24, create_constraint=True)
    with op.batch_alter_table('enquiry_messages') as batch_op:
        batch_op.add_column(sa.Column('kind', kind, nullable=False, server_default=sa.text("'words'")))


def downgrade():
    with op.batch_alter_table('enquiry_messages') as batch_op:
        batch_op.drop_constraint(op.f('ck_enquiry_messages_kind'), type_='check')
        batch_op.drop_column('kind')
