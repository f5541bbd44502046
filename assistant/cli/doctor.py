"""`assistant doctor`: what is here, and what stands in the way.

It only looks: nothing is repaired and no model is opened; a server is asked what it has. It refuses
to know how to run anything.
"""

from __future__ import annotations

import platform
import sys
from typing import Any

import click

from assistant import __version__
from assistant.chat import PromptLibrary
from assistant.cli.options import App, engine_option, json_option, with_engine
from assistant.cli.output import print_json, show
from assistant.cli.servers import server_findings, server_rows
from assistant.commands.blocks import Block, Notice, Problem, Table
from assistant.errors import AssistantError, ModelError
from assistant.paths import Places, find_places, search_folders
from assistant.settings import load_settings

PACKAGES = ("mlx", "mlx-lm", "transformers", "textual", "prompt_toolkit", "python-flint", "numpy")


@click.command()
@engine_option
@json_option
@click.pass_obj
def doctor(app: App, engine: str | None, as_json: bool) -> None:
    """Say what the program found on this machine, and what is amiss."""
    places = find_places()
    findings = {**_software(), **_device(), **_files(places)}
    model, engine = app.chosen(None, engine)
    settings = with_engine(load_settings(places.settings_file).settings, model, engine)
    if settings.engine:
        findings["server"], problem = server_findings(settings, places)
        findings["problems"] += [problem.to_dict()] if problem else []
    if as_json:
        print_json(findings)
    else:
        show(_blocks(findings))


def _software() -> dict[str, Any]:
    return {
        "assistant": __version__,
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def _version(package: str) -> str | None:
    from importlib import metadata  # not for every `--help`

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _device() -> dict[str, Any]:
    """What mlx runs on; it has to be imported to know."""
    from assistant.engine.blas import install_hint, open_fast_blas

    blas = open_fast_blas()
    try:
        import mlx.core as mx

        device, problem = str(mx.default_device()), None
    except (ImportError, OSError, RuntimeError) as error:  # a wheel without its back end, a driver
        device, problem = None, str(error).partition("\n")[0]
    wanted = sys.platform.startswith("linux") and device == "Device(cpu, 0)" and blas is None
    return {
        "device": device,
        "device_problem": problem,
        "blas": blas,
        "blas_hint": f"Prompts are read slowly without one. {install_hint()}" if wanted else "",
    }


def _files(places: Places) -> dict[str, Any]:
    from assistant.engine.models import find_model, list_models
    from assistant.lora import list_adapters

    loaded = load_settings(places.settings_file)
    prompts, broken = PromptLibrary(search_folders("prompts", places)).all()
    adapters = list_adapters(search_folders("adapters", places))
    models = search_folders("models", places)
    errors: list[AssistantError] = [*loaded.problems, *broken]
    try:
        if not loaded.settings.engine:
            find_model(loaded.settings.model, models)
    except ModelError as error:
        errors.append(error)
    errors += [item.problem for item in adapters if item.problem is not None]
    return {
        "places": {"config": str(places.config), "data": str(places.data)},
        "settings": {
            "file": str(places.settings_file),
            "exists": places.settings_file.exists(),
            "model": loaded.settings.model,
        },
        "models": [model.name for model in list_models(models)],
        "adapters": [item.name for item in adapters if item.folder is not None],
        "prompts": [prompt.name for prompt in prompts],
        "problems": [error.to_dict() for error in errors],
    }


def _blocks(findings: dict[str, Any]) -> list[Block]:
    settings = findings["settings"]
    found = "" if settings["exists"] else " (not there: the defaults are used)"
    rows = [
        ("assistant", findings["assistant"]),
        ("python", f"{findings['python']}, {findings['executable']}"),
        ("platform", findings["platform"]),
        *((name, version or "missing") for name, version in findings["packages"].items()),
        ("device", findings["device"] or f"mlx does not run: {findings['device_problem']}"),
        ("BLAS", findings["blas"] or findings["blas_hint"]),
        ("settings", f"{settings['file']}{found}"),
        ("data", findings["places"]["data"]),
        *server_rows(findings.get("server")),
        *(
            (kind, ", ".join(findings[kind]) or "none")
            for kind in ("models", "adapters", "prompts")
        ),
    ]
    blocks: list[Block] = [Table(("what", "found"), tuple(row for row in rows if row[1]))]
    blocks += [Problem(p["message"], p["hint"], p["kind"]) for p in findings["problems"]]
    if not findings["problems"]:
        blocks.append(Notice("Nothing is amiss.", "good"))
    return blocks
