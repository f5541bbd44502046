"""Text made safe for a terminal, for the front ends; `assistant.plain_text` makes it so."""

from __future__ import annotations

from assistant.plain_text import plain, whole

__all__ = ["plain", "whole"]
