"""config.toml as frozen dataclasses, the secrets of the environment, and where an installation keeps its data."""

from gridcase.config.loading import load_settings
from gridcase.config.places import data_folder, database_url
from gridcase.config.secrets import SECRETS, secret
from gridcase.config.tables import Settings

__all__ = ["SECRETS", "Settings", "data_folder", "database_url", "load_settings", "secret"]
