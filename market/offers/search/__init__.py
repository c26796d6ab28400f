"""Searching the offers: what was typed as a query, answered by the index or by the database."""
