"""/adapter: load adapters while chatting, choose which of them answer, and how strongly.

It refuses to know how an adapter is attached to a model.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from assistant.commands.adapters import details, listing, summary
from assistant.commands.blocks import Block, Effect, Notice, Panel, Problem
from assistant.commands.command import Arguments, Choice, Command, Form, Need
from assistant.commands.job import awaited
from assistant.commands.loading import loading_adapter
from assistant.commands.scales import split_scale
from assistant.commands.session import Session
from assistant.compare import label
from assistant.engine.describing import describe
from assistant.engine.types import AdapterInfo
from assistant.errors import AdapterNotLoaded, Stopped, UsageError
from assistant.paths import search_folders


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    if not arguments.words:
        yield Panel("adapters", tuple(_list(session, [])))
        return
    verb, *words = arguments.words
    action = _ACTIONS.get(verb.lower())
    if action is None:
        raise UsageError(
            f"/adapter has no {verb!r}.",
            f"It takes {', '.join(_ACTIONS)}; to load one: /adapter load NAME",
        )
    yield from action(session, words)


def _load(session: Session, words: list[str]) -> Iterator[Block]:
    job = loading_adapter(session, _one(words, "load NAME", "load mlx-docs"))
    try:
        info = yield from awaited(job)
    except Stopped:
        yield Notice("Stopped; a download goes on where it was the next time.", "warning")
        return
    yield Notice(f"{info.name} is loaded: {summary(info)}.", "good")
    for warning in info.warnings:
        yield Notice(warning, "warning")
    yield from _answering(session)


def _unload(session: Session, words: list[str]) -> Iterator[Block]:
    name = _one(words or _only(list(_loaded(session))), "unload NAME", "unload mlx-docs")
    session.unload_adapter(name)
    yield Notice(f"{name} is off the model.", "good")
    yield from _answering(session)


def _use(session: Session, words: list[str]) -> Iterator[Block]:
    if not words:
        raise UsageError(
            "Say which adapters shall answer.",
            "Write /adapter use NAME[=SCALE]..., or /adapter use none for the base model.",
        )
    is_name = _loaded(session).__contains__
    chosen = {} if words == ["none"] else dict(split_scale(word, is_name) for word in words)
    session.use_adapters(chosen)
    yield from _answering(session)


def _scale(session: Session, words: list[str]) -> Iterator[Block]:
    if len(words) == 1:
        words = _only(list(session.in_use)) + words
    if len(words) != 2:
        raise UsageError("Say which adapter and how strong.", "Write /adapter scale mlx-docs 0.5")
    name, scale = split_scale("=".join(words))
    session.weigh_adapter(name, scale)
    yield from _answering(session)


def _list(session: Session, words: list[str]) -> Iterator[Block]:
    from assistant.lora import list_adapters

    folders = search_folders("adapters", session.places)
    found = list_adapters(folders)
    table = listing(found, list(_loaded(session).values()), session.in_use)
    yield table or Notice(f"There are no adapters in {' or '.join(map(str, folders))}.")
    for item in found:
        if item.problem is not None:
            yield Problem.of(item.problem)


def _show(session: Session, words: list[str]) -> Iterator[Block]:
    name = _one(words or _only(list(_loaded(session))), "show NAME", "show mlx-docs")
    info = _loaded(session).get(name)
    if info is not None:
        in_use = f"in use ×{session.in_use[name]:.3g}" if name in session.in_use else "loaded"
        yield details(info, in_use)
        return
    from assistant.lora import find_adapter, read_folder

    folder = read_folder(find_adapter(name, search_folders("adapters", session.places)))
    yield details(describe(folder, fingerprint=folder.fingerprint()), "not loaded")


_ACTIONS: dict[str, Callable[[Session, list[str]], Iterator[Block]]] = {
    "load": _load,
    "unload": _unload,
    "use": _use,
    "scale": _scale,
    "list": _list,
    "show": _show,
}


def needs(arguments: Arguments) -> Need:
    """To look at what there is needs no model."""
    return "nothing" if arguments.words[:1] in ((), ("list",), ("show",)) else "model"


def _answering(session: Session) -> Iterator[Block]:
    who = label(session.in_use) if session.in_use else "the base model"
    yield Notice(f"Answering from now on: {who}.")
    yield Effect("status")


def _one(words: list[str], form: str, example: str) -> str:
    if len(words) != 1:
        raise UsageError(f"This takes one name: /adapter {form}", f"As in /adapter {example}")
    return words[0]


def _only(names: list[str]) -> list[str]:
    """The adapter that is meant when none is named: the only one there is."""
    if not names:
        raise AdapterNotLoaded("No adapter is loaded.", "Load one with /adapter load NAME.")
    return names if len(names) == 1 else []


def _loaded(session: Session) -> dict[str, AdapterInfo]:
    return {a.name: a for a in session.engine.adapters()} if session.is_open else {}


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    """Names that fit the verb: what could be loaded, or what is."""
    verb, *words = arguments.text.split(" ")
    if verb in {"unload", "use", "scale"}:
        if len(words) > 1 and verb != "use":
            return []
        names = [Choice(shlex.quote(name), "loaded") for name in _loaded(session)]
        return [*names, Choice("none", "the base model")] if verb == "use" else names
    if verb not in {"load", "show"} or len(words) != 1:
        return []
    return [*_named(session, with_loaded=verb == "show"), *_folders(words[0])]


def _named(session: Session, *, with_loaded: bool) -> Iterator[Choice]:
    from assistant.lora import list_adapters

    loaded = _loaded(session)
    for item in list_adapters(search_folders("adapters", session.places)):
        if with_loaded or item.name not in loaded:
            what = "broken" if item.folder is None else f"rank {item.folder.rank}"
            yield Choice(shlex.quote(item.name), what)


def _folders(word: str) -> Iterator[Choice]:
    """Folders below what looks like a path."""
    head, slash, tail = word.rpartition("/")
    if not slash:
        return
    try:
        inside = sorted(Path(f"{head}/").expanduser().iterdir())
    except (OSError, RuntimeError):  # not there, not ours to read, or a ~name that is nobody
        return
    for path in inside:
        if path.is_dir() and path.name.startswith(tail) and not path.name.startswith("."):
            yield Choice(f"{head}/{path.name}", "folder")


COMMAND = Command(
    name="adapter",
    summary="Load adapters and choose which of them answer",
    forms=(
        Form("", "choose, load and weigh adapters; a list where there is no screen for it"),
        Form("load NAME[=SCALE]", "load an adapter, by name or folder, and let it answer"),
        Form("unload NAME", "take an adapter off the model"),
        Form("use NAME[=SCALE]...", "let exactly these loaded adapters answer, blended"),
        Form("use none", "let the base model answer; adapters stay loaded"),
        Form("scale NAME X", "make an adapter weaker or stronger; 1 is as trained"),
        Form("list", "list the adapters, loaded or not"),
        Form("show NAME", "say what an adapter is made of"),
    ),
    run=run,
    complete=choices,
    needs=needs,
    examples=("/adapter load mlx-docs", "/adapter scale mlx-docs 0.5", "/adapter use none"),
    details=(
        "A name is looked up in `./adapters`, in the data folder's `adapters/` and among those "
        "that come with the program. Loading changes no weight of the model: the adapter rides "
        "beside it, and unloading leaves the model exactly as it was."
    ),
)
