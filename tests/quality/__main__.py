"""`python -m tests.quality`: every figure of both parts; with --failures what failed.

Only rows of the open part are ever shown: the other is kept aside so that nothing is
tuned to it.
"""

from __future__ import annotations

import sys

from tests.quality.measure import MEASURES, market
from tests.quality.sets import PARTS


def main() -> None:
    with market():
        results = {name: {part: act(part) for part in PARTS} for name, act in MEASURES.items()}
    print(f"{'':24}" + "".join(f"{part:>8}" for part in PARTS))
    for name, parts in results.items():
        for figure in parts["open"].figures:
            values = "".join(f"{100 * parts[part].figures[figure]:7.1f}%" for part in PARTS)
            print(f"{name + ' ' + figure:24}{values}")
    if "--failures" in sys.argv[1:]:
        for name, parts in results.items():
            print(f"\n{name}, open part: {len(parts['open'].failures)} rows")
            print(*parts["open"].failures, sep="\n")


if __name__ == "__main__":
    main()
