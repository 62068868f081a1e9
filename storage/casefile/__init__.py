"""A case on paper (一生一案), read from the record; records of danger never are (privacy D18)."""
