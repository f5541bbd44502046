"""What Tab completes on the command line: in this process, and in the shells that are here."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

from assistant.chat import ChatInfo, Store
from assistant.cli.program import run
from assistant.cli.shells import SHELLS
from assistant.paths import find_places
from tests.cli.conftest import Call

ROOT = Path(__file__).resolve().parents[2]
PERSONAL = 'system = "{{mood}} {{who}}"\nsummary = "Mine, with, commas"\n'


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home with a prompt, a model, and two adapters of which one is broken."""
    home = tmp_path / "home"
    (home / "prompts").mkdir(parents=True)
    (home / "prompts" / "my-prompt.toml").write_text(PERSONAL)
    (home / "adapters" / "broken").mkdir(parents=True)
    (home / "adapters" / "mlx-docs").symlink_to(ROOT / "adapters" / "mlx-docs")
    (home / "models" / "tiny-one").mkdir(parents=True)
    (home / "models" / "tiny-one" / "config.json").write_text('{"model_type": "llama"}')
    monkeypatch.setenv("ASSISTANT_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    return home


def tab(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    shell: str = "bash",
) -> list[str]:
    """What would be offered for the last word of a line, line by line."""
    monkeypatch.setenv("_ASSISTANT_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    words = line.split(" ")
    monkeypatch.setenv("COMP_CWORD", words[-1] if shell == "fish" else str(len(words) - 1))
    with pytest.raises(SystemExit):
        run([])
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("assistant conf", ["plain,config"]),
        ("assistant adapter f", ["plain,fuse"]),
        ("assistant ask --stream ", ["plain,text", "plain,json"]),
        ("assistant ask --no-s", ["plain,--no-save"]),
        ("assistant ask -p my", ["plain,my-prompt"]),
        ("assistant ask -p my-prompt --var ", ["plain,mood=", "plain,who="]),
        ("assistant compare -a ", ["plain,mlx-docs"]),
        ("assistant -m ti", ["plain,tiny-one"]),
        ("assistant adapter show ml", ["plain,mlx-docs"]),
        ("assistant config set stre", ["plain,stream"]),
        ("assistant config set theme li", ["plain,light"]),
        ("assistant config set stream ", ["plain,on", "plain,off"]),
        ("assistant ask -a ./some", ["dir,./some"]),
        ("assistant train evaluate -a ml", ["plain,mlx-docs"]),
        ("assistant votes judge -a ml", ["plain,mlx-docs"]),
        ("assistant compare --prompts que", ["file,que"]),
        ("assistant rank --svg dra", ["file,dra"]),
        ("assistant rank mat", ["file,mat"]),
        ("assistant completion z", ["plain,zsh"]),
    ],
)
def test_commands_options_and_names_are_offered(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    offered: list[str],
) -> None:
    assert tab(monkeypatch, capsys, line) == offered


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("assistant ask -p two", ["plain", "two", "Line one, line two"]),
        ("assistant ask -p two --var ", ["plain", "mood=", "Which mood?"]),
        ("assistant -m odd", ["plain", "odd", "my llama"]),
        ("assistant adapter show od", ["dir", "od", "_"]),
    ],
)
def test_what_files_say_stays_on_one_line(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    lines: list[str],
) -> None:
    (home / "prompts" / "two.toml").write_text(
        'summary = """\nLine one,\nline\u2028two"""\nsystem = "{{mood}}"\n'
        '[variables]\nmood = { question = "Which\\r\\nmood?" }\n'
    )
    (home / "models" / "odd").mkdir()
    (home / "models" / "odd" / "config.json").write_text('{"model_type": "my\\nllama"}')
    shutil.copytree(ROOT / "adapters" / "mlx-docs", home / "adapters" / "odd\rname")
    assert tab(monkeypatch, capsys, line, "zsh") == lines


