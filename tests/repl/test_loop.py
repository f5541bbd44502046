"""The plain chat from its first line to its last, over a pipe."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from assistant.commands import Session
from assistant.engine.protocol import Engine
from assistant.engine.types import Request
from assistant.errors import EngineError, ModelNotFound, SettingsError
from assistant.paths import Places
from assistant.repl.loop import Repl
from assistant.repl.paper import Paper
from assistant.repl.readers import LineReader
from assistant.settings import Settings
from tests.fakes import FakeEngine, FakeGeneration


def chat(
    places: Places, *lines: str, answers: Sequence[str] = (), settings: Settings | None = None
) -> str:
    """What is written when these lines are piped in."""
    session = Session(
        settings or Settings(), places, open_engine=lambda model, places: FakeEngine(answers)
    )
    return written(session, *lines)


def written(session: Session, *lines: str, problems: Sequence[SettingsError] = ()) -> str:
    stream = io.StringIO()
    paper = Paper(stream, colour=False)
    reader = LineReader(io.StringIO("\n".join(lines) + "\n"), paper)
    assert Repl(session, reader, paper).run(problems) in {0, 1}
    assert not session.is_open
    return stream.getvalue()


def test_a_question_gets_a_labelled_answer_and_a_line_about_it(places: Places) -> None:
    assert chat(places, "hello", answers=["Hi there."]) == (
        "base: Hi there.\n50 tokens/s, first token after 0.05 s, context 0% full\n"
    )


def test_an_adapted_answer_carries_the_adapters_name(places: Places) -> None:
    out = chat(places, "/adapter load mlx-docs=0.5", "hello")
    assert "mlx-docs ×0.5: [mlx-docs] You said: hello\n" in out


def test_a_comparison_writes_one_answer_after_the_other(places: Places) -> None:
    out = chat(
        places, "/adapter load mlx-docs", "/compare sort", answers=["a b c d e", "x y"]
    ).partition("×1.\n")[2]
    assert out.startswith(
        "base: a b c d e\n\nmlx-docs ×1: [mlx-docs] x y\n"
        "base and mlx-docs ×1 part at token 1: a b c d ▸ [mlx-docs]\n"
        "base ≡ bare model: 5 tokens read beside the adapter"
    )
    assert out.endswith("To read more, type +1 checks, +2 difference, +3 evidence; + for all.\n")


def test_the_evidence_of_a_comparison_can_be_read_as_text(places: Places) -> None:
    lines = ("/adapter load mlx-docs", "/compare sort", "+2", "/compare sort", "+")
    out = chat(places, *lines, answers=["use np now", "use mx now"] * 2)
    assert "{+[mlx-docs]+} use [-np-]{+mx+} now" in out
    assert "Perplexity: each answer read by each model" in out


def test_quit_ends_before_the_lines_that_follow(places: Places) -> None:
    assert "You said" not in chat(places, "/quit", "hello")


def test_markup_and_escapes_are_shown_as_they_are_and_do_nothing(places: Places) -> None:
    out = chat(places, "[/x] [red] \x1b[31mred\x07 世界 🎉", answers=["\x1b[2J[bold] ok 🎉"])
    assert out.startswith("base: [2J[bold] ok 🎉\n")
    assert "\x1b" not in out


def test_a_model_that_does_not_open_leaves_the_rest_usable(places: Places) -> None:
    def open_engine(model: str, places: Places) -> Engine:
        if model == "tiny":
            raise ModelNotFound("There is no model 'tiny'.", "There are: other.")
        return FakeEngine()

    session = Session(Settings(), places, open_engine=open_engine)
    out = written(session, "/rank [[1,2],[3,6]]", "hello", "/model other", "hello")
    assert out.startswith("Error: There is no model 'tiny'.\nThere are: other.\n")
    assert "Rank 1 of at most 2" in out
    assert "Error: No model is loaded" in out
    assert out.count("base: You said: hello") == 1


class BreakingEngine(FakeEngine):
    """Fails in the middle of its first answer, and then works."""

    def __init__(self, error: Exception) -> None:
        super().__init__(["one two three"])
        self.error: Exception | None = error

    def breathe(self) -> None:
        if self.error is not None:
            error, self.error = self.error, None
            raise error


@pytest.mark.parametrize(
    ("error", "says"),
    [(EngineError("It broke off.", "Try again."), "It broke off."), (OSError(5, "?"), "inside")],
)
def test_an_answer_that_breaks_off_does_not_end_the_chat(
    places: Places, error: Exception, says: str
) -> None:
    engine = BreakingEngine(error)
    session = Session(Settings(), places, open_engine=lambda model, places: engine)
    out = written(session, "hello", "again")
    assert out.startswith("base: one\nError: ")
    assert says in out.splitlines()[1]
    assert "base: You said: again" in out


def test_settings_that_could_not_be_used_are_said_first(places: Places) -> None:
    session = Session(Settings(), places, open_engine=lambda model, places: FakeEngine())
    out = written(session, "hello", problems=[SettingsError("Line 3 is odd.", "Mend it.")])
    assert out.startswith("Error: Line 3 is odd.\nMend it.\nbase: ")


class Stopped(FakeEngine):
    """Whose answers are stopped before their first word."""

    def generate(self, requests: Sequence[Request]) -> FakeGeneration:
        generation = super().generate(requests)
        generation.cancel()
        return generation


def test_an_answer_that_was_stopped_before_its_first_word_has_no_speed(places: Places) -> None:
    session = Session(Settings(), places, open_engine=lambda model, places: Stopped())
    said = written(session, "hello")
    assert "full" in said
    assert "tokens/s" not in said


@pytest.mark.parametrize(
    ("line", "code"), [("hello", 0), ("/nope", 1), ("/adapter load nobody", 1), ("/help", 0)]
)
def test_a_pipe_gets_answers_and_what_went_wrong_goes_beside_them(
    places: Places, line: str, code: int
) -> None:
    session = Session(Settings(), places, open_engine=lambda model, places: FakeEngine(["Hi."]))
    out, err = io.StringIO(), io.StringIO()
    paper, asides = (Paper(stream, colour=False) for stream in (out, err))
    reader = LineReader(io.StringIO(f"{line}\n"), paper)
    assert Repl(session, reader, paper, asides).run([SettingsError("Odd.")]) == code
    assert err.getvalue().startswith("Error: Odd.\n")
    assert ("Error: There is no" in err.getvalue()) is bool(code)
    assert "Error" not in out.getvalue()
    if line == "hello":
        assert out.getvalue() == "base: Hi.\n"
        assert "tokens/s" in err.getvalue()


def test_empty_lines_are_nothing(places: Places) -> None:
    assert chat(places, "", "   ", "\t") == ""


def test_an_answer_cut_at_its_longest_says_how_to_get_more(places: Places) -> None:
    out = chat(places, "/set max_tokens 2", "hello", answers=["one two three"])
    said = "(cut at its longest; /continue goes on, /set max_tokens NUMBER allows more)"
    assert f"base: one two\n{said}\n" in out


def test_an_answer_that_goes_on_is_written_from_where_it_was(places: Places) -> None:
    answers = ["one two three", "three four"]
    out = chat(places, "/set max_tokens 2", "hello", "/continue", answers=answers)
    assert "base goes on:  three four\n" in out
    assert out.count("one two") == 1


def test_folded_sections_wait_until_they_are_asked_for(places: Places) -> None:
    out = chat(places, "/rank [[1,2],[3,6]]", "+1", "+2")
    answer, _, more = out.partition("To read more, type +1 ")
    assert "Rank 1 of at most 2" in answer
    first, second = more.split(":\n")[1:3]
    assert first.startswith("  ")
    assert second.startswith("  ")
    assert "base:" not in out


def test_a_plus_is_plain_text_when_nothing_is_folded(places: Places) -> None:
    assert "You said: +1" in chat(places, "+1")
    assert "You said: +99" in chat(places, "/rank [[1]]", "+99")


def test_new_really_begins_anew(places: Places) -> None:
    out = chat(places, "hello", "/new", "again")
    assert out.count("context 0% full") == 2


@pytest.mark.parametrize("command", ["/help", "/set", "/adapter", "/model", "/prompt", "/system"])
def test_every_list_is_lines_without_boxes(places: Places, command: str) -> None:
    out = chat(places, command)
    assert out.strip()
    assert not set("│┃║|─━┌┐└┘╭╮") & set(out)


def test_an_opened_chat_is_written_out_and_its_earlier_part_when_asked_for(places: Places) -> None:
    chat(places, *(f"question {n}" for n in range(6)))
    out = chat(places, "/open 1", "+1")
    shown, _, earlier = out.partition("To read more, type +1 4 earlier messages")
    assert "you:\nquestion 2\nbase:\nYou said: question 2\n" in shown
    assert "question 1" not in shown
    assert "you:\nquestion 0\nbase:\nYou said: question 0\n" in " \n".join(
        line.strip() for line in earlier.split("\n")
    ).replace(" \n", "\n")


def test_a_text_to_go_on_with_is_written_where_no_line_can_be_begun(places: Places) -> None:
    assert chat(places, "hello", "/edit").endswith("/edit 1 hello\n")
