"""Reports on a rhythm as papers."""