@pytest.mark.parametrize(
    ("shell", "offered"),
    [
        ("bash", ["plain,mlx-docs"]),
        ("fish", ["plain,--adapter=mlx-docs"]),
        ("zsh", ["plain", "--adapter=mlx-docs", "_"]),
    ],
)
def test_a_shell_that_puts_in_whole_words_gets_the_option_back(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    shell: str,
    offered: list[str],
) -> None:
    assert tab(monkeypatch, capsys, "assistant ask --adapter=ml", shell) == offered


def test_chats_are_offered_by_number_with_what_they_are_about(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tab(monkeypatch, capsys, "assistant chats show ", "fish") == [""]
    assert not list(home.glob("*.db*")), "looking makes no file"
    store = Store(find_places().conversations_file)
    for id in ("one", "two"):
        store.put(ChatInfo(id=id, title=f"About {id}", created=1.0, changed=len(id)), [])
    store.close()
    for line in ("assistant chats show ", "assistant export ", "assistant ask --chat "):
        offered = tab(monkeypatch, capsys, line, "fish")
        assert [text.partition("\t")[0] for text in offered] == ["plain,1", "plain,2"]
        assert "About" in offered[0]


def test_tab_imports_nothing_heavy(home: Path) -> None:
    code = (
        "import sys, atexit; from assistant.cli.program import run\n"
        "heavy = {'mlx', 'numpy', 'transformers', 'textual', 'prompt_toolkit', 'flint'}\n"
        "atexit.register(lambda: print(*(heavy & set(sys.modules))))\n"
        "run([])"
    )
    for line in ("assistant ask -a ", "assistant -m ", "assistant ask -p "):
        variables = {
            "_ASSISTANT_COMPLETE": "bash_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(line.split(" ")) - 1),
        }
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        )
        assert done.stdout.startswith("plain,"), done.stderr
        assert done.stdout.splitlines()[-1] == "", "something heavy was imported"


