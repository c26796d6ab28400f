"""What is left to do for erased accounts; people may be starred in the texts beside what is
append-only while one is erased."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


# Append-only tables: columns with what people write, the trigger that refuses changes on SQLite,
# and what it says; on PostgreSQL the trigger, when it fires besides, and its function.
AUDIT = ('refuse_audit_change', 'the record of acts is append-only')
FROZEN = ('refuse_frozen_change', None)
FAIR = ('refuse_fair_event_change', 'the history of a fair is append-only')
TABLES = {
    'act_changes': (('before', 'after'), *AUDIT),
    'statement_versions': (('remark',), *FROZEN),
    'statement_events': (('reason',), *FROZEN),
    'corrections': (('reason',), *FROZEN),
    'correction_decisions': (('reason',), *FROZEN),
    'publications': (('reason',), *FROZEN),
    'fair_events': (('reason',), *FAIR),
}
ERASING = 'SELECT 1 FROM erasures WHERE rewriting'


def _postgresql_trigger(table, function):
    """(name, acts besides UPDATE) of the trigger that refuses changes of the table."""
    if function == 'refuse_audit_change':
        return f'{table}_no_update', ''
    return f'{table}_append_only', ' OR DELETE'


def _others(table, texts):
    """The other columns of the table, quoted."""
    columns = [column['name'] for column in sa.inspect(op.get_bind()).get_columns(table)]
    quote = op.get_bind().dialect.identifier_preparer.quote
    return [quote(name) for name in columns if name not in texts]


def let_erasing_star_texts():
    """All other columns stay as they are for ever; these change only in a transaction that erases
    an account."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            f"""
            CREATE FUNCTION refuse_unless_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NOT EXISTS ({ERASING}) THEN
                    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
                END IF;
                RETURN NEW;
            END $$
            """
        )
        for table, (texts, function, _says) in TABLES.items():
            name, besides = _postgresql_trigger(table, function)
            op.execute(f'DROP TRIGGER {name} ON {table}')
            op.execute(
                f'CREATE TRIGGER {name} BEFORE UPDATE OF {", ".join(_others(table, texts))}{besides}'
                f' ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()'
            )
            op.execute(
                f'CREATE TRIGGER {table}_only_starred BEFORE UPDATE ON {table}'
                ' FOR EACH ROW EXECUTE FUNCTION refuse_unless_erasing()'
            )
        return
    for table, (texts, _function, says) in TABLES.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{says or table + ' is append-only'}'); END"
        op.execute(f'DROP TRIGGER {table}_no_update')
        differs = (f'OLD.{name} IS NOT NEW.{name}' for name in _others(table, texts))
        op.execute(
            f'CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}'
            f' WHEN NOT EXISTS ({ERASING}) OR {" OR ".join(differs)} ' + refuse
        )


def upgrade():
    op.create_table('erasures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('left', sa.JSON(), nullable=False),
    sa.Column('rewriting', sa.Boolean(create_constraint=True, name='rewriting'), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_erasures_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasures'))
    )
    let_erasing_star_texts()


def downgrade():
    postgresql = op.get_bind().dialect.name == 'postgresql'
    for table, (_texts, function, says) in TABLES.items():
        if postgresql:
            name, besides = _postgresql_trigger(table, function)
            op.execute(f'DROP TRIGGER {table}_only_starred ON {table}')
            op.execute(f'DROP TRIGGER {name} ON {table}')
            op.execute(
                f'CREATE TRIGGER {name} BEFORE UPDATE{besides} ON {table}'
                f' FOR EACH ROW EXECUTE FUNCTION {function}()'
            )
            continue
        op.execute(f'DROP TRIGGER {table}_no_update')
        op.execute(
            f'CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}'
            f" BEGIN SELECT RAISE(ABORT, '{says or table + ' is append-only'}'); END"
        )
    if postgresql:
        op.execute('DROP FUNCTION refuse_unless_erasing')
    op.drop_table('erasures')
