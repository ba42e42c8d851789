"""Rates, schemes, scores and rankings (pure), and the counting of cases that feeds them."""
