"""Backups: one file that holds a county whole, whichever engine it came from or goes to (D15)."""
