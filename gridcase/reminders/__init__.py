"""Reminders: which departments are slow towards the end of a period, and what they are told."""
