"""What an operator can set: one typed, frozen object, read once from a TOML file and the environment.

Keys are declared in `keys`, read by `load`, printed by `describe`. Only `app`, `background`,
`commands` and `cli` import this package: everything below is handed plain values.
"""

from .keys import Settings
from .loading import SettingsError, load, split_listen
from .printing import describe

__all__ = ["Settings", "SettingsError", "describe", "load", "split_listen"]
