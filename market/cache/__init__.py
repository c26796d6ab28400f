"""The caches of the market: the only ones there are, each with what it depends on."""
