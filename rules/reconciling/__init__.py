"""Register and class rosters compared over the whole county (rules.md 8)."""
