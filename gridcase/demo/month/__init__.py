"""The played month: who works in the demo district, what is reported, and what people do about it."""
