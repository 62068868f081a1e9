"""What the rules need to know of one child, and what follows for the child's case."""
