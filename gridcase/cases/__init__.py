"""The register: cases, their steps, clocks, requests and photos; commands, guards and the read side."""
