"""The memory: tables, unit of work, queries named by their question, inbox, outbox, journal."""
