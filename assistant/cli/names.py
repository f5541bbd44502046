"""Names that Tab completes on the command line: adapters, prompts, models, settings.

    @click.argument("name", shell_complete=adapters)

Looks into folders and imports nothing heavy. It refuses to know the shells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

from assistant.paths import find_places, search_folders
from assistant.plain_text import one_line, plain

Names = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def adapters(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from assistant.lora import list_adapters

    found = list_adapters(search_folders("adapters", find_places()))
    return _fitting(((item.name, "") for item in found if item.folder), incomplete)


def models(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from assistant.engine.models import list_models

    found = list_models(search_folders("models", find_places()))
    return _fitting(((model.name, model.architecture) for model in found), incomplete)


def prompts(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from assistant.chat.prompts import PromptLibrary

    found = PromptLibrary(search_folders("prompts", find_places())).all()[0]
    names = ((prompt.name, prompt.summary) for prompt in found)
    return _fitting(names, incomplete, paths=False)


def variables(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Variables of the prompt that was named before."""
    from assistant.chat.prompts import PromptLibrary
    from assistant.errors import PromptError

    library = PromptLibrary(search_folders("prompts", find_places()))
    try:
        prompt = library.get(str(ctx.params.get("prompt_name")))
    except PromptError:
        return []
    names = ((f"{variable.name}=", variable.asked) for variable in prompt.variables)
    return _fitting(names, incomplete, paths=False)


def settings(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from assistant.config import meanings

    return _fitting(meanings().items(), incomplete, paths=False)


def values(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What the setting that was named before can be, where that is a list."""
    from assistant.settings import choices_of

    found = ((value, "") for value in choices_of(str(ctx.params.get("name"))))
    return _fitting(found, incomplete, paths=False)


def chats(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Numbers of the list, with what the chats are about."""
    from assistant.chat import Store
    from assistant.commands.chats import Chats
    from assistant.errors import StoreError

    store = Store(find_places().conversations_file)
    try:
        found = Chats(store).numbered()
    except StoreError:
        return []
    finally:
        store.close()
    titles = ((str(number), title) for number, title in found)
    return _fitting(titles, incomplete, paths=False)


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Whatever is on the disk; the shell knows that better."""
    return [CompletionItem(incomplete, type="file")]


def _fitting(
    names: Iterable[tuple[str, str]], incomplete: str, *, paths: bool = True
) -> list[CompletionItem]:
    """Names that begin so. Where a folder may stand as well, the shell looks for one.

    What shells are told is read by the line, so each name and each summary is on one.
    """
    fitting = [
        CompletionItem(shown, help=one_line(summary))
        for name, summary in names
        if name.startswith(incomplete) and "\n" not in (shown := plain(name))
    ]
    if paths and not fitting and incomplete:
        return [CompletionItem(incomplete, type="dir")]
    return fitting
