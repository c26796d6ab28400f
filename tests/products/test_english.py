"""English names of products: heads, other words, traps, suggestions."""

from __future__ import annotations

import pytest
from flask import Flask

from market.products import english
from market.products.lexicon import ProductLexicon
from market.products.queries import named_products, product_lexicon
from market.text.characters import fold

Names = set[str]


@pytest.fixture
def lexicon(app: Flask) -> ProductLexicon:
    return product_lexicon()


def read(lexicon: ProductLexicon, text: str) -> Names:
    codes = [code for token in lexicon.find_products(fold(text)) for code in token.meaning]
    return {thing.name_en for thing in named_products(codes).values()}


def test_a_name_is_one_however_its_words_are_joined_and_counted() -> None:
    for one, other in (
        ("sweet potatoes", "Sweet-potato"),
        ("kiwi fruits", "kiwifruit"),
        ("jobs tears", "Job's tears"),
        ("bird’s-eye chilies", "Bird's-eye chili"),
        ("sweet potato leaves", "sweet-potato leaf"),
        ("cherries", "cherry"),
        ("geese", "goose"),
    ):
        assert english.key(fold(one)) == english.key(fold(other))


def test_a_name_of_two_is_each_of_them() -> None:
    assert english.names("black/white pepper") >= {"blackpepper", "whitepepper"}
    assert english.names("sheep / goat") == {"sheep", "goat"}
    assert "black" not in english.names("black/white pepper")


HEADS = {
    "rice": {"Paddy rice", "Milled rice"},
    "organic rice": {"Paddy rice", "Milled rice"},
    "carp": {
        "Grass carp", "Silver carp", "Bighead carp", "Black carp", "Common carp", "Crucian carp",
    },
    "pepper": {"Chili pepper", "Sichuan pepper", "Black/white pepper"},
    "crabs": {"Chinese mitten crab", "Swimming crab"},
    "paddy": {"Paddy rice"},
    "yams": {"Chinese yam"},
    "cattle": {"Beef cattle"},
    "sausages": {"Cured sausage"},
    "coffee": {"Coffee bean"},
    "fish": {"Freshwater fish", "Marine products"},
    "oil": {"Edible oils"},
}  # fmt: skip


def test_a_head_alone_is_what_has_it_or_holds_it_or_a_question(lexicon: ProductLexicon) -> None:
    assert {text: read(lexicon, text) for text in HEADS} == HEADS


WORDS = {
    "chili": "Chili pepper",
    "green chilies": "Chili pepper",
    "dried chilli": "Dried chili",
    "shiitake dried": "Dried shiitake",
    "wood ear (dried)": "Dried wood ear",
    "chile powder": "Chili powder",
    "aubergine": "Eggplant",
    "maize oil": "Corn oil",
    "cilantro": "Coriander",
    "groundnuts": "Peanut",
    "spring onions": "Scallion",
    "tea seed oil": "Camellia oil",
    "dry peas": "Dry pea",
    "fresh peas": "Garden pea",
    "lamb chops": "Mutton",
    "shiitake mushrooms": "Shiitake",
    "tea leaves": "Tea",
}


def test_other_words_of_the_trade_mean_the_same(lexicon: ProductLexicon) -> None:
    assert {text: read(lexicon, text) for text in WORDS} == {k: {v} for k, v in WORDS.items()}


TRAPS = {
    "sweet potato": {"Sweet potato"},
    "eggplant": {"Eggplant"},
    "pineapple": {"Pineapple"},
    "pine apple": {"Pineapple"},
    "horse radish": {"Horseradish"},
    "buckwheat": {"Buckwheat"},
    "star fruit": {"Carambola"},
    "rice wine": {"Rice wine"},
    "rice noodles": {"Rice noodle"},
    "chicken eggs": {"Hen egg"},
    "duck egg": {"Duck egg"},
    "lotus seed": {"Lotus seed"},
    "lotus root": {"Lotus root"},
    "pork ribs": {"Pork rib"},
    "beef ribs": {"Beef"},
    "black pepper": {"Black/white pepper"},
    "water chestnut": {"Water chestnut"},
    "orange juice": {"Fruit juice"},
    "sesame seeds": {"Sesame"},
    "apple trees": {"Fruit seedling"},
    "king oyster": {"King oyster mushroom"},
    "macadamia nuts": {"Macadamia"},
    "chicken feed": {"Feed"},
    "dried mango": {"Preserved fruit"},
    "red chili": {"Chili pepper"},
    "pork beef mutton": {"Pork", "Beef", "Mutton"},
}
NOTHING = [
    "butternut", "rice cooker", "rice flour", "olive oil", "coconut milk", "tomato sauce",
    "peanut butter", "potato chips", "ginger tea", "horse chestnut", "sea bass", "turkey eggs",
    "black", "green", "leaf", "root", "product", "pickled garlic", "corn flour",
]  # fmt: skip


def test_a_longer_name_is_not_what_it_holds(lexicon: ProductLexicon) -> None:
    assert {text: read(lexicon, text) for text in TRAPS} == TRAPS
    assert {text: read(lexicon, text) for text in NOTHING} == {text: set() for text in NOTHING}


def test_each_name_of_the_tree_still_means_its_product(lexicon: ProductLexicon) -> None:
    for code, product in named_products(lexicon.paths).items():
        found = lexicon.resolve(product.name_en)
        assert any(lexicon.below(code, one) for one in found), product.name_en


def test_what_a_word_means_is_suggested_before_what_only_begins_so(
    lexicon: ProductLexicon,
) -> None:
    words = [word for _code, word in lexicon.suggest("Rice", 40)]
    assert words[:2] == ["Paddy rice", "Milled rice"]
    assert words.index("Rice wine") < words.index("Ratoon rice")
    begun = [word for _code, word in lexicon.suggest("ric", 40)]
    assert begun.index("Rice wine") < begun.index("Milled rice")
    assert [word for _code, word in lexicon.suggest("tomatoes")] == ["Tomato"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ponkan oranges", {"Ponkan"}),
        ("ponkan orange", {"Ponkan"}),
        ("ponkan oranges apples", {"Ponkan", "Apple"}),
        ("Yali pears", {"Ya pear"}),
        ("apples pears", {"Apple", "Pear"}),
        ("oranges ponkan", {"Orange", "Ponkan"}),
        ("ponkan, oranges", {"Orange", "Ponkan"}),
        ("ponkan pears", {"Pear", "Ponkan"}),
    ],
)
def test_a_general_name_right_behind_a_kind_of_it_is_no_other_product(
    lexicon: ProductLexicon, text: str, names: Names
) -> None:
    assert read(lexicon, text) == names
