"""Every cache of the site.

The rule: a cache is a store of this package, so that its limit is in one place and it can be
switched off in one place (`tests/benchmarks/caches.py` does, and prints what each saves), and
beside it stands one line with what it saves of its page. One that saves less than 5% goes.

- `stores.TimeLimitedStore`: values up to a fixed age, however the database has changed.
- `stores.SizeLimitedStore`: the values used last; whoever reads one compares its version.
- `versions.versioned`: one value until its version changes.
- `files.FileStore`: files made on request, by what they say.
- `market.web.page_cache`: whole responses, on a SizeLimitedStore.

`functools.lru_cache` and `functools.cache` are for functions whose result depends on their
arguments and on constants of the code alone (parsing, formatting, reading a bundled file) or on
rows that never change once written (what was counted up to a ledger entry). They always have a
`maxsize`, but where the arguments are few by their type.
"""
