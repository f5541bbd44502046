"""A model on an OpenAI-compatible server, behind the protocol of all engines.

    engine = open_engine("", engine_url="http://127.0.0.1:8000")

Nothing of mlx is imported here. Adapters are those that the server has, as vLLM lists and loads
them. What a server cannot do (read a given answer again, and with it exact divergences and the
proof that base is base; go on with a cut answer; saved prompt caches) raises NotOnServer and is
never imitated.
"""

from assistant.engine.remote.engine import RemoteEngine, open_remote_engine
from assistant.engine.remote.listing import models_on

__all__ = ["RemoteEngine", "models_on", "open_remote_engine"]
