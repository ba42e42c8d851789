"""Moments and counts of one case, computed from its steps and nothing else."""
