"""Options that several commands share, and what they turn into.

It refuses to know what a command does with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from assistant.cli import names
from assistant.cli.output import note, notes, warn
from assistant.cli.too_long import on_command_line
from assistant.commands.scales import split_scale
from assistant.commands.variants import parts_of
from assistant.errors import AssistantError, PromptTooLong, SettingsError, UsageError
from assistant.paths import find_places, search_folders
from assistant.settings import Settings, changed, load_settings, read_value

if TYPE_CHECKING:
    from assistant.chat import ChatInfo
    from assistant.commands import Session

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


@dataclass(frozen=True)
class App:
    """What was said before the command's name."""

    model: str | None = None
    engine: str | None = None
    adapters: tuple[str, ...] = ()

    def chosen(self, model: str | None, engine: str | None) -> tuple[str | None, str | None]:
        """What was said behind the command's name, else what was said before it."""
        return model or self.model, self.engine if engine is None else engine


class SettingValue(click.ParamType[Any]):
    """A value that the setting of that name takes; settings alone know which those are."""

    def __init__(self, setting: str, metavar: str) -> None:
        self._setting = setting
        self.name = metavar

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            chosen = changed(Settings(), self._setting, read_value(self._setting, value))
        except SettingsError as error:
            self.fail(f"{error.message} {error.hint}", param, ctx)
        return getattr(chosen, self._setting)


class Number(click.ParamType[float]):
    """A number below a limit, on either side of 0; click's own takes nan for one, and inf."""

    name = "number"

    def __init__(self, below: float) -> None:
        self._below = below

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not abs(number) < self._below:
            self.fail(f"{value!r} is no number below {self._below:,g}.", param, ctx)
        return number


@dataclass(frozen=True)
class Options:
    """The options of `prompt_options` as they were given; None where the settings decide."""

    adapters: tuple[str, ...]
    system: str | None
    prompt_name: str | None
    max_tokens: int | None
    temperature: float | None
    seed: int | None
    model: str | None
    engine: str | None
    variables: tuple[str, ...] = ()

    def settings(self, app: App) -> Settings:
        """The settings of config.toml with what was given in their place.

        Raises:
            UsageError: -s and -p at once, or an adapter's scale that is no number.
        """
        if self.system is not None and self.prompt_name is not None:
            raise UsageError("-s and -p both set the system prompt.", "Give one of them.")
        if self.variables and self.prompt_name is None:
            raise UsageError("--var says something to a prompt.", "Name it with -p.")
        sampled = ("system", "max_tokens", "temperature", "seed")
        given = {name: getattr(self, name) for name in sampled if getattr(self, name) is not None}
        model, engine = app.chosen(self.model, self.engine)
        settings = replace(with_engine(current_settings(), model, engine), **given)
        refuse_bad_scales(self.named(app), settings)
        return replace(settings, adapters=self.named(app) or settings.adapters)

    def named(self, app: App) -> tuple[str, ...]:
        """The adapters of the command line, behind the command's name or else before it."""
        return self.adapters or app.adapters


model_option = click.option(
    "-m",
    "--model",
    metavar="PATH_OR_REPO",
    shell_complete=names.models,
    help="Model to run: a name, a folder or a repository.",
)

engine_option = click.option(
    "--engine",
    type=SettingValue("engine", "URL"),
    metavar="URL",
    help='OpenAI-compatible server that runs the model; "none" for this process.',
)


def _is_adapter(ref: str) -> bool:
    from assistant.lora import folder_of  # knows the formats: only for a name with an =

    return folder_of(ref, search_folders("adapters", find_places())) is not None


def _adapters(ctx: click.Context, param: click.Parameter, refs: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(refs)) < len(refs):
        raise UsageError("An adapter is given twice.", "Name each once.")
    return refs


def refuse_bad_scales(refs: Sequence[str], settings: Settings) -> None:
    """Say before a model is loaded that a scale is no number.

    Not with a server: what its adapters are called, only it knows, and it is asked soon enough.

    Raises:
        UsageError: naming the scale.
    """
    if not settings.engine:
        for part in (part for ref in refs for part in parts_of(ref)):
            split_scale(part, _is_adapter)


