"""Everything that can go wrong on purpose, in one tree.

    AssistantError
    ├── UsageError                 the words of a command make no sense (exit code 2)
    ├── SettingsError              config.toml, or a value for /set
    ├── EngineError                the engine is closed, or not open yet
    │   ├── EngineClosed
    │   ├── PromptTooLong          the prompt does not fit into the model's context
    │   ├── PromptCacheUnusable    a saved chat's keys and values that cannot be used, or written
    │   ├── ScoringStopped         whoever asked for scores no longer wants them
    │   └── ServerError            a server that failed, or answered in no form we know
    │       ├── ServerUnreachable  nothing answers there, or no longer
    │       ├── ServerDenied       it wants a key, or another one
    │       └── NotOnServer        what only a model in this process can do
    ├── ModelError
    │   ├── ModelNotFound
    │   ├── ModelUnusable          a folder that is no model mlx-lm can load
    │   └── ModelTooLarge          a model that does not fit into memory
    ├── AdapterError
    │   ├── AdapterNotFound
    │   ├── AdapterUnusable        missing, half-written or malformed files
    │   ├── AdapterMismatch        a good adapter, made for another model
    │   ├── AdapterNotLoaded
    │   └── AdapterInUse           unloading one that an answer still needs
    ├── PromptError                prompts/*.toml
    │   ├── PromptNotFound
    │   └── PromptVariableMissing  it has no default, and nobody said it
    ├── EditorError                $VISUAL or $EDITOR that cannot be run
    ├── InputFileError             a file of questions that cannot be read
    ├── StoreError                 conversations that cannot be read or written
    │   ├── StoreReplaced          what was written before is not there any more
    │   └── ChatNotFound
    ├── VotesError                 votes that cannot be read or written
    ├── DocsError                  a name that the MLX reference does not have
    ├── TrainingError              a data set or a training run that cannot go on
    ├── MatrixError                text that is no matrix
    └── Stopped                    a long calculation that somebody stopped

Each carries a message for people, a hint that says what to do, and a `kind` for machines:

    try:
        session.load_adapter("mlx-docs")
    except AssistantError as error:
        print(error.message, error.hint, error.kind)

This module refuses to know how an error is shown.
"""

from __future__ import annotations

from typing import ClassVar


class AssistantError(Exception):
    """One clear sentence (`message`), a way on (`hint`), and a word for machines (`kind`)."""

    kind: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def to_dict(self) -> dict[str, str]:
        """The object that `--json` prints under "error"."""
        return {"kind": self.kind, "message": self.message, "hint": self.hint}


class UsageError(AssistantError):
    kind = "usage"
    exit_code = 2


class SettingsError(AssistantError):
    kind = "settings"


class EngineError(AssistantError):
    kind = "engine"


class EngineClosed(EngineError):
    kind = "engine_closed"


class PromptTooLong(EngineError):
    kind = "prompt_too_long"


class PromptCacheUnusable(EngineError):
    kind = "prompt_cache_unusable"


class ScoringStopped(EngineError):
    kind = "scoring_stopped"


class ServerError(EngineError):
    kind = "server"


class ServerUnreachable(ServerError):
    kind = "server_unreachable"


class ServerDenied(ServerError):
    kind = "server_denied"


class NotOnServer(ServerError):
    kind = "not_on_server"


class ModelError(AssistantError):
    kind = "model"


class ModelNotFound(ModelError):
    kind = "model_not_found"


class ModelUnusable(ModelError):
    kind = "model_unusable"


class ModelTooLarge(ModelError):
    kind = "model_too_large"


class AdapterError(AssistantError):
    kind = "adapter"


class AdapterNotFound(AdapterError):
    kind = "adapter_not_found"


class AdapterUnusable(AdapterError):
    kind = "adapter_unusable"


class AdapterMismatch(AdapterError):
    kind = "adapter_mismatch"


class AdapterNotLoaded(AdapterError):
    kind = "adapter_not_loaded"


class AdapterInUse(AdapterError):
    kind = "adapter_in_use"


class PromptError(AssistantError):
    kind = "prompt"


class PromptNotFound(PromptError):
    kind = "prompt_not_found"


class PromptVariableMissing(PromptError):
    kind = "prompt_variable_missing"

    def __init__(self, prompt: str, variable: str, question: str) -> None:
        super().__init__(f"The prompt {prompt} asks: {question}", f"Say {variable}=VALUE.")
        self.prompt = prompt
        self.variable = variable
        self.question = question


class EditorError(AssistantError):
    kind = "editor"


class InputFileError(AssistantError):
    kind = "input_file"


class StoreError(AssistantError):
    kind = "store"


class StoreReplaced(StoreError):
    kind = "store_replaced"


class ChatNotFound(StoreError):
    kind = "chat_not_found"


class DocsError(AssistantError):
    kind = "docs"


class VotesError(AssistantError):
    kind = "votes"


class TrainingError(AssistantError):
    kind = "training"


class MatrixError(AssistantError):
    kind = "matrix"


class Stopped(AssistantError):
    kind = "stopped"
