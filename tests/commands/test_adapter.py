"""/adapter: which adapters are on the model, and which of them answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.commands import Session, complete
from assistant.commands.blocks import Effect
from assistant.commands.scales import split_scale
from assistant.engine.describing import describe
from assistant.engine.types import AdapterInfo
from assistant.errors import UsageError
from assistant.lora import read_folder
from assistant.paths import Places
from assistant.settings import Settings
from tests.commands.saying import notices, open_session, problem, say, table
from tests.fakes import FakeEngine
from tests.small_models import make_adapter


def test_a_loaded_adapter_answers_at_once(places: Places) -> None:
    session, engine = open_session(places)
    blocks = say(session, "/adapter load mlx-docs=0.5")
    assert "mlx-docs is loaded: rank 8 on 12 layers (q_proj, v_proj), 98k" in notices(blocks)
    assert "Answering from now on: mlx-docs ×0.5" in notices(blocks)
    assert Effect("status") in blocks
    say(session, "hello")
    assert engine.requests[-1].adapters == {"mlx-docs": 0.5}


class ReloadingEngine(FakeEngine):
    """Notes what it was told to load."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[tuple[str, str | None]] = []

    def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
        self.loaded.append((ref, name))
        folder = read_folder(Path(ref))
        info = describe(folder, name=name, fingerprint=folder.fingerprint(), loaded=True)
        self._adapters[info.name] = info
        return info


def test_one_that_was_trained_anew_since_is_loaded_again(places: Places, tmp_path: Path) -> None:
    engine = ReloadingEngine()
    session = Session(Settings(), places, open_engine=lambda model, places: engine)
    session.start()
    folder = make_adapter(tmp_path / "mine", seed=1)
    engine.load_adapter(str(folder))
    say(session, "/adapter load mine=0.5")
    assert engine.loaded == [(str(folder), None)], "it is the same one"
    shutil.rmtree(folder)
    make_adapter(folder, seed=2)
    say(session, "/adapter load mine=0.5")
    assert engine.loaded[1:] == [(str(folder), "mine")]
    assert session.in_use == {"mine": 0.5}
    shutil.rmtree(folder)
    say(session, "/adapter load mine=0.7")
    assert len(engine.loaded) == 2, "what is loaded goes on without its folder"
    assert session.in_use == {"mine": 0.7}


def test_an_unknown_adapter_leaves_everything_as_it_was(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "/adapter load mlx-docs")
    assert problem(say(session, "/adapter load mlx-dosc")).kind == "adapter_not_found"
    assert session.in_use == {"mlx-docs": 1.0}


def test_use_none_answers_with_the_base_and_keeps_the_adapter(places: Places) -> None:
    session, engine = open_session(places)
    assert "the base model" in notices(say(session, "/adapter load mlx-docs", "/adapter use none"))
    assert session.in_use == {}
    assert [adapter.name for adapter in engine.adapters()] == ["mlx-docs"]


def test_use_blends_exactly_the_named_adapters(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "/adapter load mlx-docs", "/adapter load pirate")
    assert session.in_use == {"mlx-docs": 1.0, "pirate": 1.0}
    say(session, "/adapter use pirate=0.3")
    assert session.in_use == {"pirate": 0.3}
    assert problem(say(session, "/adapter use parrot")).kind == "adapter_not_loaded"
    assert session.in_use == {"pirate": 0.3}


def test_scale_takes_a_name_or_means_the_only_one(places: Places) -> None:
    session, _ = open_session(places)
    assert problem(say(session, "/adapter scale 2")).kind == "adapter_not_loaded"
    say(session, "/adapter load mlx-docs", "/adapter scale mlx-docs 0.25")
    assert session.in_use == {"mlx-docs": 0.25}
    say(session, "/adapter scale 2")
    assert session.in_use == {"mlx-docs": 2.0}
    assert problem(say(session, "/adapter scale mlx-docs lots")).kind == "usage"
    say(session, "/adapter load pirate")
    assert problem(say(session, "/adapter scale 2")).kind == "usage"
    assert session.in_use == {"mlx-docs": 2.0, "pirate": 1.0}


def test_unload_takes_it_off_and_out_of_use(places: Places) -> None:
    session, engine = open_session(places)
    say(session, "/adapter load mlx-docs", "/adapter unload")
    assert engine.adapters() == []
    assert session.in_use == {}
    assert problem(say(session, "/adapter unload mlx-docs")).kind == "adapter_not_loaded"


def test_list_shows_loaded_found_and_broken_ones(places: Places) -> None:
    half = places.data / "adapters" / "half [x]"
    half.mkdir(parents=True)
    session, _ = open_session(places)
    blocks = say(session, "/adapter load pirate=0.5", "/adapter list")
    rows = table(blocks)
    assert rows["pirate"][1] == "in use ×0.5"
    assert rows["half [x]"][1] == "broken"
    assert "adapter_config.json is missing" in problem(blocks).message


def test_show_says_what_an_adapter_is_made_of(places: Places) -> None:
    session, _ = open_session(places)
    rows = table(say(session, "/adapter load mlx-docs", "/adapter show mlx-docs"))
    assert rows["rank"] == ("rank", "8")
    assert rows["state"] == ("state", "in use ×1")


@pytest.mark.parametrize(
    "line", ["/adapter laod mlx-docs", "/adapter load", "/adapter load a b", "/adapter use"]
)
def test_words_that_make_no_sense_are_answered_with_an_example(places: Places, line: str) -> None:
    session, _ = open_session(places)
    found = problem(say(session, line))
    assert found.kind == "usage"
    assert "/adapter" in found.hint


def test_adapters_need_a_model_and_say_so(places: Places) -> None:
    session, _ = open_session(places)
    session.close()
    assert "No model is loaded" in problem(say(session, "/adapter load mlx-docs")).message
    assert not [b for b in say(session, "/adapter list") if "No model" in str(b)]


def test_names_complete_by_what_the_verb_can_take(places: Places) -> None:
    (places.data / "adapters" / "my poems").mkdir(parents=True)
    session, _ = open_session(places)
    say(session, "/adapter load mlx-docs")

    def words(line: str) -> list[str]:
        return [choice.text for choice in complete(session, line)]

    assert words("/adapter unl") == ["unload"]
    assert "'my poems'" in words("/adapter load ")
    assert words("/adapter unload ") == ["mlx-docs"]
    assert words("/adapter use m") == ["mlx-docs"]
    assert words("/adapter use mlx-docs n") == ["none"]
    assert words("/adapter unload mlx-docs ") == []


def test_folders_complete_after_a_slash(places: Places, tmp_path: Path) -> None:
    (tmp_path / "made" / "by-me").mkdir(parents=True)
    session, _ = open_session(places)
    choices = complete(session, f"/adapter load {tmp_path}/made/b")
    assert [choice.text for choice in choices] == [f"{tmp_path}/made/by-me"]
    assert complete(session, "/adapter load ~nobody-of-that-name/") == ()


def test_a_scale_is_a_number_and_an_equals_sign_in_a_folder_is_none() -> None:
    assert split_scale("mlx-docs") == ("mlx-docs", 1.0)
    assert split_scale("mlx-docs=-0.5") == ("mlx-docs", -0.5)
    assert split_scale("/runs/lr=1e-4/step") == ("/runs/lr=1e-4/step", 1.0)
    for text in ("x=nan", "x=inf", "x=1e9", "x=", "x=one"):
        with pytest.raises(UsageError):
            split_scale(text)
