"""The stage: a Bot API server on loopback and people to play every role. Imports nothing of ours."""
