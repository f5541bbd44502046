"""The settings as a person sees them: what each means, where its value came from, and how one is
written into config.toml. It refuses to know what the settings do.
"""

from assistant.config.example import example
from assistant.config.meanings import meanings
from assistant.config.overview import Shown, overview, shown
from assistant.config.writing import save

__all__ = ["Shown", "example", "meanings", "overview", "save", "shown"]
