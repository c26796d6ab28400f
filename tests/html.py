"""The text of a page without what HTML does not show."""

from __future__ import annotations

import re

_BLOCK = r"</?(?:br|dd|div|dl|dt|h\d|li|ol|p|section|table|tbody|td|tfoot|th|thead|tr|ul)\b[^>]*>"


def squeezed(page: str) -> str:
    """The page with single spaces, and none beside block-level tags."""
    return re.sub(rf" ?({_BLOCK}) ?", r"\1", re.sub(r"\s+", " ", page))
