"""Lists kept school by school, compared over the county, and what follows from it."""
