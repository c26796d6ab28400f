"""Exporting what the market knows of a person, and erasing them; rooms register what they hold."""
