"""Bringing tables in: rows are matched with what is there, and written in small batches."""
