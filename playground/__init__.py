"""The stage: a Bot API server on loopback, and people to play every role in front of it."""
