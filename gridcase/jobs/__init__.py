"""Scheduled work: which jobs there are, when each is due, and the nodes that run each once."""
