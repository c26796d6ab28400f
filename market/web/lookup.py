"""Fields where a typed word is resolved to one thing, or to several to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup
from wtforms.widgets import html_params


class ChoosingInput:
    """A text input; after an ambiguous word, radio buttons of what it may mean before it.

    The script of static/js/pickers.js adds suggestions and, where the field has a
    `tree_url`, selects down the tree; without it the plain text is resolved when sent.
    """

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        kwargs.setdefault("id", field.id)
        if "required" not in kwargs and "required" in getattr(field, "flags", []):
            kwargs["required"] = True
        if getattr(field, "tree_url", None):
            kwargs["data_tree"] = field.tree_url
            if field.tree_from:
                kwargs["data_tree_from"] = field.tree_from
        text = html_params(
            name=field.name,
            type="text",
            value=field._value(),
            autocomplete="off",
            data_suggest=field.suggest_url,
            **kwargs,
        )
        radios = "".join(
            f"<label class='choice'>"
            f"<input {html_params(**_radio(field, code))}> "
            f"<span>{Markup.escape(name)}</span></label>"
            for code, name in field.options
        )
        choices = f"<div class='choices' role='radiogroup'>{radios}</div>" if radios else ""
        return Markup(f"{choices}<input {text}>")


def _radio(field: Any, code: str) -> dict[str, Any]:
    chosen = getattr(field, "chosen", "") == code
    return {"type": "radio", "name": field.name, "value": code, "checked": chosen}


def process_choice(
    values: list[str], resolve: Callable[[str], Sequence[Any]]
) -> tuple[Any | None, Sequence[Any]]:
    """(the one thing meant or None, what else it may be) for what the field sent.

    A radio button chosen comes before the text; it holds only while it is one of the
    things the text may mean, so that a text changed afterwards wins.
    """
    *chosen, text = values or [""]
    found = resolve(text) if text.strip() else []
    for thing in found:
        if chosen and thing.code == chosen[0]:
            return thing, []
    return (found[0], []) if len(found) == 1 else (None, found)
