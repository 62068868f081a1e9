"""The rules: pure functions of (facts, policy, calendar, now). Imports nothing of ours."""
