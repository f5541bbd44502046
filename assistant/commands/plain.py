"""Text made safe for a terminal, where front ends look for it. `assistant.plain_text` does it."""

from __future__ import annotations

from assistant.plain_text import plain, whole

__all__ = ["plain", "whole"]
