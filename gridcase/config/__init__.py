"""config.toml as frozen dataclasses, the secrets of the environment, and where an installation keeps its data."""

from gridcase.config.loading import load_settings
from gridcase.config.nearness import Reach
from gridcase.config.places import data_folder, database_url
from gridcase.config.secrets import SECRETS, secret
from gridcase.config.tables import Settings

__all__ = ["SECRETS", "Reach", "Settings", "data_folder", "database_url", "load_settings", "secret"]
