"""With `save_caches` a chat that is opened another day is not read again; else nothing is kept."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from assistant.chat import ChatCaches
from assistant.commands import Session
from assistant.engine.types import Request
from assistant.errors import PromptCacheUnusable
from assistant.paths import Places
from assistant.settings import Settings
from tests.commands.saying import notices, say
from tests.fakes import FakeEngine
from tests.small_models import make_model

QUESTION: Request = Request([{"role": "user", "content": "hello"}])


class Keeping(FakeEngine):
    """Writes what it is told to write, and takes what begins with "good"."""

    def __init__(self, content: bytes = b"good") -> None:
        super().__init__()
        self.content = content

    def save_prompt_cache(self, request: Request, file: Path) -> int:
        file.write_bytes(self.content)
        return len(self.content)

    def load_prompt_cache(self, file: Path) -> int:
        content = file.read_bytes()
        if not content.startswith(b"good"):
            raise PromptCacheUnusable(f"{file} is damaged.")
        return len(content)


def model_session(model: Path, places: Places, megabytes: int = 50, **more: object) -> Session:
    settings = Settings(model=str(model), max_tokens=8, save_caches=megabytes, **more)  # type: ignore[arg-type]
    session = Session(settings, places)
    session.start()
    return session


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_model(tmp_path / "model")


def test_another_day_only_the_new_question_is_read(model: Path, places: Places) -> None:
    session = model_session(model, places)
    say(session, "the adapter and the base model")
    said = session.last_finish
    session.close()
    (file,) = places.caches_folder.iterdir()
    assert stat.S_IMODE(places.caches_folder.stat().st_mode) == 0o700
    again = model_session(model, places)
    assert "tokens of it need not be read again" in notices(say(again, "/open 1"))
    say(again, "and then?")
    now = again.last_finish
    assert said is not None
    assert now is not None
    assert now.usage.cached_tokens >= said.usage.prompt_tokens
    written = file.stat().st_mtime_ns
    again.close()
    assert file.stat().st_mtime_ns > written, "the chat has grown"


def test_going_on_another_day_reads_nothing_again(model: Path, places: Places) -> None:
    session = model_session(model, places)
    say(session, "the adapter and the base model")
    assert session.last_finish is not None
    assert session.last_finish.reason == "length"
    session.close()
    again = model_session(model, places)
    say(again, "/open 1", "/continue")
    finish = again.last_finish
    again.close()
    assert finish is not None
    assert finish.usage.completion_tokens == 8
    assert finish.usage.prompt_tokens - finish.usage.cached_tokens <= 2


@pytest.mark.parametrize(("megabytes", "save"), [(0, True), (50, False)])
def test_nothing_is_kept_unless_it_is_wanted(
    model: Path, places: Places, megabytes: int, save: bool
) -> None:
    session = model_session(model, places, megabytes, save=save)
    say(session, "hello", "/new")
    session.close()
    assert not places.caches_folder.exists()


def test_the_longest_unused_go_first(tmp_path: Path) -> None:
    caches = ChatCaches(tmp_path / "caches")
    engine = Keeping(b"good" * 25)
    for age, chat in enumerate(("c", "b", "a")):
        assert caches.save(engine, chat, QUESTION, 1000) == 100
        os.utime(tmp_path / "caches" / f"{chat}.safetensors", (1000 - age, 1000 - age))
    assert caches.save(engine, "d", QUESTION, 300) == 100
    assert sorted(file.stem for file in (tmp_path / "caches").iterdir()) == ["b", "c", "d"]
    os.utime(tmp_path / "caches" / "d.safetensors", (2000, 2000))
    assert caches.load(engine, "b") == 100
    assert caches.save(engine, "e", QUESTION, 200) == 100
    assert sorted(file.stem for file in (tmp_path / "caches").iterdir()) == ["b", "e"]


def test_one_that_alone_is_too_large_is_not_kept(tmp_path: Path) -> None:
    caches = ChatCaches(tmp_path)
    assert caches.save(Keeping(b"good" * 25), "a", QUESTION, 99) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_removed_and_nobody_is_troubled(tmp_path: Path) -> None:
    caches = ChatCaches(tmp_path)
    caches.save(Keeping(b"bad"), "a", QUESTION, 1000)
    assert caches.load(Keeping(), "a") == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("chat", ["../a", "a/b", "", "A", "a.b", ".a"])
def test_no_id_leads_out_of_the_folder(tmp_path: Path, chat: str) -> None:
    caches = ChatCaches(tmp_path / "caches")
    assert caches.save(Keeping(), chat, QUESTION, 1000) == 0
    assert caches.load(Keeping(), chat) == 0
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_program_left_behind_goes(tmp_path: Path) -> None:
    left = tmp_path / ".a.safetensors.unfinished.safetensors"
    left.write_bytes(b"half")
    os.utime(left, (1000, 1000))
    ChatCaches(tmp_path).save(Keeping(), "b", QUESTION, 1000)
    assert [file.name for file in tmp_path.iterdir()] == ["b.safetensors"]
