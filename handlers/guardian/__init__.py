"""What guardians do once they are bound: answers, leave, own words, contact details."""
