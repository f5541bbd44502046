"""What click's completion scripts get wrong, put right: names are data to a shell too.

Click's script for bash puts names on the line as they are, so that `two words` becomes two of them
and `$(…)` would run; the one for fish cuts explanations at the first comma. It refuses to know
what can be completed.
"""

from __future__ import annotations

from click.shell_completion import BashComplete, FishComplete

# The bash of macOS is of 2007: it knows neither unsorted matches nor compopt.
_BASH = r"""
%(complete_func)s() {
    local response type value typed=${COMP_WORDS[COMP_CWORD]}

    response=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \
        %(complete_var)s=bash_complete $1)
    COMPREPLY=()

    while IFS=, read -r type value; do
        if [[ $type == dir ]]; then
            compopt -o dirnames 2>/dev/null
        elif [[ $type == file ]]; then
            compopt -o default 2>/dev/null
        elif [[ $type == plain ]]; then
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


class Bash(BashComplete):
    """Quotes names."""

    source_template = _BASH


class Fish(FishComplete):
    """Shows explanations to their end."""

    source_template = FishComplete.source_template.replace(
        'string split ","', 'string split --max 1 ","'
    )
