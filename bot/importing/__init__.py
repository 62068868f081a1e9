"""From spreadsheets to the county: papers are read, matched, and written batch by batch."""
