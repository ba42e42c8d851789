"""What was found on the spot (现场考评): dust by weight, lamps, exam sheets with their slips; scores made of it (evaluation.md 10)."""
