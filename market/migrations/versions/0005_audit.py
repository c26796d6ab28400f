"""The record of acts, and the triggers that keep it append-only."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


TABLES = ('acts', 'act_changes')
REFUSED = 'the record of acts is append-only'


def forbid_changes():
    """Rows are appended only. On SQLite an INSERT OR REPLACE would delete without a trigger."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            f"""
            CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '{REFUSED}'; END $$
            """
        )
        for table in TABLES:
            for when, each in (('UPDATE', 'ROW'), ('DELETE', 'ROW'), ('TRUNCATE', 'STATEMENT')):
                op.execute(
                    f'CREATE TRIGGER {table}_no_{when.lower()} BEFORE {when} ON {table}'
                    f' FOR EACH {each} EXECUTE FUNCTION refuse_audit_change()'
                )
        return
    for table in TABLES:
        for when in ('UPDATE', 'DELETE'):
            op.execute(
                f'CREATE TRIGGER {table}_no_{when.lower()} BEFORE {when} ON {table}'
                f" BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )
        op.execute(
            f'CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}'
            f' WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)'
            f" BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )


def upgrade():
    op.create_table('acts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('role', sa.Enum('assistant', 'county_official', 'prefecture_official', 'province_official', 'administrator', name='role', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('role_region_code', sa.String(length=6), nullable=True),
    sa.Column('permission', sa.String(length=40), nullable=False),
    sa.Column('endpoint', sa.String(length=80), nullable=False),
    sa.Column('source', sa.Enum('web', 'command', name='source', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('ip', sa.String(length=45), nullable=False),
    sa.Column('agent', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('object_id', sa.String(length=80), nullable=False),
    sa.Column('changes', sa.Integer(), nullable=False),
    sa.CheckConstraint("(source = 'command') = (actor_id IS NULL)", name=op.f('ck_acts_actor_of_a_request')),
    sa.CheckConstraint('changes > 0', name=op.f('ck_acts_changes_something')),
    sa.ForeignKeyConstraint(['actor_id'], ['accounts.id'], name=op.f('fk_acts_actor_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acts')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('acts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_acts_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_acts_at'), ['at'], unique=False)

    op.create_table('act_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('act_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('object_id', sa.String(length=80), nullable=False),
    sa.Column('whole_kind', sa.String(length=40), nullable=False),
    sa.Column('whole_id', sa.String(length=80), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=True),
    sa.Column('change', sa.Enum('created', 'changed', 'deleted', name='change', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=True),
    sa.CheckConstraint("(change = 'created') = (before IS NULL)", name=op.f('ck_act_changes_new_has_no_before')),
    sa.CheckConstraint("(change = 'deleted') = (after IS NULL)", name=op.f('ck_act_changes_deleted_has_no_after')),
    sa.ForeignKeyConstraint(['act_id'], ['acts.id'], name=op.f('fk_act_changes_act_id_acts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_act_changes')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('act_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_act_changes_act_id'), ['act_id'], unique=False)
        batch_op.create_index('ix_act_changes_kind_object_id', ['kind', 'object_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_act_changes_region_code'), ['region_code'], unique=False)
        batch_op.create_index('ix_act_changes_whole', ['whole_kind', 'whole_id', 'id'], unique=False)
    forbid_changes()


def downgrade():
    op.drop_table('act_changes')
    op.drop_table('acts')
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP FUNCTION refuse_audit_change')
