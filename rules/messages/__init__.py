"""Every message that the program sends of its own accord, as a value class named after what happened."""
