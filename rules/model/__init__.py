"""The facts as values: frozen records whose field names are the column names of their tables.

A record with `id == 0` is new.  A record that others in the same decision point to carries a
negative placeholder (see rules/decision.py) until it is stored.
"""
