"""The database as it changed over time: one numbered file per change."""