adapter_option = click.option(
    "-a",
    "--adapter",
    "adapters",
    multiple=True,
    metavar="NAME[=SCALE]",
    callback=_adapters,
    shell_complete=names.adapters,
    help="Adapter to load, by name or folder; can be repeated.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def prompt_options(command: Decorated) -> Decorated:
    """-a, -s, -p, --var, -n, -t, --seed, -m and --engine: what `ask` and `compare` share.

    Together they are the fields of Options.
    """
    for option in reversed(
        (
            adapter_option,
            click.option("-s", "--system", metavar="TEXT", help="System prompt."),
            click.option(
                "-p",
                "--prompt",
                "prompt_name",
                metavar="NAME",
                shell_complete=names.prompts,
                help="Prompt from the library.",
            ),
            click.option(
                "--var",
                "variables",
                multiple=True,
                metavar="NAME=VALUE",
                shell_complete=names.variables,
                help="What a variable of the prompt is; can be repeated.",
            ),
            click.option(
                "-n",
                "--max-tokens",
                type=SettingValue("max_tokens", "number"),
                metavar="NUMBER",
                help="Longest answer, in tokens.",
            ),
            click.option(
                "-t",
                "--temperature",
                type=SettingValue("temperature", "number"),
                metavar="NUMBER",
                help="0 takes the likeliest token; up to 2.",
            ),
            click.option(
                "--seed",
                type=SettingValue("seed", "number"),
                metavar="NUMBER",
                help="Fixes the dice when the temperature is above 0.",
            ),
            model_option,
            engine_option,
        )
    ):
        command = option(command)
    return command


def current_settings() -> Settings:
    """The settings of config.toml; what could not be used of it is said on standard error."""
    loaded = load_settings(find_places().settings_file)
    for problem in loaded.problems:
        warn(problem)
    return loaded.settings


def with_engine(settings: Settings, model: str | None, engine: str | None) -> Settings:
    """The settings on another server, or another model of it; "" for this process."""
    engine = settings.engine if engine is None else engine
    if not engine:
        return with_model(settings, model)
    if engine == settings.engine and model in (None, settings.model):
        return settings
    return replace(settings, engine=engine, model=model or "", adapters=())


def with_model(settings: Settings, model: str | None) -> Settings:
    """The settings on another model in this process. Adapters of the settings were made for the
    settings' own."""
    if settings.engine:
        # The server's name for a model need not be one here.
        settings = replace(settings, engine="", model=Settings().model, adapters=())
    if model is None or model == settings.model:
        return settings
    return replace(settings, model=model, adapters=())


@contextmanager
def opened(
    settings: Settings,
    prompt_name: str | None,
    *,
    chat: str | None = None,
    variables: Sequence[str] = (),
    adapters_named: bool = False,
) -> Iterator[Session]:
    """A session with its engine open, closed again at the end.

    With a chat it goes on with that: its system prompt, its prompt and, on the same model, exactly
    its adapters, unless those of the settings were `adapters_named` on the command line.
    """
    from assistant.cli.fetched import fetch_missing
    from assistant.cli.variables import filled
    from assistant.commands import Session  # half of the program: not for `--help`

    as_before = chat is not None and not adapters_named
    session = Session(replace(settings, adapters=()) if as_before else settings, find_places())
    try:
        found = session.chats.find(chat) if chat is not None else None
        prompt = None
        if prompt_name is not None:
            prompt = filled(session.prompts.get(prompt_name), variables)
        fetch_missing(session)
        for remark in session.start().remarks:
            note(remark)
        if found is not None:
            info = session.open_chat(*found)
            if as_before and _on_its_model(session, info):
                _load_adapters(session, info)
            elif as_before:
                session.settings = settings
                fetch_missing(session)
                session.start()
        if prompt is not None:
            session.use_prompt(prompt)
        yield session
    except PromptTooLong as error:
        raise on_command_line(error, in_chat=chat is not None) from None
    finally:
        notes(session.keeper.news())
        session.close()


def _on_its_model(session: Session, info: ChatInfo) -> bool:
    """Whether the open model is the one that answered last in a chat; another is said."""
    now = session.engine.info.model
    if info.model and info.model != now:
        note(f"This chat was with {info.model}; {now} goes on with it.")
    return info.model == now


def _load_adapters(session: Session, info: ChatInfo) -> None:
    """Those that answered last in a chat; one that cannot be had is said, and stops nothing."""
    for adapter in info.adapters:
        try:
            now = session.load_adapter(adapter.name, adapter.scale)
        except AssistantError as error:
            warn(error)
        else:
            if adapter.fingerprint and now.fingerprint != adapter.fingerprint:
                note(f"The adapter {adapter.name} is another than this chat was held with.")
