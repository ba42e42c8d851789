"""gridcase: a case workflow engine for city grid management (数字城管)."""

__version__ = "0.1.0"
