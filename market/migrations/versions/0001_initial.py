"""Everything the first release has, and the triggers that keep the ledger append-only."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


SQLITE_TRIGGERS = {
    "ledger_no_update": "BEFORE UPDATE ON ledger",
    "ledger_no_delete": "BEFORE DELETE ON ledger",
}


def forbid_changes_to_the_ledger():
    """Entries are appended only, numbered without a gap.

    The number also refuses an INSERT OR REPLACE on SQLite.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$
            """
        )
        op.execute(
            "CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger"
            " FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()"
        )
        op.execute(
            "CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()"
        )
        op.execute(
            """
            CREATE FUNCTION refuse_ledger_gap() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM ledger) THEN
                    RAISE EXCEPTION 'the ledger has no gaps';
                END IF;
                RETURN NEW;
            END $$
            """
        )
        op.execute(
            "CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger"
            " FOR EACH ROW EXECUTE FUNCTION refuse_ledger_gap()"
        )
        return
    for name, when in SQLITE_TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {name} {when}"
            " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )
    op.execute(
        "CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger"
        " WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM ledger)"
        " BEGIN SELECT RAISE(ABORT, 'the ledger has no gaps'); END"
    )


def upgrade():
    op.create_table('categories',
    sa.Column('code', sa.String(length=4), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=False),
    sa.Column('parent_code', sa.String(length=4), nullable=True),
    sa.ForeignKeyConstraint(['parent_code'], ['categories.code'], name=op.f('fk_categories_parent_code_categories')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_categories'))
    )
    op.create_table('regions',
    sa.Column('code', sa.String(length=6), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('short_name', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=False),
    sa.Column('level', sa.Enum('province', 'prefecture', 'county', name='level', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('parent_code', sa.String(length=6), nullable=True),
    sa.Column('path', sa.String(length=40).with_variant(sa.String(length=40, collation='C'), 'postgresql'), nullable=False),
    sa.Column('is_leaf', sa.Boolean(create_constraint=True, name='is_leaf'), nullable=False),
    sa.Column('host_code', sa.String(length=6), nullable=True),
    sa.Column('latitude', sa.Float(), nullable=True),
    sa.Column('longitude', sa.Float(), nullable=True),
    sa.Column('pinyin', sa.String(length=120), nullable=False),
    sa.Column('initials', sa.String(length=40), nullable=False),
    sa.CheckConstraint('parent_code <> code', name=op.f('ck_regions_parent_not_self')),
    sa.ForeignKeyConstraint(['host_code'], ['regions.code'], name=op.f('fk_regions_host_code_regions')),
    sa.ForeignKeyConstraint(['parent_code'], ['regions.code'], name=op.f('fk_regions_parent_code_regions')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_regions')),
    sa.UniqueConstraint('path', name=op.f('uq_regions_path'))
    )
    with op.batch_alter_table('regions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_regions_initials'), ['initials'], unique=False)
        batch_op.create_index(batch_op.f('ix_regions_parent_code'), ['parent_code'], unique=False)

    op.create_table('accounts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('trader_type', sa.Enum('farmer', 'cooperative', 'broker', 'company', 'buyer', name='trader_type', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('session_epoch', sa.Integer(), nullable=False),
    sa.Column('represented_by_id', sa.Integer(), nullable=True),
    sa.Column('is_demonstration', sa.Boolean(create_constraint=True, name='is_demonstration'), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('represented_by_id <> id', name=op.f('ck_accounts_not_represented_by_self')),
    sa.CheckConstraint('represented_by_id IS NULL OR password_hash IS NULL', name=op.f('ck_accounts_represented_has_no_login')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_accounts_region_code_regions')),
    sa.ForeignKeyConstraint(['represented_by_id'], ['accounts.id'], name=op.f('fk_accounts_represented_by_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('phone', name=op.f('uq_accounts_phone'))
    )
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accounts_region_code'), ['region_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_accounts_represented_by_id'), ['represented_by_id'], unique=False)

    op.create_table('fairs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('season', sa.Enum('spring', 'summer', 'autumn', 'winter', name='season', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('status', sa.Enum('announced', 'open', 'closed', 'certified', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('previous_id', sa.Integer(), nullable=True),
    sa.Column('same_season_id', sa.Integer(), nullable=True),
    sa.Column('totals_only', sa.Boolean(create_constraint=True, name='totals_only'), nullable=False),
    sa.Column('is_replay', sa.Boolean(create_constraint=True, name='is_replay'), nullable=False),
    sa.Column('total_listings', sa.Integer(), nullable=True),
    sa.Column('total_merchants', sa.Integer(), nullable=True),
    sa.Column('total_deals', sa.Integer(), nullable=True),
    sa.Column('total_fen', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_fairs_dates')),
    sa.ForeignKeyConstraint(['previous_id'], ['fairs.id'], name=op.f('fk_fairs_previous_id_fairs')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_fairs_region_code_regions')),
    sa.ForeignKeyConstraint(['same_season_id'], ['fairs.id'], name=op.f('fk_fairs_same_season_id_fairs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fairs')),
    sa.UniqueConstraint('slug', name=op.f('uq_fairs_slug'))
    )
    op.create_table('products',
    sa.Column('code', sa.String(length=7), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=False),
    sa.Column('category_code', sa.String(length=4), nullable=False),
    sa.Column('parent_code', sa.String(length=7), nullable=True),
    sa.Column('path', sa.String(length=40).with_variant(sa.String(length=40, collation='C'), 'postgresql'), nullable=False),
    sa.Column('unit', sa.String(length=12), nullable=False),
    sa.Column('perishable', sa.Boolean(create_constraint=True, name='perishable'), nullable=False),
    sa.Column('storage_class', sa.String(length=16), nullable=False),
    sa.Column('trade_note', sa.String(length=120), nullable=False),
    sa.Column('listable', sa.Boolean(create_constraint=True, name='listable'), nullable=False),
    sa.Column('pinyin', sa.String(length=80), nullable=False),
    sa.Column('initials', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['category_code'], ['categories.code'], name=op.f('fk_products_category_code_categories')),
    sa.ForeignKeyConstraint(['parent_code'], ['products.code'], name=op.f('fk_products_parent_code_products')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_products')),
    sa.UniqueConstraint('name', name=op.f('uq_products_name')),
    sa.UniqueConstraint('path', name=op.f('uq_products_path'))
    )
    with op.batch_alter_table('products', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_products_category_code'), ['category_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_products_initials'), ['initials'], unique=False)
        batch_op.create_index(batch_op.f('ix_products_parent_code'), ['parent_code'], unique=False)

    op.create_table('consents',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('farmer_id', sa.Integer(), nullable=False),
    sa.Column('assistant_id', sa.Integer(), nullable=False),
    sa.Column('how', sa.String(length=200), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['assistant_id'], ['accounts.id'], name=op.f('fk_consents_assistant_id_accounts')),
    sa.ForeignKeyConstraint(['farmer_id'], ['accounts.id'], name=op.f('fk_consents_farmer_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents'))
    )
    with op.batch_alter_table('consents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consents_assistant_id'), ['assistant_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_consents_farmer_id'), ['farmer_id'], unique=False)

    op.create_table('fair_counts',
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ledger_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_fair_counts_fair_id_fairs')),
    sa.PrimaryKeyConstraint('fair_id', name=op.f('pk_fair_counts'))
    )
    op.create_table('fair_tallies',
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('sell_listings', sa.Integer(), nullable=False),
    sa.Column('buy_listings', sa.Integer(), nullable=False),
    sa.Column('merchants', sa.Integer(), nullable=False),
    sa.Column('deals', sa.Integer(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('sold_fen', sa.BigInteger(), nullable=False),
    sa.Column('bought_fen', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_fair_tallies_fair_id_fairs')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_fair_tallies_region_code_regions')),
    sa.PrimaryKeyConstraint('fair_id', 'region_code', name=op.f('pk_fair_tallies'))
    )
    op.create_table('fair_themes',
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('product_prefix', sa.String(length=7), nullable=False),
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_fair_themes_fair_id_fairs')),
    sa.PrimaryKeyConstraint('fair_id', 'product_prefix', name=op.f('pk_fair_themes'))
    )
    op.create_table('geographical_indications',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('product_code', sa.String(length=7), nullable=False),
    sa.Column('claim', sa.String(length=80), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['product_code'], ['products.code'], name=op.f('fk_geographical_indications_product_code_products')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_geographical_indications_region_code_regions')),
    sa.PrimaryKeyConstraint('name', 'region_code', name=op.f('pk_geographical_indications'))
    )
    op.create_table('grants',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('assistant', 'county_official', 'prefecture_official', 'province_official', 'administrator', name='role', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('granted_by_id', sa.Integer(), nullable=True),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_grants_account_id_accounts')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['accounts.id'], name=op.f('fk_grants_granted_by_id_accounts')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_grants_region_code_regions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grants')),
    sa.UniqueConstraint('account_id', 'role', 'region_code', name=op.f('uq_grants_account_id_role_region_code'))
    )
    with op.batch_alter_table('grants', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_grants_account_id'), ['account_id'], unique=False)

    op.create_table('phone_reveals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('viewer_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('page', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_phone_reveals_account_id_accounts')),
    sa.ForeignKeyConstraint(['viewer_id'], ['accounts.id'], name=op.f('fk_phone_reveals_viewer_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phone_reveals'))
    )
    with op.batch_alter_table('phone_reveals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_phone_reveals_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_phone_reveals_viewer_id'), ['viewer_id'], unique=False)

    op.create_table('product_aliases',
    sa.Column('alias', sa.String(length=40), nullable=False),
    sa.Column('product_code', sa.String(length=7), nullable=False),
    sa.Column('ambiguous', sa.Boolean(create_constraint=True, name='ambiguous'), nullable=False),
    sa.Column('pinyin', sa.String(length=120), nullable=False),
    sa.Column('initials', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['product_code'], ['products.code'], name=op.f('fk_product_aliases_product_code_products')),
    sa.PrimaryKeyConstraint('alias', 'product_code', name=op.f('pk_product_aliases'))
    )
    with op.batch_alter_table('product_aliases', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_product_aliases_initials'), ['initials'], unique=False)
        batch_op.create_index(batch_op.f('ix_product_aliases_pinyin'), ['pinyin'], unique=False)

    op.create_table('offers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('side', sa.Enum('sell', 'buy', name='side', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('product_code', sa.String(length=7), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('grade', sa.String(length=60), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('remaining', sa.BigInteger(), nullable=False),
    sa.Column('unit', sa.String(length=12), nullable=False),
    sa.Column('price_low', sa.BigInteger(), nullable=True),
    sa.Column('price_high', sa.BigInteger(), nullable=True),
    sa.Column('price_unit', sa.String(length=12), nullable=False),
    sa.Column('price_per_base', sa.BigInteger(), nullable=True),
    sa.Column('price_basis', sa.Enum('ex_farm', 'delivered', name='price_basis', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('min_lot', sa.BigInteger(), nullable=True),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('supply_from', sa.Date(), nullable=True),
    sa.Column('supply_to', sa.Date(), nullable=True),
    sa.Column('packaging', sa.String(length=60), nullable=False),
    sa.Column('delivery', sa.String(length=120), nullable=False),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Enum('draft', 'published', 'closed', 'expired', 'withdrawn', 'rejected', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('status_reason', sa.String(length=200), nullable=False),
    sa.Column('verification', sa.Enum('unverified', 'verified', 'returned', name='verification', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('verification_reason', sa.String(length=200), nullable=False),
    sa.Column('verified_by_id', sa.Integer(), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('posted_by_id', sa.Integer(), nullable=False),
    sa.Column('consent_id', sa.Integer(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(price_low IS NULL AND price_high IS NULL) OR (price_low > 0 AND price_high >= price_low)', name=op.f('ck_offers_price_range')),
    sa.CheckConstraint('min_lot IS NULL OR (min_lot > 0 AND min_lot <= quantity)', name=op.f('ck_offers_min_lot')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_offers_quantity_positive')),
    sa.CheckConstraint('remaining >= 0 AND remaining <= quantity', name=op.f('ck_offers_remaining_in_quantity')),
    sa.CheckConstraint('supply_to IS NULL OR supply_to >= supply_from', name=op.f('ck_offers_supply_period')),
    sa.ForeignKeyConstraint(['consent_id'], ['consents.id'], name=op.f('fk_offers_consent_id_consents')),
    sa.ForeignKeyConstraint(['owner_id'], ['accounts.id'], name=op.f('fk_offers_owner_id_accounts')),
    sa.ForeignKeyConstraint(['posted_by_id'], ['accounts.id'], name=op.f('fk_offers_posted_by_id_accounts')),
    sa.ForeignKeyConstraint(['product_code'], ['products.code'], name=op.f('fk_offers_product_code_products')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_offers_region_code_regions')),
    sa.ForeignKeyConstraint(['verified_by_id'], ['accounts.id'], name=op.f('fk_offers_verified_by_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offers')),
    sa.UniqueConstraint('key', name=op.f('uq_offers_key'))
    )
    with op.batch_alter_table('offers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_offers_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index('ix_offers_product_code_status', ['product_code', 'status'], unique=False)
        batch_op.create_index(batch_op.f('ix_offers_region_code'), ['region_code'], unique=False)
        batch_op.create_index('ix_offers_status_published_at', ['status', 'published_at'], unique=False)
        batch_op.create_index('ix_offers_status_valid_until', ['status', 'valid_until'], unique=False)

    op.create_table('deals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seller_id', sa.Integer(), nullable=False),
    sa.Column('buyer_id', sa.Integer(), nullable=False),
    sa.Column('seller_offer_id', sa.Integer(), nullable=True),
    sa.Column('buyer_offer_id', sa.Integer(), nullable=True),
    sa.Column('product_code', sa.String(length=7), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('unit', sa.String(length=12), nullable=False),
    sa.Column('unit_price', sa.BigInteger(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('amount_reason', sa.String(length=200), nullable=False),
    sa.Column('note', sa.String(length=400), nullable=False),
    sa.Column('agreed_on', sa.Date(), nullable=True),
    sa.Column('channel', sa.Enum('fair', 'daily', name='channel', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('fair_id', sa.Integer(), nullable=True),
    sa.Column('seller_region_code', sa.String(length=6), nullable=False),
    sa.Column('buyer_region_code', sa.String(length=6), nullable=False),
    sa.Column('home_region_code', sa.String(length=6), nullable=False),
    sa.Column('status', sa.Enum('proposed', 'agreed', 'verified', 'declined', 'cancelled', 'disputed', 'returned', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('status_reason', sa.String(length=200), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('proposed_side', sa.Enum('sell', 'buy', name='proposed_side', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('agreed_by_id', sa.Integer(), nullable=True),
    sa.Column('verified_by_id', sa.Integer(), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reserved', sa.Boolean(create_constraint=True, name='reserved'), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(channel = 'fair') = (fair_id IS NOT NULL)", name=op.f('ck_deals_fair_channel')),
    sa.CheckConstraint("status NOT IN ('agreed', 'verified', 'returned', 'disputed') OR (agreed_by_id IS NOT NULL AND agreed_on IS NOT NULL)", name=op.f('ck_deals_agreed_by_someone')),
    sa.CheckConstraint('agreed_by_id <> proposed_by_id', name=op.f('ck_deals_not_confirmed_by_proposer')),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_deals_amount_positive')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_deals_quantity_positive')),
    sa.CheckConstraint('seller_id <> buyer_id', name=op.f('ck_deals_two_parties')),
    sa.CheckConstraint('unit_price > 0', name=op.f('ck_deals_unit_price_positive')),
    sa.ForeignKeyConstraint(['agreed_by_id'], ['accounts.id'], name=op.f('fk_deals_agreed_by_id_accounts')),
    sa.ForeignKeyConstraint(['buyer_id'], ['accounts.id'], name=op.f('fk_deals_buyer_id_accounts')),
    sa.ForeignKeyConstraint(['buyer_offer_id'], ['offers.id'], name=op.f('fk_deals_buyer_offer_id_offers')),
    sa.ForeignKeyConstraint(['buyer_region_code'], ['regions.code'], name=op.f('fk_deals_buyer_region_code_regions')),
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_deals_fair_id_fairs')),
    sa.ForeignKeyConstraint(['home_region_code'], ['regions.code'], name=op.f('fk_deals_home_region_code_regions')),
    sa.ForeignKeyConstraint(['product_code'], ['products.code'], name=op.f('fk_deals_product_code_products')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['accounts.id'], name=op.f('fk_deals_proposed_by_id_accounts')),
    sa.ForeignKeyConstraint(['seller_id'], ['accounts.id'], name=op.f('fk_deals_seller_id_accounts')),
    sa.ForeignKeyConstraint(['seller_offer_id'], ['offers.id'], name=op.f('fk_deals_seller_offer_id_offers')),
    sa.ForeignKeyConstraint(['seller_region_code'], ['regions.code'], name=op.f('fk_deals_seller_region_code_regions')),
    sa.ForeignKeyConstraint(['verified_by_id'], ['accounts.id'], name=op.f('fk_deals_verified_by_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deals')),
    sa.UniqueConstraint('key', name=op.f('uq_deals_key'))
    )
    with op.batch_alter_table('deals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deals_buyer_id'), ['buyer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_deals_buyer_offer_id'), ['buyer_offer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_deals_fair_id'), ['fair_id'], unique=False)
        batch_op.create_index('ix_deals_fair_id_status', ['fair_id', 'status'], unique=False)
        batch_op.create_index('ix_deals_home_region_code_status', ['home_region_code', 'status'], unique=False)
        batch_op.create_index(batch_op.f('ix_deals_seller_id'), ['seller_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_deals_seller_offer_id'), ['seller_offer_id'], unique=False)

    op.create_table('fair_listings',
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('listed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('side', sa.Enum('sell', 'buy', name='side', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('product_code', sa.String(length=7), nullable=False),
    sa.Column('owner_id', sa.BigInteger(), nullable=False),
    sa.Column('verified', sa.Boolean(create_constraint=True, name='verified'), nullable=False),
    sa.Column('counts', sa.Boolean(create_constraint=True, name='counts'), nullable=False),
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_fair_listings_fair_id_fairs')),
    sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_fair_listings_offer_id_offers')),
    sa.ForeignKeyConstraint(['product_code'], ['products.code'], name=op.f('fk_fair_listings_product_code_products')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_fair_listings_region_code_regions')),
    sa.PrimaryKeyConstraint('fair_id', 'offer_id', name=op.f('pk_fair_listings'))
    )
    with op.batch_alter_table('fair_listings', schema=None) as batch_op:
        batch_op.create_index('ix_fair_listings_count', ['fair_id', 'counts', 'region_code', 'side', 'product_code'], unique=False)
        batch_op.create_index('ix_fair_listings_merchants', ['fair_id', 'counts', 'verified', 'owner_id'], unique=False)
        batch_op.create_index('ix_fair_listings_offer', ['offer_id'], unique=False)

    op.create_table('offer_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_offer_changes_offer_id_offers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_changes')),
    sqlite_autoincrement=True
    )
    op.create_table('offer_photos',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.CheckConstraint('position BETWEEN 0 AND 5', name=op.f('ck_offer_photos_at_most_six')),
    sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_offer_photos_offer_id_offers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_photos')),
    sa.UniqueConstraint('offer_id', 'position', name=op.f('uq_offer_photos_offer_id_position'))
    )
    op.create_table('offer_publications',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_offer_publications_offer_id_offers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_publications'))
    )
    with op.batch_alter_table('offer_publications', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_offer_publications_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_offer_publications_offer_id'), ['offer_id'], unique=False)

    op.create_table('deal_events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('deal_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('proposed', 'agreed', 'verified', 'declined', 'cancelled', 'disputed', 'returned', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_deal_events_by_id_accounts')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_deal_events_deal_id_deals')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deal_events'))
    )
    with op.batch_alter_table('deal_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deal_events_deal_id'), ['deal_id'], unique=False)

    op.create_table('deal_proofs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('deal_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_deal_proofs_deal_id_deals')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['accounts.id'], name=op.f('fk_deal_proofs_uploaded_by_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deal_proofs')),
    sa.UniqueConstraint('deal_id', 'sha256', name=op.f('uq_deal_proofs_deal_id_sha256'))
    )
    with op.batch_alter_table('deal_proofs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deal_proofs_deal_id'), ['deal_id'], unique=False)

    op.create_table('ledger',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('deal_id', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('deals', sa.Integer(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('region_path', sa.String(length=40).with_variant(sa.String(length=40, collation='C'), 'postgresql'), nullable=False),
    sa.Column('seller_region_code', sa.String(length=6), nullable=False),
    sa.Column('buyer_region_code', sa.String(length=6), nullable=False),
    sa.Column('product_code', sa.String(length=7), nullable=False),
    sa.Column('channel', sa.Enum('fair', 'daily', name='channel', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('fair_id', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint('(turn % 2 = 1 AND deals = 1 AND amount_fen > 0) OR (turn % 2 = 0 AND deals = -1 AND amount_fen < 0)', name=op.f('ck_ledger_sign')),
    sa.CheckConstraint('turn > 0', name=op.f('ck_ledger_turn')),
    sa.ForeignKeyConstraint(['buyer_region_code'], ['regions.code'], name=op.f('fk_ledger_buyer_region_code_regions')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_ledger_deal_id_deals')),
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_ledger_fair_id_fairs')),
    sa.ForeignKeyConstraint(['product_code'], ['products.code'], name=op.f('fk_ledger_product_code_products')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_ledger_region_code_regions')),
    sa.ForeignKeyConstraint(['seller_region_code'], ['regions.code'], name=op.f('fk_ledger_seller_region_code_regions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger')),
    sa.UniqueConstraint('deal_id', 'turn', name=op.f('uq_ledger_deal_id_turn')),
    sa.UniqueConstraint('hash', name=op.f('uq_ledger_hash')),
    sa.UniqueConstraint('previous_hash', name=op.f('uq_ledger_previous_hash'))
    )
    with op.batch_alter_table('ledger', schema=None) as batch_op:
        batch_op.create_index('ix_ledger_fair_id_region_code', ['fair_id', 'region_code'], unique=False)
    forbid_changes_to_the_ledger()


def downgrade():
    with op.batch_alter_table('ledger', schema=None) as batch_op:
        batch_op.drop_index('ix_ledger_fair_id_region_code')

    op.drop_table('ledger')
    with op.batch_alter_table('deal_proofs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deal_proofs_deal_id'))

    op.drop_table('deal_proofs')
    with op.batch_alter_table('deal_events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deal_events_deal_id'))

    op.drop_table('deal_events')
    with op.batch_alter_table('offer_publications', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_offer_publications_offer_id'))
        batch_op.drop_index(batch_op.f('ix_offer_publications_at'))

    op.drop_table('offer_publications')
    op.drop_table('offer_photos')
    op.drop_table('offer_changes')
    with op.batch_alter_table('fair_listings', schema=None) as batch_op:
        batch_op.drop_index('ix_fair_listings_offer')
        batch_op.drop_index('ix_fair_listings_merchants')
        batch_op.drop_index('ix_fair_listings_count')

    op.drop_table('fair_listings')
    with op.batch_alter_table('deals', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deals_seller_offer_id'))
        batch_op.drop_index(batch_op.f('ix_deals_seller_id'))
        batch_op.drop_index('ix_deals_home_region_code_status')
        batch_op.drop_index('ix_deals_fair_id_status')
        batch_op.drop_index(batch_op.f('ix_deals_fair_id'))
        batch_op.drop_index(batch_op.f('ix_deals_buyer_offer_id'))
        batch_op.drop_index(batch_op.f('ix_deals_buyer_id'))

    op.drop_table('deals')
    with op.batch_alter_table('offers', schema=None) as batch_op:
        batch_op.drop_index('ix_offers_status_valid_until')
        batch_op.drop_index('ix_offers_status_published_at')
        batch_op.drop_index(batch_op.f('ix_offers_region_code'))
        batch_op.drop_index('ix_offers_product_code_status')
        batch_op.drop_index(batch_op.f('ix_offers_owner_id'))

    op.drop_table('offers')
    with op.batch_alter_table('product_aliases', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_product_aliases_pinyin'))
        batch_op.drop_index(batch_op.f('ix_product_aliases_initials'))

    op.drop_table('product_aliases')
    with op.batch_alter_table('phone_reveals', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_phone_reveals_viewer_id'))
        batch_op.drop_index(batch_op.f('ix_phone_reveals_account_id'))

    op.drop_table('phone_reveals')
    with op.batch_alter_table('grants', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_grants_account_id'))

    op.drop_table('grants')
    op.drop_table('geographical_indications')
    op.drop_table('fair_themes')
    op.drop_table('fair_tallies')
    op.drop_table('fair_counts')
    with op.batch_alter_table('consents', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consents_farmer_id'))
        batch_op.drop_index(batch_op.f('ix_consents_assistant_id'))

    op.drop_table('consents')
    with op.batch_alter_table('products', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_products_parent_code'))
        batch_op.drop_index(batch_op.f('ix_products_initials'))
        batch_op.drop_index(batch_op.f('ix_products_category_code'))

    op.drop_table('products')
    op.drop_table('fairs')
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_accounts_represented_by_id'))
        batch_op.drop_index(batch_op.f('ix_accounts_region_code'))

    op.drop_table('accounts')
    with op.batch_alter_table('regions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_regions_parent_code'))
        batch_op.drop_index(batch_op.f('ix_regions_initials'))

    op.drop_table('regions')
    op.drop_table('categories')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_ledger_change")
        op.execute("DROP FUNCTION refuse_ledger_gap")
