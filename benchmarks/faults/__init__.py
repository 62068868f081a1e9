"""The fault table: what breaks, what was owed meanwhile, what was lost or came twice."""
