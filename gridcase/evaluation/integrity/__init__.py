"""Questions about a month that somebody should answer: what stands out, by which rule, with its cases; never a verdict."""