def test_a_shell_that_is_not_known_is_wrong_usage(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call("completion", "tcsh").code == 2
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    assert "bash|zsh|fish" in call("completion").err
    monkeypatch.setenv("SHELL", "/usr/bin/zsh")
    assert call("completion").out == call("completion", "zsh").out


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`assistant` as a program that a shell finds."""
    program = tmp_path / "bin" / "assistant"
    program.parent.mkdir()
    program.write_text(
        f"""#!/bin/sh
        case "$1" in
            ask|compare) printf '%s\\n' "$@" > words; exit ;;
            completion) exec "{sys.executable}" -m assistant "$@" ;;
        esac
        "{sys.executable}" -m assistant
        touch asked
        """
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("TERM", "xterm")


def wait_for(file: Path) -> list[str]:
    """The words in a file that is about to be written."""
    end = time.monotonic() + 60
    while not (file.exists() and (file.name == "asked" or file.read_text())):
        assert time.monotonic() < end, f"{file} was not written"
        time.sleep(0.05)
    return file.read_text().split()


STARTS = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "-i"],
}
PREPARES = {
    "bash": 'eval "$(assistant completion bash)"',
    "zsh": 'autoload -U compinit; compinit -u -D; eval "$(assistant completion zsh)"',
    "fish": "assistant completion fish | source",
}


@pytest.mark.filterwarnings("ignore:.*forkpty.*:DeprecationWarning")
@pytest.mark.parametrize("shell", list(SHELLS))
def test_tab_in_the_shell_itself(
    home: Path, on_path: None, shell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    monkeypatch.setenv("HOME", str(home))
    child = pexpect.spawn(shell, STARTS[shell], encoding="utf-8", timeout=60, dimensions=(40, 160))
    try:
        child.sendline(f"{PREPARES[shell]}; echo prep''ared")
        child.expect("prepared")
        child.send("assistant ask -p my-p\t")
        child.expect("my-prompt")
    finally:
        child.close(force=True)


@pytest.mark.filterwarnings("ignore:.*forkpty.*:DeprecationWarning")
@pytest.mark.parametrize(
    ("typed", "put"),
    [
        ("ask --adapter=./my-f", "ask --adapter=./my-folder"),
        ("ask -a ./my-f", "ask -a ./my-folder"),
        ("compare --prompts=./my-q", "compare --prompts=./my-questions.jsonl"),
    ],
)
@pytest.mark.parametrize("shell", list(SHELLS))
def test_tab_finds_folders_and_files_behind_an_option(
    home: Path, on_path: None, shell: str, typed: str, put: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    monkeypatch.setenv("HOME", str(home))
    Path("my-folder").mkdir()
    Path("my-questions.jsonl").touch()
    child = pexpect.spawn(shell, STARTS[shell], encoding="utf-8", timeout=60, dimensions=(40, 160))
    try:
        child.sendline(f"{PREPARES[shell]}; echo prep''ared")
        child.expect("prepared")
        child.send(f"assistant {typed}\t")
        wait_for(Path("asked"))  # a shell that has more to read takes Tab for a letter
        child.send("\r")
        # Zsh takes a slash at the end away again.
        assert [word.rstrip("/") for word in wait_for(Path("words"))] == put.split()
    finally:
        child.close(force=True)


def in_shell(shell: str, line: str) -> str:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    done = subprocess.run([shell, "-c", line], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("typed", "put"),
    [
        ("t", r"two\ words|two\*"),
        ("'t", "two words|two*"),
        ("$", r"\$\(touch\ pwned\)|"),
        ('"$', r"\$(touch pwned)|"),
    ],
)
def test_bash_gets_names_quoted(home: Path, on_path: None, typed: str, put: str) -> None:
    for name in ("two words", "two*", "$(touch pwned)"):
        shutil.copytree(ROOT / "adapters" / "mlx-docs", home / "adapters" / name)
    Path("plain,two-files").touch()  # which a star would match
    line = f"""
        eval "$(assistant completion bash)"
        COMP_WORDS=(assistant ask -a {shlex.quote(typed)}); COMP_CWORD=3
        _assistant_completion assistant 2> /dev/null
        echo "${{COMPREPLY[0]}}|${{COMPREPLY[1]}}"
    """
    assert in_shell("bash", line).strip() == put


@pytest.mark.parametrize(
    ("words", "put"),
    [
        (("-a", "a"), r"a:b|a:c\ d"),
        (("-a", "a", ":"), r"b|c\ d"),
        (("-a", "a", ":", "c"), r"c\ d|"),
        (("-a", '"a:c'), "a:c d|"),
        (("-a", "x", "="), "y|"),
        (("--adapter", "=", "x"), "x=y|"),
        (("--adapter", "=", "a", ":", "b"), "b|"),
        (("-p", "my-prompt", "--var", "mo"), "mood=|"),
        (("-p", "my-prompt", "--var", "mood", "="), "|"),
    ],
)
def test_bash_takes_names_apart_and_they_are_completed_all_the_same(
    home: Path, on_path: None, words: tuple[str, ...], put: str
) -> None:
    for name in ("a:b", "a:c d", "x=y"):
        shutil.copytree(ROOT / "adapters" / "mlx-docs", home / "adapters" / name)
    typed = f"assistant ask {' '.join(words)}"
    for sign in ":=":
        typed = typed.replace(f" {sign}", sign).replace(f"{sign} ", sign)
    line = f"""
        eval "$(assistant completion bash)"
        COMP_WORDS=(assistant ask {shlex.join(words)}); COMP_CWORD={len(words) + 1}
        COMP_LINE={shlex.quote(typed)}; COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
        _assistant_completion assistant 2> /dev/null
        echo "${{COMPREPLY[0]}}|${{COMPREPLY[1]}}"
    """
    assert in_shell("bash", line).strip() == put


def test_fish_shows_explanations_to_their_end(home: Path, on_path: None) -> None:
    line = 'assistant completion fish | source; complete -C "assistant ask -p my-p"'
    assert in_shell("fish", line) == "my-prompt\tMine, with, commas\n"
