"""The prompt library: system prompts and templates in prompts/*.toml.

    summary = "Answers in two sentences, in a language of your choice"
    system  = "You are a helpful assistant. Answer in at most two sentences, in {{language}}."
    template = "Explain {text} to a newcomer."        # optional; {text} is what the person typed

    [variables]
    language = "English"                              # a default, or { question, default }

A broken file is named, with its line and key, and the others still work. It refuses to know how
values are asked for.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant import toml_file
from assistant.chat.variables import TEXT, Variable, fill, names
from assistant.errors import PromptError, PromptNotFound, PromptVariableMissing
from assistant.file_trouble import why

_KEYS = ("summary", "system", "template", "variables")
_KEPT = ("name", "summary", "system", "template")
_VALUE = "value of "


@dataclass(frozen=True)
class Prompt:
    name: str
    summary: str
    system: str
    template: str
    path: Path
    variables: tuple[Variable, ...] = ()
    values: Mapping[str, str] | None = None
    """What the variables are; None until `filled` was called."""

    def filled(self, given: Mapping[str, str] | None = None) -> Prompt:
        """The prompt with its variables said: those given, the others by their defaults.

        Raises:
            PromptVariableMissing: one has neither.
            PromptError: a name that the prompt does not have.
        """
        if self.values is not None and not given:
            return self
        given = given or {}
        known = [variable.name for variable in self.variables]
        for name in given:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"It has {', '.join(known)}." if known else "It has none."
                hint = f"Did you mean {near[0]}?" if near else hint
                raise PromptError(f"The prompt {self.name} has no variable {name!r}.", hint)
        values: dict[str, str] = {}
        for variable in self.variables:
            value = given.get(variable.name, variable.default)
            if value is None or (not value and variable.default is None):  # "language="
                raise PromptVariableMissing(self.name, variable.name, variable.asked)
            values[variable.name] = value
        return replace(self, system=fill(self.system, values), values=values)

    def apply(self, text: str) -> str:
        """What is sent for what was typed."""
        return fill(self.template, {**(self.values or {}), TEXT: text}) if self.template else text

    def to_dict(self) -> dict[str, str]:
        """The prompt as a conversation keeps it: with its words of now, whatever its file says
        later."""
        said = {f"{_VALUE}{name}": value for name, value in (self.values or {}).items()}
        return {**{name: getattr(self, name) for name in _KEPT}, **said}

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> Prompt:
        """The prompt that a conversation kept; it has no file."""
        said = {
            key.removeprefix(_VALUE): str(value)
            for key, value in kept.items()
            if key.startswith(_VALUE)
        }
        name, summary, system, template = (str(kept.get(key, "")) for key in _KEPT)
        return cls(name, summary, system, template, Path(), values=said)


def read_prompt(path: Path) -> Prompt:
    """One prompt file.

    Raises:
        PromptError: not TOML, an unknown or missing key, or a value of another kind.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark
        table = toml_file.parse(text)
    except toml_file.TomlError as error:
        raise PromptError(f"{path} is not valid TOML: {error}.", "Mend that line.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{path} cannot be read: {why(error)}.") from None
    lines = toml_file.lines_of(text)

    def broken(key: str, what: str, hint: str = "") -> PromptError:
        return PromptError(f"{path}, line {lines[key]}: {what}", hint)

    for key, value in table.items():
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"It takes {', '.join(_KEYS)}."
            raise broken(key, f"the unknown key {key!r}.", hint)
        if key != "variables" and not isinstance(value, str):
            raise broken(key, f"{key} must be a text in quotes.")
    system, template = table.get("system", ""), table.get("template", "")
    if template and TEXT not in names(template):
        raise broken("template", f"template has no {{{TEXT}}}.", "Say where the text goes.")
    if f"{{{{{TEXT}}}}}" in system.replace(" ", ""):
        raise broken("system", f"system has {{{{{TEXT}}}}}.", "It belongs into the template.")
    if not system and not template:
        raise PromptError(f"{path} has neither system nor template.", "Give it one of them.")
    try:
        variables = _variables(table.get("variables", {}), names(f"{system}\0{template}"))
    except ValueError as error:
        what, hint, *name = error.args
        lines |= toml_file.lines_of(text, "variables")
        raise broken(name[0] if name and name[0] in lines else "variables", what, hint) from None
    return Prompt(path.stem, table.get("summary", ""), system, template, path, variables)


def _variables(table: Any, used: Sequence[str]) -> tuple[Variable, ...]:
    """Those that stand in the texts, with what the table says about them.

    Raises:
        ValueError: what is wrong, a hint, and the variable where it is one.
    """
    if not isinstance(table, dict):
        raise ValueError("variables must be a table.", '[variables], then NAME = "DEFAULT"')
    wanted = [name for name in used if name != TEXT]
    for name in table:
        if name not in wanted:
            near = difflib.get_close_matches(name, wanted, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Write {{{{{name}}}}} where it goes."
            what = f"the variable {name!r} stands nowhere in system or template."
            raise ValueError(what, hint, name)
    return tuple(_variable(name, table.get(name, {})) for name in wanted)


def _variable(name: str, about: Any) -> Variable:
    if isinstance(about, str):
        return Variable(name, about)
    if not isinstance(about, dict) or not all(isinstance(v, str) for v in about.values()):
        raise ValueError(f"{name} must be a default in quotes.", "Or { question, default }.", name)
    for key in about:
        if key not in {"question", "default"}:
            what = f"{name} has the unknown key {key!r}."
            raise ValueError(what, "Take question or default.", name)
    return Variable(name, about.get("default"), about.get("question", ""))


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
        path = self.path(name)
        if path is None:
            files = self._files()
            near = difflib.get_close_matches(name, files, n=1)
            known = ", ".join(sorted(files)) or "none yet"
            hint = f"Did you mean {near[0]}?" if near else f"There are: {known}."
            raise PromptNotFound(f"There is no prompt {name!r}.", hint)
        return read_prompt(path)

    def path(self, name: str) -> Path | None:
        """The file of that name, broken or not."""
        return self._files().get(name)

    def _files(self) -> dict[str, Path]:
        files: dict[str, Path] = {}
        for folder in self._folders:
            if folder.is_dir():
                for path in sorted(folder.glob("*.toml")):
                    files.setdefault(path.stem, path)
        return files
