"""Every message that the program sends of its own accord, named after what happened."""
