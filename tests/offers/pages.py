"""The offer's form on a page, as a browser without script would send it."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import html5lib

X = "{http://www.w3.org/1999/xhtml}"


def offer_form(page: str) -> tuple[str, dict[str, str]]:
    """(where it is sent, its fields as they stand) of the page's offer form."""
    tree: Element = html5lib.parse(page)
    (form,) = (form for form in tree.iter(f"{X}form") if form.get("id") == "page-form")
    fields: dict[str, str] = {}
    for control in form.iter():
        name, kind = control.get("name"), control.get("type")
        if not name or kind == "file":
            continue
        match control.tag.removeprefix(X):
            case "textarea":
                fields[name] = (control.text or "").removeprefix("\n")
            case "select":
                chosen = [o for o in control.iter(f"{X}option") if o.get("selected") is not None]
                options = chosen or list(control.iter(f"{X}option"))[:1]
                fields[name] = options[0].get("value") or ""
            case "input" if kind not in ("radio", "checkbox") or control.get("checked") is not None:
                fields[name] = control.get("value") or ""
    return form.get("action") or "", fields


def errors_of(page: str) -> dict[str, str]:
    """What is asked at each field, by the field's id."""
    tree: Element = html5lib.parse(page)
    return {
        name.removesuffix("-error"): " ".join("".join(e.itertext()).split())
        for e in tree.iter(f"{X}p")
        if (name := e.get("id", "")).endswith("-error")
    }


def understood(page: str) -> list[tuple[str, str]]:
    """(words of the sentence, what they were understood as), as the page shows it."""
    tree: Element = html5lib.parse(page)
    (rows,) = (e for e in tree.iter(f"{X}dl") if e.get("class") == "understood")
    terms, values = rows.iter(f"{X}dt"), rows.iter(f"{X}dd")
    return [
        ("".join(t.itertext()), " ".join("".join(v.itertext()).split()))
        for t, v in zip(terms, values, strict=True)
    ]
