"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.products.labels import RELATIONS, STORAGE_CLASSES
from market.web.audit_registry import (
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_value_labels,
    aggregate_root,
    not_audited,
)
from market.web.language import lazy_gettext as _l

add_action_labels(
    {
        "products check": _l("Check the products"),
        "products.add_admin_word": _l("Add the word"),
        "products.admin_product": _l("Edit the product"),
        "products.create": _l("Add a product"),
        "products.restore_admin_word": _l("Restore the word"),
        "products.withdraw_admin_word": _l("Withdraw the word"),
        "products.add_word": _l("Add the word"),
        "products.withdraw_word": _l("Withdraw the word"),
    },
)
add_object_labels(
    {
        "added_words": _l("Word added for a product"),
        "categories": _l("Category of goods"),
        "geographical_indications": _l("Geographical indication"),
        "product_aliases": _l("Other name of a product"),
        "products": _l("Product"),
        "varieties": _l("Variety"),
        "withdrawn_aliases": _l("Withdrawn word of a product"),
    }
)
add_value_labels("products", {"relation": RELATIONS, "storage_class": STORAGE_CLASSES})
aggregate_root("products", "product_code")
not_audited({"unmatched_texts": "counted by the program of what anybody searches for"})
add_column_labels(
    {
        "added_at": _l("Added"),
        "confidence": _l("Certainty"),
        "region": _l("Region"),
        "word": _l("Word"),
        "alias": _l("Other name"),
        "ambiguous": _l("Several meanings"),
        "category_code": _l("Category"),
        "claim": _l("What is protected"),
        "family_path": _l("Traded together with"),
        "listable": _l("May be listed"),
        "perishable": _l("Perishable"),
        "product_code": _l("Product"),
        "region_code": _l("Region"),
        "relation": _l("Relation to the product above"),
        "source": _l("Source"),
        "storage_class": _l("Storage"),
        "trade_note": _l("Legal note"),
        "unit": _l("Unit"),
    }
)
