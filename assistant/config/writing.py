"""Writes one setting into config.toml, and leaves every other line and comment as it is.

A file that cannot be read as TOML is not touched. It refuses to know when to write.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from assistant import toml_file
from assistant.errors import SettingsError
from assistant.file_trouble import why
from assistant.settings import NAMES, Settings, changed


def save(file: Path, name: str, value: Any) -> None:
    """Set a setting for every run; None takes it out of the file, and so does what is empty, which
    leaves it to the default as well.

    Raises:
        SettingsError: a value it does not take, or a file that is broken or cannot be written.
    """
    if value in ("", ()) and name in NAMES:
        value = None
    else:
        value = getattr(changed(Settings(), name, value), name)
    before = _content(file)
    try:
        after = with_setting(before, name, value)
    except toml_file.TomlError as error:
        raise SettingsError(
            f"{file} is not valid TOML: {error}; nothing is written.", "Mend that line first."
        ) from None
    if after != before or not file.exists():
        _replace(file, after)


def with_setting(content: str, name: str, value: Any) -> str:
    """The content with one setting set, or taken out.

    Raises:
        TomlError: it is no TOML.
    """
    wanted = toml_file.parse(content)
    # Only here: it is the one reader that keeps comments, and the slowest.
    import tomlkit

    document = tomlkit.parse(content)
    if value is None:
        wanted.pop(name, None)
        document.pop(name, None)
    else:
        wanted[name] = document[name] = list(value) if isinstance(value, tuple) else value
    text = tomlkit.dumps(document)
    if toml_file.parse(text) != wanted:  # a file is never made worse than it was
        raise SettingsError(f"{name} could not be put in its place.", "Write it by hand.")
    return text


def _content(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read, {why(error)}; nothing is written.") from None


def _replace(file: Path, content: str) -> None:
    """All of it or nothing, with the permissions it had; a link stays a link."""
    target = file.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "wb", dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as part:
            part.write(content.encode("utf-8"))
            part.flush()
            os.fsync(part.fileno())
        try:
            os.chmod(part.name, target.stat().st_mode & 0o7777 if target.exists() else 0o644)
            os.replace(part.name, target)
        except OSError:
            with suppress(OSError):
                os.unlink(part.name)
            raise
    except OSError as error:
        raise SettingsError(
            f"{file} cannot be written: {why(error)}.", "ASSISTANT_HOME chooses another folder."
        ) from None
