"""Matrix rank: read what was typed, find the rank, explain it.

    from assistant.rank import explain, matrix_rank
    explain("[[1, 2], [3, 6]]").headline

Importing the package loads neither mlx nor numpy nor flint. It refuses to know models, chats and
screens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.lazy_names import names_of

if TYPE_CHECKING:
    from .adapter import AdapterExplanation, explain_adapter
    from .arrays import matrix_rank
    from .explaining import explain, explain_file
    from .explanation import Explanation, Section
    from .reading import looks_like_file
    from .render import to_facts, to_markdown, to_text
    from .svg import to_svg

__all__ = [
    "AdapterExplanation",
    "Explanation",
    "Section",
    "explain",
    "explain_adapter",
    "explain_file",
    "looks_like_file",
    "matrix_rank",
    "to_facts",
    "to_markdown",
    "to_svg",
    "to_text",
]

_HOMES = {
    "AdapterExplanation": "adapter",
    "Explanation": "explanation",
    "Section": "explanation",
    "explain": "explaining",
    "explain_adapter": "adapter",
    "explain_file": "explaining",
    "looks_like_file": "reading",
    "matrix_rank": "arrays",
    "to_facts": "render",
    "to_markdown": "render",
    "to_svg": "svg",
    "to_text": "render",
}


# Imported when it is looked at: the screen takes a scale from here long before a rank.
__getattr__ = names_of(__name__, _HOMES)
