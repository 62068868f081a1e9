"""Reports on a rhythm, above all the weekly zero-report (rules.md 9, plan 二(四)1)."""
