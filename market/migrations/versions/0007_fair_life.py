"""Sessions of a fair, and the history of what was done with it."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


SQLITE_TRIGGERS = {
    "fair_events_no_update": "BEFORE UPDATE ON fair_events",
    "fair_events_no_delete": "BEFORE DELETE ON fair_events",
}


def forbid_changes_to_the_history():
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION refuse_fair_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'the history of a fair is append-only'; END $$
            """
        )
        op.execute(
            "CREATE TRIGGER fair_events_append_only BEFORE UPDATE OR DELETE ON fair_events"
            " FOR EACH ROW EXECUTE FUNCTION refuse_fair_event_change()"
        )
        op.execute(
            "CREATE TRIGGER fair_events_no_truncate BEFORE TRUNCATE ON fair_events"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_fair_event_change()"
        )
        return
    for name, when in SQLITE_TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {name} {when}"
            " BEGIN SELECT RAISE(ABORT, 'the history of a fair is append-only'); END"
        )


def upgrade():
    op.create_table('fair_sessions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_fair_sessions_dates')),
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_fair_sessions_fair_id_fairs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fair_sessions')),
    sa.UniqueConstraint('fair_id', 'slug', name=op.f('uq_fair_sessions_fair_id_slug'))
    )
    op.create_table('fair_session_themes',
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('product_prefix', sa.String(length=7), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['fair_sessions.id'], name=op.f('fk_fair_session_themes_session_id_fair_sessions')),
    sa.PrimaryKeyConstraint('session_id', 'product_prefix', name=op.f('pk_fair_session_themes'))
    )
    op.create_table('fair_events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('announced', 'cloned', 'opened', 'edited', 'extended', 'closed_early', 'closed', 'certified', 'session_added', 'session_edited', 'session_removed', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('about', sa.String(length=200), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=True),
    sa.Column('to_day', sa.Date(), nullable=True),
    sa.Column('source_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind NOT IN ('extended', 'closed_early') OR (from_day IS NOT NULL AND to_day IS NOT NULL AND from_day <> to_day AND reason <> '' AND by_id IS NOT NULL)", name=op.f('ck_fair_events_moved_with_a_reason')),
    sa.CheckConstraint("(kind = 'cloned') = (source_id IS NOT NULL)", name=op.f('ck_fair_events_cloned_from')),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_fair_events_by_id_accounts')),
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_fair_events_fair_id_fairs')),
    sa.ForeignKeyConstraint(['source_id'], ['fairs.id'], name=op.f('fk_fair_events_source_id_fairs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fair_events'))
    )
    with op.batch_alter_table('fair_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_fair_events_fair_id'), ['fair_id'], unique=False)

    with op.batch_alter_table('fair_listings', schema=None) as batch_op:
        batch_op.create_index('ix_fair_listings_products', ['fair_id', 'product_code', 'counts', 'side', 'listed_at'], unique=False)

    forbid_changes_to_the_history()


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER fair_events_append_only ON fair_events")
        op.execute("DROP TRIGGER fair_events_no_truncate ON fair_events")
        op.execute("DROP FUNCTION refuse_fair_event_change()")
    else:
        for name in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
    with op.batch_alter_table('fair_listings', schema=None) as batch_op:
        batch_op.drop_index('ix_fair_listings_products')

    op.drop_table('fair_events')
    op.drop_table('fair_session_themes')
    op.drop_table('fair_sessions')
