"""What staff do when a child may not be safe: searches, children in danger, contact flags."""
