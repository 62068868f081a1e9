"""The figures of reports, counted from the record (rules.md 9)."""
