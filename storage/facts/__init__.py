"""The facts that rules decide on, loaded whole."""
