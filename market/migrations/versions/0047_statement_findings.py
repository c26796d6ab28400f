"""What validation found in submitted statements, and overrides of what stops one: append-only."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0047'
down_revision = '0051'
branch_labels = None
depends_on = None

RULES = ('adds_up', 'fall', 'jump', 'zero', 'backlog', 'price', 'past')
# By table: what makes a row the same row, and the column with what people write.
TABLES = {
    'override_requests': ('statement_id = NEW.statement_id AND number = NEW.number', 'explanation'),
    'override_decisions': ('request_id = NEW.request_id', 'reason'),
    'statement_findings': (
        'version_id = NEW.version_id AND rule = NEW.rule AND subject = NEW.subject', 'explanation',
    ),
}
ERASING = 'SELECT 1 FROM erasures WHERE rewriting'


def one_of(values, name):
    return sa.Enum(*values, name=name, native_enum=False, length=24, create_constraint=True)


def refers(of, column, table):
    return sa.ForeignKeyConstraint([column], [f'{table}.id'], name=op.f(f'fk_{of}_{column}_{table}'))


def forbid_changes():
    """What is written stays; the words may be starred while a person is erased."""
    postgresql = op.get_bind().dialect.name == 'postgresql'
    for table, (same, text) in TABLES.items():
        columns = [column['name'] for column in sa.inspect(op.get_bind()).get_columns(table)]
        others = [f'"{name}"' for name in columns if name != text]
        if postgresql:
            refuse = 'EXECUTE FUNCTION refuse_frozen_change()'
            op.execute(
                f'CREATE TRIGGER {table}_append_only BEFORE UPDATE OF {", ".join(others)} OR DELETE'
                f' ON {table} FOR EACH ROW {refuse}'
            )
            op.execute(
                f'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}'
                f' FOR EACH STATEMENT {refuse}'
            )
            op.execute(
                f'CREATE TRIGGER {table}_only_starred BEFORE UPDATE ON {table}'
                ' FOR EACH ROW EXECUTE FUNCTION refuse_unless_erasing()'
            )
            continue
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        differs = ' OR '.join(f'OLD.{name} IS NOT NEW.{name}' for name in others)
        op.execute(
            f'CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}'
            f' WHEN NOT EXISTS ({ERASING}) OR {differs} {refuse}'
        )
        op.execute(f'CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}')
        op.execute(
            f'CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}'
            f' WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}'
        )


def upgrade():
    op.create_table(
        'override_requests',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('statement_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('findings', sa.Text(), nullable=False),
        sa.Column('explanation', sa.String(length=200), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("explanation <> ''", name=op.f('ck_override_requests_explanation')),
        sa.CheckConstraint('number > 0', name=op.f('ck_override_requests_number')),
        refers('override_requests', 'statement_id', 'statements'),
        refers('override_requests', 'by_id', 'accounts'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_override_requests')),
        sa.UniqueConstraint(
            'statement_id', 'number', name=op.f('uq_override_requests_statement_id_number')
        ),
    )
    op.create_table(
        'override_decisions',
        sa.Column('request_id', sa.Integer(), nullable=False),
        sa.Column('allowed', sa.Boolean(create_constraint=True, name='allowed'), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f('ck_override_decisions_reason')),
        refers('override_decisions', 'request_id', 'override_requests'),
        refers('override_decisions', 'by_id', 'accounts'),
        sa.PrimaryKeyConstraint('request_id', name=op.f('pk_override_decisions')),
    )
    op.create_table(
        'statement_findings',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('rule', one_of(RULES, 'rule'), nullable=False),
        sa.Column('subject', sa.String(length=60), nullable=False),
        sa.Column('severity', one_of(('warning', 'stop'), 'severity'), nullable=False),
        sa.Column('numbers', sa.Text(), nullable=False),
        sa.Column('explanation', sa.String(length=200), nullable=False),
        sa.Column('request_id', sa.Integer(), nullable=True),
        sa.CheckConstraint("explanation <> ''", name=op.f('ck_statement_findings_explanation')),
        sa.CheckConstraint(
            "(severity = 'stop') = (request_id IS NOT NULL)",
            name=op.f('ck_statement_findings_stop_overridden'),
        ),
        refers('statement_findings', 'version_id', 'statement_versions'),
        refers('statement_findings', 'request_id', 'override_requests'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_statement_findings')),
        sa.UniqueConstraint(
            'version_id', 'rule', 'subject', name=op.f('uq_statement_findings_version_id_rule_subject')
        ),
    )
    for table, column in (
        ('override_requests', 'by_id'),
        ('override_decisions', 'by_id'),
        ('statement_findings', 'request_id'),
    ):
        op.create_index(op.f(f'ix_{table}_{column}'), table, [column])
    forbid_changes()


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
