"""Find by an index what names an account or an offer, which is looked for when one is deleted."""
from alembic import op


# revision identifiers, used by Alembic.
revision = '0043'
down_revision = '0042'
branch_labels = None
depends_on = None

INDEXES = {
    'offers': ('posted_by_id', 'verified_by_id', 'consent_id'),
    'shortlist_entries': ('offer_id',),
    'deals': (
        'proposed_by_id',
        'agreed_by_id',
        'verified_by_id',
        'county_verified_by_id',
        'called_back_by_id',
    ),
    'deal_events': ('by_id',),
    'deal_proofs': ('uploaded_by_id',),
    'questions': ('offer_id', 'deal_id'),
    'trader_ratings': ('by_id',),
}


def upgrade():
    for table, columns in INDEXES.items():
        for column in columns:
            op.create_index(f'ix_{table}_{column}', table, [column])


def downgrade():
    for table, columns in INDEXES.items():
        for column in columns:
            op.drop_index(f'ix_{table}_{column}', table)
