"""config.toml as frozen dataclasses, and the secrets of the environment."""

from gridcase.config.loading import load_settings
from gridcase.config.secrets import SECRETS, secret
from gridcase.config.tables import Settings

__all__ = ["SECRETS", "Settings", "load_settings", "secret"]
