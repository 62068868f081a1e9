"""The ledgers as of any day, from facts that carry their dates."""
