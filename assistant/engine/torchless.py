"""transformers without torch, of which mlx-lm needs nothing.

    USE_TORCH=0 assistant ask "hi"        what the program says to itself

mlx-lm takes tokenizers from transformers, and transformers imports torch where it is installed,
which takes longer than everything else of a start. The word is transformers' own, which it has
forgotten since version 5. It holds for all of a process, so a process that is not the program's
own, where somebody may want both, is left as it is. It refuses to know mlx-lm.
"""

from __future__ import annotations

import os
import sys

SWITCH = "USE_TORCH"
_NO = {"0", "OFF", "NO", "FALSE"}


def import_transformers() -> None:
    """Import transformers, before mlx-lm does, and without torch where that is wished.

    transformers looks for torch once, when it is imported, and remembers what it found.
    """
    # Read at the import. It would warn on standard error about prompts that the engine refuses in
    # its own words, and of torch that is not there.
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    unwanted = os.environ.get(SWITCH, "").upper() in _NO
    if not unwanted or "torch" in sys.modules or "transformers" in sys.modules:
        return
    sys.modules["torch"] = None  # type: ignore[assignment]  # Python's word for "not to be had"
    try:
        import transformers  # noqa: F401
    finally:
        del sys.modules["torch"]
