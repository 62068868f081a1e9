"""The upper stages of a case: notice, report, joint persuasion, endings."""
