"""What click's completion scripts get wrong, put right: names are data to a shell too.

Click's script for bash puts names on the line as they are, so that `two words` becomes two of them
and `$(…)` would run, and knows nothing of what bash makes of `a:b` and `--adapter=b`; the one for
fish cuts explanations at the first comma, and neither it nor the one for zsh gives `--adapter=`
back, or finds the files and folders behind it. It refuses to know what can be completed.
"""

from __future__ import annotations

from typing import Any

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

# The bash of macOS is of 2007: it knows neither unsorted matches nor compopt.
_BASH = r"""
%(complete_func)s() {
    local response type value typed=${COMP_WORDS[COMP_CWORD]}
    local rest=$COMP_LINE gap breaks= prefix= at last=-1
    local -a words

    # Bash takes a word apart at ":" and "=", which stand in names and before values.
    for ((at = 0; at <= COMP_CWORD; at++)); do
        gap=${rest%%%%[^[:space:]]*}
        rest=${rest#"$gap"}
        if [[ $at -gt 0 && -z $gap && (${COMP_WORDS[at]} == [:=]* ||
            ${COMP_WORDS[at - 1]} == *[:=]) ]]; then
            words[last]+=${COMP_WORDS[at]}
        else
            words[++last]=${COMP_WORDS[at]}
        fi
        rest=${rest#"${COMP_WORDS[at]}"}
    done
    # What stands before the last of them is on the line already.
    [[ $COMP_WORDBREAKS == *:* ]] && breaks=:
    [[ $COMP_WORDBREAKS == *=* ]] && breaks+==
    if [[ -n $breaks && $typed != [\'\"]* ]]; then
        prefix=${words[last]%%"${words[last]##*[$breaks]}"}
        [[ $prefix == -*=* ]] && prefix=${prefix#*=}
    fi

    response=$(env COMP_WORDS="${words[*]}" COMP_CWORD=$last \
        %(complete_var)s=bash_complete $1)
    COMPREPLY=()

    while IFS=, read -r type value; do
        if [[ $type == dir ]]; then
            compopt -o dirnames 2>/dev/null
        elif [[ $type == file ]]; then
            compopt -o default 2>/dev/null
        elif [[ $type == plain ]]; then
            value=${value#"$prefix"}
            [[ -z $value ]] && continue
            # A value is still to come after "=".
            [[ $value == *= ]] && compopt -o nospace 2>/dev/null
            # Names are not code; what stands between quotes is quoted by these.
            case $typed in
                \'*) value=${value//\'/\'\\\'\'} ;;
                \"*) value=$(printf '%%s' "$value" | sed 's/[\\"$`]/\\&/g') ;;
                *) [[ $value == *= ]] || printf -v value %%q "$value" ;;
            esac
            COMPREPLY+=("$value")
        fi
    done <<< "$response"
}

%(complete_func)s_setup() {
    complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null ||
        complete -F %(complete_func)s %(prog_name)s
}

%(complete_func)s_setup;
"""


# A path is put in the place of the whole word, so that --adapter= stands before it again.
_FISH = r"""
function %(complete_func)s;
    set -l typed (commandline -t);
    set -l option (string match --regex -- '^--[^=]*=' "$typed");
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) \
        COMP_CWORD="$typed" %(prog_name)s);

    for completion in $response;
        set -l parts (string split --max 1 "," $completion);

        if test $parts[1] = "dir";
            for path in (__fish_complete_directories $parts[2]);
                printf '%%s\n' "$option$path";
            end;
        else if test $parts[1] = "file";
            for path in (__fish_complete_path $parts[2]);
                printf '%%s\n' "$option$path";
            end;
        else if test $parts[1] = "plain";
            echo $parts[2];
        end;
    end;
end;

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)";
"""


class Bash(BashComplete):
    """Quotes names."""

    source_template = _BASH


class _WholeWords(ShellComplete):
    """For shells that put a name in the place of a whole word, such as --adapter=my."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[Any]]:
        found = super().get_completions(args, incomplete)
        option, sign, _ = incomplete.partition("=")
        if not sign or not option.startswith("--"):
            return found
        return [
            CompletionItem(f"{option}={item.value}", item.type, item.help)
            if item.type == "plain"
            else item
            for item in found
        ]


class Zsh(_WholeWords, ZshComplete):
    """Leaves the option where it is."""

    # Only what stands behind the first "=" is a path.
    source_template = ZshComplete.source_template.replace(
        "            _path_files",
        "            [[ $PREFIX == --*=* ]] && compset -P 1 '*='\n            _path_files",
    )


class Fish(_WholeWords, FishComplete):
    """Shows explanations to their end, and leaves the option where it is."""

    source_template = _FISH


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}


def answer_shells() -> None:
    """From now on it is these that answer when a shell asks."""
    for name, shell in SHELLS.items():
        add_completion_class(shell, name)
