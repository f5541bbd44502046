"""A small model that guesses the next tokens, for the large one to check in one pass.

Greedy answers are the same tokens with and without: the large model's choice always counts.
It refuses to know rows and answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from mlx_lm.models.cache import make_prompt_cache

from assistant.engine.cache_plan import CachePlan, can_step_back
from assistant.engine.loading import LoadedModel, load_model
from assistant.engine.models import ModelLocation
from assistant.engine.options import EngineOptions
from assistant.engine.prompt_caches import PromptCaches


@dataclass(frozen=True)
class Draft:
    """A draft model that fits the model it drafts for, and its own prompt caches."""

    AHEAD: ClassVar[int] = 3
    """Tokens it guesses before they are checked; mlx-lm's own default."""
    model: Any
    caches: PromptCaches


def load_draft(
    location: ModelLocation, loaded: LoadedModel, plan: CachePlan, options: EngineOptions
) -> tuple[Draft | None, str]:
    """The draft model, or None when it cannot draft for this model; and what to say of it.

    Raises:
        ModelNotFound, ModelUnusable, ModelTooLarge: it cannot be loaded at all.
    """
    if plan.max_size is not None or not can_step_back(make_prompt_cache(loaded.model)):
        return None, f"{location.name} drafts nothing: this model's cache cannot step back."
    other = load_model(location, options)
    if other.tokenizer.get_vocab() != loaded.tokenizer.get_vocab():
        return None, f"{location.name} drafts nothing: its vocabulary is another."
    if not can_step_back(make_prompt_cache(other.model)):
        return None, f"{location.name} drafts nothing: its own cache cannot step back."
    remark = f"{location.name} drafts single answers at temperature 0."
    return Draft(other.model, PromptCaches(other.model)), remark
