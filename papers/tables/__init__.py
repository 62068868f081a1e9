"""The tables that we read: one module each, a frozen value and the reader of one row."""
