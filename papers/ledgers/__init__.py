"""Ledgers as xlsx: the words on them, and how they are printed."""
