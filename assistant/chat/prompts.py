"""The prompt library: system prompts and templates in prompts/*.toml.

    summary = "Answers in two sentences"
    system  = "You are a helpful assistant. Answer in at most two sentences."
    template = "Explain {text} to a newcomer."        # optional; {text} is what the person typed

A broken file is named, with its line or key, and the others still work. Templates substitute
`{text}` and nothing else: no format strings, so a file cannot reach into the program.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import PromptError, PromptNotFound

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PLACEHOLDER = "{text}"
_KEPT = ("name", "summary", "system", "template")


@dataclass(frozen=True)
class Prompt:
    name: str
    summary: str
    system: str
    template: str
    path: Path

    def apply(self, text: str) -> str:
        """What is sent for what was typed."""
        return self.template.replace(PLACEHOLDER, text) if self.template else text

    def to_dict(self) -> dict[str, str]:
        """The prompt as a conversation keeps it: with its words of now, whatever its file says
        later."""
        return {name: getattr(self, name) for name in _KEPT}

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> Prompt:
        """The prompt that a conversation kept; it has no file."""
        return cls(**{name: str(kept.get(name, "")) for name in _KEPT}, path=Path())


def read_prompt(path: Path) -> Prompt:
    """One prompt file.

    Raises:
        PromptError: not TOML, an unknown or missing key, or a value that is no text.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PromptError(f"{path} is not valid TOML: {error}.", "Mend that line.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{path} cannot be read: {error}.") from None
    for key, value in table.items():
        if key not in {"summary", "system", "template"}:
            near = difflib.get_close_matches(key, ["summary", "system", "template"], n=1)
            raise PromptError(
                f"{path} has the unknown key {key!r}.",
                f"Did you mean {near[0]}?" if near else "It takes summary, system and template.",
            )
        if not isinstance(value, str):
            raise PromptError(f"{path}: {key} must be a text in quotes.")
    template = table.get("template", "")
    if template and PLACEHOLDER not in template:
        raise PromptError(f"{path}: the template has no {PLACEHOLDER}.", "Say where the text goes.")
    if not table.get("system") and not template:
        raise PromptError(f"{path} has neither system nor template.", "Give it one of them.")
    return Prompt(path.stem, table.get("summary", ""), table.get("system", ""), template, path)


class PromptLibrary:
    """Prompts by name; the file in the first folder that has it wins. Read anew at each look."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def all(self) -> tuple[list[Prompt], list[PromptError]]:
        """Every prompt that can be used, sorted, and an error for each that cannot."""
        prompts: list[Prompt] = []
        errors: list[PromptError] = []
        for path in self._files().values():
            try:
                prompts.append(read_prompt(path))
            except PromptError as error:
                errors.append(error)
        return sorted(prompts, key=lambda prompt: prompt.name), errors

    def get(self, name: str) -> Prompt:
        """One prompt.

        Raises:
            PromptNotFound: no file of that name.
            PromptError: there is one, and it is broken.
        """
        files = self._files()
        if name not in files:
            near = difflib.get_close_matches(name, files, n=1)
            known = ", ".join(sorted(files)) or "none yet"
            hint = f"Did you mean {near[0]}?" if near else f"There are: {known}."
            raise PromptNotFound(f"There is no prompt {name!r}.", hint)
        return read_prompt(files[name])

    def _files(self) -> dict[str, Path]:
        files: dict[str, Path] = {}
        for folder in self._folders:
            if folder.is_dir():
                for path in sorted(folder.glob("*.toml")):
                    files.setdefault(path.stem, path)
        return files
