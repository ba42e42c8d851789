"""config.toml as frozen dataclasses, the secrets of the environment, and where an installation keeps its data."""

from gridcase.config.loading import load_settings
from gridcase.config.nearness import Reach
from gridcase.config.places import data_folder, database_url, is_known_database
from gridcase.config.secrets import SECRETS, secret
from gridcase.config.tables import DATABASE_FORMS, Settings

__all__ = [
    "DATABASE_FORMS",
    "SECRETS",
    "Reach",
    "Settings",
    "data_folder",
    "database_url",
    "is_known_database",
    "load_settings",
    "secret",
]
