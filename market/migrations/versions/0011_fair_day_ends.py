"""What each county had at the end of each day of a fair; merchants are counted anew."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def forbid_changes():
    """What a day ended with is never changed or deleted, nor replaced by an INSERT."""
    if op.get_bind().dialect.name == "postgresql":
        for name, what in (
            ("append_only", "BEFORE UPDATE OR DELETE ON fair_day_ends FOR EACH ROW"),
            ("no_truncate", "BEFORE TRUNCATE ON fair_day_ends FOR EACH STATEMENT"),
        ):
            op.execute(
                f"CREATE TRIGGER fair_day_ends_{name} {what}"
                " EXECUTE FUNCTION refuse_frozen_change()"
            )
        return
    refuse = "BEGIN SELECT RAISE(ABORT, 'fair_day_ends is append-only'); END"
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER fair_day_ends_no_{act.lower()} BEFORE {act} ON fair_day_ends {refuse}"
        )
    op.execute(
        "CREATE TRIGGER fair_day_ends_no_replace BEFORE INSERT ON fair_day_ends"
        " WHEN EXISTS (SELECT 1 FROM fair_day_ends WHERE fair_id = NEW.fair_id"
        f" AND day = NEW.day AND region_code = NEW.region_code) {refuse}"
    )


def upgrade():
    op.create_table('fair_day_ends',
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('figures', sa.Text(), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_fair_day_ends_fair_id_fairs')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_fair_day_ends_region_code_regions')),
    sa.PrimaryKeyConstraint('fair_id', 'day', 'region_code', name=op.f('pk_fair_day_ends'))
    )
    forbid_changes()
    # Who counts as one merchant is told by another rule: the worker counts every fair anew.
    op.execute("UPDATE fair_counts SET ledger_id = -1")


def downgrade():
    op.drop_table('fair_day_ends')
