"""The synthetic district (示意) and what is played on it."""
