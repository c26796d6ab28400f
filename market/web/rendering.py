"""Templates rendered with fewer questions than Jinja's own, in two places.

Jinja looks at each call for what a callable may want passed, and compares the globals at each
import; here every page has the same answer. Measured in processor time with and without: 8% of the
front page, 5% of a list, 3% of an offer. Both override what Jinja may change: its version is pinned
in setup.cfg, and tests/web/test_rendering.py fails when what is overridden differs.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

from flask import Flask
from jinja2.environment import Template, TemplateModule
from jinja2.runtime import Context, Macro


class PageContext(Context):
    """A context that calls macros and plain functions without looking for more in them."""

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(called) is Macro:
            args = (self.eval_ctx, *args)
        elif type(called) is not FunctionType or hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **kwargs)
        if kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


class PageTemplate(Template):
    """A template whose macros are made once: no template here has globals of its own."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


def init_app(app: Flask) -> None:
    app.jinja_env.context_class = PageContext
    app.jinja_env.template_class = PageTemplate
