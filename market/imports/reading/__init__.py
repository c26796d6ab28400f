"""Reading spreadsheets as offices make them: files to sheets, heads to fields, rows to values."""
