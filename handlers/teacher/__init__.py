"""What class teachers do: roll call, late arrivals, leave, contacts, corrections."""
