"""/set, /system, /prompt, /model, /help, /quit: what can be chosen, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.commands import Session, all_commands, complete
from assistant.commands.blocks import Effect, Markdown, Panel, Preformatted, Table
from assistant.engine.protocol import Engine
from assistant.engine.types import AdapterInfo, AskedSampling, EngineInfo, Sampling
from assistant.errors import AdapterMismatch, ModelNotFound
from assistant.paths import Places
from assistant.settings import Settings
from tests.commands.saying import notices, open_session, problem, say, table
from tests.fakes import FakeEngine


class AskingEngine(FakeEngine):
    """Its model asks to be sampled, as Qwen3 does."""

    @property
    def info(self) -> EngineInfo:
        return replace(super().info, sampling=AskedSampling(0.6, 0.95, 20, 0.1))


def test_what_nobody_sets_is_as_the_model_asks(places: Places) -> None:
    engine = AskingEngine()
    session = Session(Settings(), places, open_engine=lambda model, places: engine)
    session.start()
    say(session, "hello", "/set temperature 0", "hello", "/set top_p 1", "/set temperature 1", "hi")
    asked, greedy, own = [request.sampling for request in engine.requests]
    assert (asked.temperature, asked.top_p, asked.top_k, asked.min_p) == (0.6, 0.95, 20, 0.1)
    assert greedy.temperature == 0
    assert (own.temperature, own.top_p, own.top_k) == (1, 1, 20)
    rows = table(say(session, "/set temperature none", "hello", "/set"))
    assert rows["temperature"][1] == "none, so 0.6"
    assert rows["top_p"][1] == "1.0"
    assert engine.requests[-1].sampling.temperature == 0.6


def test_a_model_that_asks_for_nothing_takes_the_likeliest_token(places: Places) -> None:
    session, engine = open_session(places)
    say(session, "hello")
    assert engine.requests[-1].sampling == Sampling()


def test_set_changes_how_the_next_answer_is_sampled(places: Places) -> None:
    session, engine = open_session(places)
    say(session, "/set temperature 0.7", "/set max_tokens 5", "/set seed 3", "hello")
    sampling = engine.requests[-1].sampling
    assert (sampling.temperature, sampling.max_tokens, sampling.seed) == (0.7, 5, 3)
    say(session, "/set seed none", "hello")
    assert engine.requests[-1].sampling.seed is None


def test_set_alone_lists_each_setting_and_where_its_value_is_from(places: Places) -> None:
    session, _ = open_session(places, settings=Settings(top_p=0.9))
    rows = table(say(session, "/set temperature 0.5", "/set"))
    assert set(rows) == {f.strip() for f in Settings.__dataclass_fields__}
    assert rows["temperature"][1:3] == ("0.5", "this session")
    assert rows["top_p"][1:3] == ("0.9", "start-up")
    assert rows["seed"][1:3] == ("none", "default")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/set temperature 9", "from 0 to 2"),
        ("/set temperature warm", "from 0 to 2"),
        ("/set max_tokens 0", "1 or more"),
        ("/set temprature 1", "Did you mean temperature?"),
        ("/set temprature", "Did you mean temperature?"),
        ("/set model tiny", "/model"),
        ("/set adapters x", "/adapter"),
        ("/set adapters x x --save", "each once"),
    ],
)
def test_set_refuses_with_what_would_do(places: Places, line: str, says: str) -> None:
    session, _ = open_session(places)
    found = problem(say(session, line))
    assert found.kind == "settings"
    assert says in found.hint
    assert session.settings == Settings()


def test_set_keeps_no_adapter_at_a_strength_that_is_none(places: Places) -> None:
    session, _ = open_session(places)
    assert "cannot be 'much'" in problem(say(session, "/set adapters pirate=much --save")).message
    assert not places.settings_file.exists()


def test_set_theme_tells_the_front_end(places: Places) -> None:
    session, _ = open_session(places)
    assert Effect("theme") in say(session, "/set theme nord")
    assert session.settings.theme == "nord"


def test_the_system_prompt_goes_first_to_the_model(places: Places) -> None:
    session, engine = open_session(places)
    say(session, "/system Be brief [/x] 世界.", "hello")
    first = engine.requests[-1].messages[0]
    assert (first["role"], first["content"]) == ("system", "Be brief [/x] 世界.")
    assert Preformatted("Be brief [/x] 世界.") in say(session, "/system")
    say(session, "/new", "/system none", "hello")
    assert [message["role"] for message in engine.requests[-1].messages] == ["user"]


def test_a_system_prompt_takes_the_place_of_a_prompt_from_the_library(places: Places) -> None:
    session, engine = open_session(places)
    assert "The prompt review is off" in notices(say(session, "/prompt review", "/system Hi."))
    say(session, "x = 1")
    assert engine.requests[-1].messages[-1]["content"] == "x = 1"


def test_a_prompt_brings_its_system_text_and_its_template(places: Places) -> None:
    folder = places.data / "prompts"
    folder.mkdir(parents=True)
    (folder / "pirate.toml").write_text('system = "Arr."\ntemplate = "Say {text} at sea."')
    session, engine = open_session(places)
    say(session, "/prompt pirate", "hello")
    contents = [message["content"] for message in engine.requests[-1].messages]
    assert contents == ["Arr.", "Say hello at sea."]
    assert table(say(session, "/prompt"))["pirate"][2] == "in use"
    say(session, "/prompt none", "/new", "hello")
    assert [message["content"] for message in engine.requests[-1].messages] == ["hello"]


def test_a_broken_prompt_file_is_named_and_the_others_listed(places: Places) -> None:
    folder = places.data / "prompts"
    folder.mkdir(parents=True)
    (folder / "broken.toml").write_text("system = ")
    session, _ = open_session(places)
    blocks = say(session, "/prompt")
    assert "broken.toml is not valid TOML" in problem(blocks).message
    assert "concise" in table(blocks)
    assert problem(say(session, "/prompt concice")).hint == "Did you mean concise?"


def test_prompts_and_settings_and_commands_complete(places: Places) -> None:
    session, _ = open_session(places)

    def words(line: str) -> list[str]:
        return [choice.text for choice in complete(session, line)]

    assert words("/prompt con") == ["concise"]
    assert words("/set te") == ["temperature"]
    assert words("/set temperature ") == []
    assert words("/help ad") == ["adapter"]
    assert words("/ret") == ["/retry"]
    assert words("/exi") == ["/quit"]
    assert words("hello /ret") == []


class FussyEngine(FakeEngine):
    """An engine whose model "pirate" does not fit."""

    def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
        if "pirate" in ref:
            raise AdapterMismatch("The adapter 'pirate' has q_proj of 64, the model of 32.")
        return super().load_adapter(ref, name=name)


def test_another_model_keeps_the_conversation_and_the_adapters_that_fit(places: Places) -> None:
    engines: list[FakeEngine] = []

    def open_engine(model: str, places: Places) -> Engine:
        if model == "nowhere":
            raise ModelNotFound("There is no model 'nowhere'.", "There are: tiny.")
        engines.append(FussyEngine() if engines else FakeEngine())
        return engines[-1]

    session = Session(Settings(), places, open_engine=open_engine)
    session.start()
    say(session, "/adapter load mlx-docs=0.5", "/adapter load pirate", "hello")
    assert problem(say(session, "/model nowhere")).kind == "model_not_found"
    assert session.in_use == {"mlx-docs": 0.5, "pirate": 1.0}

    said = notices(say(session, "/model other"))
    assert "mlx-docs fits it too and stays." in said
    assert "pirate is taken off. The adapter 'pirate' has q_proj of 64" in said
    assert engines[0].closed
    assert session.in_use == {"mlx-docs": 0.5}
    say(session, "and now")
    assert engines[1].requests[-1].messages[0]["content"] == "hello"
    assert engines[1].requests[-1].adapters == {"mlx-docs": 0.5}


def test_model_lists_what_is_in_the_models_folders(places: Places) -> None:
    folder = places.data / "models" / "mine"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "llama"}')
    session, _ = open_session(places)
    (listed,) = [b for b in say(session, "/model") if isinstance(b, Panel)]
    assert listed.name == "models"
    here = next(block for block in listed.instead if isinstance(block, Table))
    assert table([here])["mine"][-1] == "yours"
    assert [c.text for c in complete(session, "/model mi")] == ["mine"]


def test_help_lists_every_command_and_explains_each(places: Places) -> None:
    session, _ = open_session(places)
    assert set(table(say(session, "/help"))) == {f"/{name}" for name in all_commands()}
    for name, command in all_commands().items():
        blocks = say(session, f"/help {name}")
        assert len(table(blocks)) == len(command.forms)
        assert not command.details or Markdown(command.details) in blocks
    assert problem(say(session, "/help adaptor")).hint == "Did you mean /help adapter?"


def test_quit_has_the_names_people_try(places: Places) -> None:
    session, _ = open_session(places)
    for line in ("/quit", "/exit", "/q", "/QUIT"):
        assert say(session, line) == [Effect("quit")]
