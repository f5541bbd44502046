"""`assistant votes`: what the votes add up to, whether a judge agrees, and votes to train on.

It refuses to know how votes are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from assistant.cli import names
from assistant.cli.lazy import LazyGroup
from assistant.cli.options import (
    App,
    current_settings,
    engine_option,
    json_option,
    model_option,
    opened,
    with_engine,
)
from assistant.cli.output import note, print_json, show
from assistant.cli.progress import Bar
from assistant.commands.blocks import Notice
from assistant.commands.slash.stats import standings_blocks
from assistant.compare.agreement import agreement
from assistant.compare.exports import chosen_answers, preference_pairs
from assistant.compare.judge import MOST_TOKENS, judge, judge_by_likelihood, voted_pairs
from assistant.compare.standings import standings
from assistant.compare.votes import Votes
from assistant.errors import InputFileError, UsageError
from assistant.file_trouble import why
from assistant.paths import find_places


@click.group(cls=LazyGroup, invoke_without_command=True)
@json_option
@click.pass_context
def votes(ctx: click.Context, /, as_json: bool) -> None:
    """Show what the votes of /vote add up to."""
    if ctx.invoked_subcommand is not None:
        return
    found = standings(Votes(find_places().votes_file).all())
    if as_json:
        print_json({"standings": [standing.to_dict() for standing in found]})
    else:
        show(standings_blocks(found))


@votes.command()
@click.option(
    "--dpo",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.jsonl",
    help='Preference pairs: lines of {"prompt", "chosen", "rejected"}, each a list of messages.',
)
@click.option(
    "--chosen",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.jsonl",
    help='Answers that won: lines of {"messages"}, as `assistant train lora` reads them.',
)
def export(dpo: Path | None, chosen: Path | None) -> None:
    """Write the votes as training data.

    \b
      assistant votes export --chosen mine.jsonl
      assistant train lora mine.jsonl my-style
    """
    if dpo is None and chosen is None:
        raise UsageError("There is no file to write to.", "Give --dpo FILE, --chosen FILE or both.")
    ballots = Votes(find_places().votes_file).all()
    if dpo is not None:
        _write(dpo, preference_pairs(ballots), "pair")
    if chosen is not None:
        _write(chosen, chosen_answers(ballots), "answer")


@votes.command("judge")
@click.option(
    "-a",
    "--adapter",
    "adapters",
    multiple=True,
    metavar="NAME[=SCALE]",
    shell_complete=names.adapters,
    help="Adapter of the judge; can be repeated.",
)
@click.option(
    "--likelihood",
    is_flag=True,
    help="Read how likely it would say A or B, instead of letting it write its verdict.",
)
@click.option(
    "-n",
    "--max-tokens",
    type=click.IntRange(1),
    default=MOST_TOKENS,
    show_default=True,
    help="Most tokens of a verdict.",
)
@model_option
@engine_option
@json_option
@click.pass_obj
def judge_votes(
    app: App,
    /,
    adapters: tuple[str, ...],
    likelihood: bool,
    max_tokens: int,
    model: str | None,
    engine: str | None,
    as_json: bool,
) -> None:
    """Let a model judge what was voted on, in both orders, and say how far it agrees.

    \b
      assistant votes judge -m mlx-community/Qwen3-4B-4bit
    """
    pairs = voted_pairs(Votes(find_places().votes_file).all())
    if not pairs:
        raise UsageError("No vote has decided yet.", "Vote in the chat: /compare, then /vote left.")
    chosen = with_engine(current_settings(), *app.chosen(model, engine))
    settings = replace(chosen, adapters=adapters)
    with opened(settings, None) as session:
        bar = Bar(len(pairs), "judged")
        judging, in_use = session.engine, session.in_use
        judged = (
            judge_by_likelihood(judging, in_use, pairs)
            if likelihood
            else judge(judging, in_use, pairs, max_tokens=max_tokens)
        )
        judgements = []
        try:
            for one in judged:
                judgements.append(one)
                bar.step()
        finally:
            bar.end()
    found = agreement(pairs, judgements)
    if as_json:
        print_json(found.to_dict())
        return
    show([Notice(sentence) for sentence in found.sentences()])


def _write(file: Path, lines: Iterable[dict[str, Any]], what: str) -> None:
    texts = [json.dumps(line, ensure_ascii=True) + "\n" for line in lines]
    try:
        file.write_text("".join(texts), encoding="utf-8")
    except OSError as error:
        raise InputFileError(
            f"{file} cannot be written: {why(error)}.", "Give a file in a folder that exists."
        ) from None
    count = f"1 {what}" if len(texts) == 1 else f"{len(texts)} {what}s"
    note(f"{count} in {file}")
