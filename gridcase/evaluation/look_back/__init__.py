"""Past months side by side, and what another scheme would have made of them."""
