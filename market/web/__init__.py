"""What every page needs, whatever room it is of: forms, errors, language, limits, headers."""
