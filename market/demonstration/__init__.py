"""Invented data above all rooms: a market to try out, and a real fair's totals replayed."""
