"""Who printed which village sheet, and how many sheets of a stack are set."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0046'
down_revision = '0043'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('sheet_prints',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('township_code', sa.String(length=9), nullable=False),
    sa.Column('village', sa.String(length=40), nullable=False),
    sa.Column('week', sa.String(length=7), nullable=False),
    sa.Column('paper', sa.Enum('a4', 'a3', 'a2', name='paper', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('printed_by_id', sa.Integer(), nullable=False),
    sa.Column('printed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['printed_by_id'], ['accounts.id'], name=op.f('fk_sheet_prints_printed_by_id_accounts')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_sheet_prints_region_code_regions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_prints')),
    sa.UniqueConstraint('printed_by_id', 'region_code', 'township_code', 'village', 'week', 'paper', name='uq_sheet_prints_once')
    )
    op.execute("UPDATE sheet_stacks SET progress = 0")
    with op.batch_alter_table('sheet_stacks') as batch:
        batch.drop_constraint(op.f('ck_sheet_stacks_progress'), type_='check')
        batch.drop_column('doing')
        batch.alter_column('progress', new_column_name='sheets_set')
    op.execute("UPDATE sheet_stacks SET sheets_set = sheets WHERE status = 'done'")
    with op.batch_alter_table('sheet_stacks') as batch:
        batch.create_check_constraint(op.f('ck_sheet_stacks_sheets_set'), 'sheets_set BETWEEN 0 AND sheets')


def downgrade():
    with op.batch_alter_table('sheet_stacks') as batch:
        batch.drop_constraint(op.f('ck_sheet_stacks_sheets_set'), type_='check')
        batch.alter_column('sheets_set', new_column_name='progress')
        batch.add_column(sa.Column('doing', sa.String(length=24), nullable=False, server_default=''))
    op.execute("UPDATE sheet_stacks SET progress = CASE status WHEN 'done' THEN 100 ELSE 0 END")
    with op.batch_alter_table('sheet_stacks') as batch:
        batch.alter_column('doing', server_default=None)
        batch.create_check_constraint(op.f('ck_sheet_stacks_progress'), 'progress BETWEEN 0 AND 100')
    op.drop_table('sheet_prints')
