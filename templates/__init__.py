"""The words: everything a person reads or taps, per language, and the renderer."""
