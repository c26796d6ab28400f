"""`python -m tests.quality`: every figure of both parts; with --failures what failed.

Only rows of the open part are ever shown: the other is kept aside so that nothing is
tuned to it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from tests.quality import cost
from tests.quality.corpus_market import market
from tests.quality.measure import MEASURES, WHOLE
from tests.quality.promises import COST, LEAST, MOST
from tests.quality.results import Result
from tests.quality.sets import PARTS

Results = Mapping[str, Mapping[str, Result]]


def main() -> None:
    with market():
        results = {name: {part: act(part) for part in PARTS} for name, act in MEASURES.items()}
        spent = {"one query, ms": cost.query_ms(), "one post, ms": cost.post_ms()}
        spent["lexicons of a process, MB"] = cost.lexicon_megabytes()
    print_figures(results)
    print_kinds(results)
    print(f"\n{'costs':32}{'is':>10}{'promised':>10}")
    for name, value in spent.items():
        print(f"{name:32}{value:10.3f}{'≤':>5}{COST[name]:5}")
    if "--failures" in sys.argv[1:]:
        for name, parts in results.items():
            print(f"\n{name}, open part: {len(parts['open'].failures)} rows")
            print(*parts["open"].failures, sep="\n")


def print_figures(results: Results) -> None:
    """Of each part: all of its rows, and those that are new."""
    heads = [*PARTS, *(f"new {part}" for part in PARTS), "promised"]
    print(f"{'':24}" + "".join(f"{head:>11}" for head in heads))
    for name, parts in results.items():
        columns = [*(parts[part].figures for part in PARTS)]
        columns += [parts[part].new.figures for part in PARTS]
        for figure in columns[0]:
            whole = f"{name} {figure}"
            values = "".join(_percent(column.get(figure)) for column in columns)
            print(f"{whole:24}{values}{_promised(whole)}")


def _promised(figure: str) -> str:
    if figure in LEAST:
        return f"   ≥ {100 * LEAST[figure]:5.1f}%"
    return f"   ≤ {100 * MOST[figure]:5.1f}%" if figure in MOST else ""


def print_kinds(results: Results) -> None:
    """The share of wholly right rows of each kind, among those that are new."""
    print(f"\n{'new rows, by kind':44}{'rows':>8}" + "".join(f"{part:>11}" for part in PARTS))
    for name, figure in WHOLE.items():
        kinds = {part: dict(results[name][part].new.by_kind()) for part in PARTS}
        for kind in sorted(kinds["open"] | kinds["aside"]):
            found = [kinds[part].get(kind, Result([])) for part in PARTS]
            rows = sum(len(one.rows) for one in found)
            values = "".join(_percent(one.figures.get(figure)) for one in found)
            print(f"{f'{name}: {kind}':44}{rows:8}{values}")


def _percent(share: float | None) -> str:
    return f"{'–':>11}" if share is None else f"{100 * share:10.1f}%"


if __name__ == "__main__":
    main()
