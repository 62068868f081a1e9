"""Reports: the head signs, the section collects (conversations.md)."""
