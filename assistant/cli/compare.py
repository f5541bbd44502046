"""`assistant compare`: base and adapted answers to the same questions.

It refuses to know how rows share a batch.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import shorten
from typing import Any

import click

from assistant.cli import names
from assistant.cli.comparisons import RowMaker
from assistant.cli.options import App, Options, json_option, opened, prompt_options
from assistant.cli.output import complain, note, print_json, show
from assistant.cli.piped import whole_prompt
from assistant.cli.progress import Bar
from assistant.cli.report import refuse_unwritable, summary, write_report
from assistant.cli.too_long import on_command_line
from assistant.commands import Session
from assistant.commands.blocks import Notice, Problem
from assistant.commands.variants import blend
from assistant.compare.batch import Failed, answer_all
from assistant.compare.questions import Question, read_questions
from assistant.compare.results import ResultsFile
from assistant.errors import AssistantError, UsageError
from assistant.plain_text import whole
from assistant.repl.paper import Paper

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("prompt", required=False)
@prompt_options
@click.option(
    "--prompts",
    "file",
    metavar="FILE",
    shell_complete=names.files,
    help='Questions: JSON lines {"prompt": "..."}, a .csv with a column prompt, or a .txt with one '
    'a line; "-" is standard input.',
)
@click.option(
    "--out",
    type=FILE,
    metavar="FILE.jsonl",
    help="Keep each result as it is done; the same command goes on where it stopped.",
)
@click.option(
    "--html",
    type=FILE,
    metavar="FILE.html",
    help="Write a report that can be sent, with the evidence.",
)
@click.option("--evidence", is_flag=True, help="Check the answers, and read each under each model.")
@click.option(
    "--run-code",
    is_flag=True,
    help="Run the code in the answers, in a process with limits; implies --evidence.",
)
@json_option
@click.pass_obj
def compare(
    app: App,
    /,
    prompt: str | None,
    file: str | None,
    out: Path | None,
    html: Path | None,
    evidence: bool,
    run_code: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Answer with and without adapters, side by side.

    The base model comes first, then a column for each -a. All answers to a question are made with
    the same seed, and many questions share a batch.

    \b
      assistant compare "How do I sort an array in MLX?" -a mlx-docs
      assistant compare "Hello" -a mlx-docs=0.5 -a mlx-docs=1
      assistant compare --prompts questions.csv -a mlx-docs --out run.jsonl
      assistant compare --prompts questions.csv -a mlx-docs --html run.html
    """
    options = Options(**given)
    settings = options.settings(app)
    if file is not None and prompt is not None:
        raise UsageError("PROMPT and --prompts both say what to ask.", "Give one of them.")
    if not settings.adapters:
        raise UsageError("There is no adapter to compare with the base.", "Name one: -a mlx-docs")
    refuse_unwritable(out, html)
    evidence = evidence or run_code or html is not None
    questions = [Question(whole_prompt(prompt))] if file is None else read_questions(file)
    questions = [replace(question, prompt=whole(question.prompt)) for question in questions]
    # Each adapter becomes a column of its own, not one blend.
    bare = replace(settings, adapters=(), evidence=evidence, run_code=run_code)
    with opened(bare, options.prompt_name, variables=options.variables) as session:
        variants = load_variants(session, settings.adapters)
        if html is None and out is None and not as_json:
            all_well = read_aloud(session, variants, questions, headed=file is not None)
        else:
            maker = RowMaker(session, variants, evidence, run_code)
            if file is None and out is None and html is None:
                (row,) = run_batch(maker, questions, None, as_json=True, alone=True)
                all_well = "error" not in row
            else:
                kept = out or (beside(html, file) if html else None)
                rows = run_batch(maker, questions, kept, as_json=as_json)
                all_well = all("error" not in row for row in rows)
                if html is not None:
                    write_report(html, rows)
                if not as_json:
                    show(summary(rows))
    if not all_well:
        click.get_current_context().exit(1)


def beside(html: Path, questions: str | None) -> Path:
    """Where the results of a page are kept: never in the file that the questions come from."""
    kept = html.with_suffix(".jsonl")
    taken = questions is not None and kept.absolute() == Path(questions).absolute()
    return html.with_suffix(".results.jsonl") if taken else kept


def load_variants(session: Session, refs: Sequence[str]) -> dict[str, dict[str, float]]:
    """The adapted columns by name, one for each NAME[=SCALE] or blend of several.

    Raises:
        UsageError: two of them are the same.
    """
    variants: dict[str, dict[str, float]] = {}
    for ref in refs:
        column = blend(session, ref)
        parts = (name if scale == 1 else f"{name}={scale:g}" for name, scale in column.items())
        title = "+".join(parts)
        if title in variants:
            raise UsageError(f"The column {title} is given twice.", "Name each once.")
        variants[title] = column
    return variants


def read_aloud(
    session: Session,
    variants: Mapping[str, Mapping[str, float]],
    questions: Sequence[Question],
    *,
    headed: bool,
) -> bool:
    """Answers as they come, one question after the other; whether all were answered."""
    # Tables of widths come with it: not for --help.
    from assistant.repl.stream import play

    all_well = True
    for question in questions:
        if headed:
            show([Notice(f"prompt: {shorten(question.prompt, 80, placeholder='…')}")])
        try:
            answers = session.compare(question.prompt, list(variants.values()))
            finishes = play(answers, Paper(sys.stdout), longer="-n NUMBER allows more")
            if any(finish.reason == "cancelled" for finish in finishes):
                raise KeyboardInterrupt  # who stops one question does not wait for the next
            show(answers.after())
        except AssistantError as error:
            if not headed:
                raise
            all_well = False
            complain(Problem.of(on_command_line(error)), as_json=False)
    return all_well


def run_batch(
    maker: RowMaker,
    questions: Sequence[Question],
    kept: Path | None,
    *,
    as_json: bool,
    alone: bool = False,
) -> list[dict[str, Any]]:
    """A row for each question: printed in their order, kept as each is done.

    Raises:
        AssistantError: the only question could not be answered (`alone`).
    """
    results = ResultsFile(kept, maker.identity()) if kept is not None else None
    todo = list(questions) if results is None else results.still_to_do(questions)
    if len(todo) < len(questions):
        note(f"{len(questions) - len(todo)} of {len(questions)} are in {kept} already.")
    bar = Bar(len(questions), "answered", done=len(questions) - len(todo))
    items = maker.items(todo)
    places = {id(item): place for place, item in enumerate(items)}
    done: dict[int, dict[str, Any]] = {}
    printed = 0
    session = maker.session
    try:
        engine, sampling, evidence = session.engine, session.sampling, maker.evidence
        for outcome in answer_all(engine, items, maker.columns, sampling, keep_logits=evidence):
            if alone and isinstance(outcome, Failed):
                raise outcome.error
            try:
                row = maker.row(outcome)
            except AssistantError as error:  # its answers could not be read again
                row = maker.row(Failed(outcome.item, error))
            if results is not None:
                results.add(row)
            done[places[id(outcome.item)]] = row
            bar.step()
            while results is None and as_json and printed in done:
                print_json(done[printed])
                printed += 1
    except KeyboardInterrupt:
        if kept is not None:
            note(f"{len(done)} new answers are in {kept}; the same command goes on from there.")
        elif as_json:
            for place in sorted(place for place in done if place >= printed):
                print_json(done[place])  # those that had waited for one before them
        raise
    finally:
        bar.end()
    if results is None:
        return [done[place] for place in range(len(items))]
    results.finish(questions)
    if as_json:
        for row in results.rows:
            print_json(row)
    return results.rows
