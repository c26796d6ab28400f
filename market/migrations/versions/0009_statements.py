"""Statements that counties and prefectures report, and what was frozen of them."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


# Appended to only, with what makes a row the same row: an INSERT OR REPLACE is refused too.
FROZEN = {
    "statement_versions": "statement_id = NEW.statement_id AND number = NEW.number",
    "statement_events": "id = NEW.id",
    "corrections": "statement_id = NEW.statement_id AND number = NEW.number",
    "correction_decisions": "correction_id = NEW.correction_id",
    "publications": "fair_id = NEW.fair_id AND kind = NEW.kind AND day = NEW.day",
}


def forbid_changes_to_what_is_frozen():
    """What was frozen is never changed or deleted; a published statement is locked."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION refuse_frozen_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
            """
        )
        for table in FROZEN:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION refuse_frozen_change()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse_frozen_change()"
            )
        op.execute(
            "CREATE TRIGGER statements_locked BEFORE UPDATE OR DELETE ON statements FOR EACH ROW"
            " WHEN (OLD.status = 'published') EXECUTE FUNCTION refuse_frozen_change()"
        )
        return
    refuse = "BEGIN SELECT RAISE(ABORT, '{} is append-only'); END"
    for table, same in FROZEN.items():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                + refuse.format(table)
            )
        known = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} {known} "
            + refuse.format(table)
        )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER statements_locked_{act.lower()} BEFORE {act} ON statements"
            " WHEN OLD.status = 'published' " + refuse.format("a published statement")
        )


def upgrade():
    op.create_table('publications',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('daily', 'final', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('snapshot', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('ledger_id', sa.Integer(), nullable=False),
    sa.Column('ledger_hash', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_publications_by_id_accounts')),
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_publications_fair_id_fairs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publications')),
    sa.UniqueConstraint('fair_id', 'kind', 'day', name=op.f('uq_publications_fair_id_kind_day'))
    )
    op.create_table('statements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('parent_code', sa.String(length=6), nullable=True),
    sa.Column('kind', sa.Enum('daily', 'final', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Enum('draft', 'submitted', 'accepted', 'returned', 'published', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('first_submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("version >= 0 AND (version = 0) = (status = 'draft')", name=op.f('ck_statements_version')),
    sa.CheckConstraint('(version = 0) = (first_submitted_at IS NULL)', name=op.f('ck_statements_first_submitted')),
    sa.CheckConstraint('parent_code <> region_code', name=op.f('ck_statements_parent_not_self')),
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_statements_fair_id_fairs')),
    sa.ForeignKeyConstraint(['parent_code'], ['regions.code'], name=op.f('fk_statements_parent_code_regions')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_statements_region_code_regions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statements')),
    sa.UniqueConstraint('fair_id', 'region_code', 'kind', 'day', name=op.f('uq_statements_fair_id_region_code_kind_day'))
    )
    with op.batch_alter_table('statements', schema=None) as batch_op:
        batch_op.create_index('ix_statements_fair_id_kind_day', ['fair_id', 'kind', 'day'], unique=False)

    op.create_table('corrections',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('statement_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('snapshot', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('ledger_id', sa.Integer(), nullable=False),
    sa.Column('ledger_hash', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_corrections_reason')),
    sa.CheckConstraint('number > 0', name=op.f('ck_corrections_number')),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_corrections_by_id_accounts')),
    sa.ForeignKeyConstraint(['statement_id'], ['statements.id'], name=op.f('fk_corrections_statement_id_statements')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_corrections')),
    sa.UniqueConstraint('statement_id', 'number', name=op.f('uq_corrections_statement_id_number'))
    )
    op.create_table('statement_events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('statement_id', sa.Integer(), nullable=False),
    sa.Column('act', sa.Enum('submitted', 'accepted', 'returned', 'published', 'reminded', 'corrected', 'confirmed', 'refused', name='act', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("act <> 'returned' OR reason <> ''", name=op.f('ck_statement_events_returned_with_reason')),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_statement_events_by_id_accounts')),
    sa.ForeignKeyConstraint(['statement_id'], ['statements.id'], name=op.f('fk_statement_events_statement_id_statements')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statement_events'))
    )
    with op.batch_alter_table('statement_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_statement_events_statement_id'), ['statement_id'], unique=False)

    op.create_table('statement_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('statement_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('remark', sa.String(length=200), nullable=False),
    sa.Column('snapshot', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('ledger_id', sa.Integer(), nullable=False),
    sa.Column('ledger_hash', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_statement_versions_number')),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_statement_versions_by_id_accounts')),
    sa.ForeignKeyConstraint(['statement_id'], ['statements.id'], name=op.f('fk_statement_versions_statement_id_statements')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statement_versions')),
    sa.UniqueConstraint('statement_id', 'number', name=op.f('uq_statement_versions_statement_id_number'))
    )
    op.create_table('correction_decisions',
    sa.Column('correction_id', sa.Integer(), nullable=False),
    sa.Column('confirmed', sa.Boolean(create_constraint=True, name='confirmed'), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("confirmed OR reason <> ''", name=op.f('ck_correction_decisions_refused_with_reason')),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_correction_decisions_by_id_accounts')),
    sa.ForeignKeyConstraint(['correction_id'], ['corrections.id'], name=op.f('fk_correction_decisions_correction_id_corrections')),
    sa.PrimaryKeyConstraint('correction_id', name=op.f('pk_correction_decisions'))
    )
    forbid_changes_to_what_is_frozen()


def downgrade():
    op.drop_table('correction_decisions')
    op.drop_table('statement_versions')
    with op.batch_alter_table('statement_events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_statement_events_statement_id'))

    op.drop_table('statement_events')
    op.drop_table('corrections')
    with op.batch_alter_table('statements', schema=None) as batch_op:
        batch_op.drop_index('ix_statements_fair_id_kind_day')

    op.drop_table('statements')
    op.drop_table('publications')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_frozen_change")
