"""What keys do here and now, read from the bindings of what has the focus and what is around it.

Help and the palette both show what `keys_here` finds, so neither keeps a list of its own. A node
names its group with `KEYS_TITLE`, hides what does not work now in `check_action`, and may say in
`describe_action` what a key would do at this moment. It refuses to know any particular key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input, TextArea

from assistant.tui.wording import words_for

EDITING = "Editing"
EVERYWHERE = "Everywhere"
_LAST = 1000
_NAMES = {
    "pageup": "PageUp",
    "pagedown": "PageDown",
    "escape": "Esc",
    "question_mark": "?",
    "slash": "/",
    "plus": "+",
    "minus": "-",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


@dataclass(frozen=True)
class Does:
    """One action, with all the keys that lead to it."""

    keys: tuple[str, ...]
    what: str
    action: str
    node: DOMNode
    group: str

    @property
    def names(self) -> str:
        return ", ".join(map(key_name, self.keys))


def key_name(key: str) -> str:
    """ "ctrl+j" as people write it; a letter alone as it is typed."""
    *modifiers, last = key.split("+")
    plain = last if len(last) == 1 and not modifiers else last.capitalize()
    return "+".join([*map(str.capitalize, modifiers), _NAMES.get(last, plain)])


def keys_here(screen: Screen[Any]) -> list[Does]:
    """What works now, from the focus outwards."""
    found: dict[tuple[int, str], Does] = {}
    for key, active in screen.active_bindings.items():
        binding, node = active.binding, active.node
        if not binding.description or binding.system or not active.enabled or "super" in key:
            continue
        where = (id(node), binding.action)
        known = found.get(where)
        keys = (*known.keys, key) if known is not None else (key,)
        found[where] = Does(keys, _what(node, binding), binding.action, node, _group(node, binding))
    groups = list(dict.fromkeys(does.group for does in found.values()))
    # Moving a cursor is what everybody tries by themselves.
    order = {group: (group == EDITING, place) for place, group in enumerate(groups)}
    return sorted(found.values(), key=lambda does: (order[does.group], _place(does)))


def _place(does: Does) -> int:
    """Where the program's classes name the action: the most needed first, Textual's own last."""
    own = _own_actions(type(does.node))
    return own.index(does.action) if does.action in own else _LAST


def _what(node: DOMNode, binding: Binding) -> str:
    describe = getattr(node, "describe_action", None)
    said = describe(binding.action) if describe is not None else None
    if said or binding.action in _own_actions(type(node)):
        return str(said or binding.description)
    return words_for(binding.action, binding.description)


def _group(node: DOMNode, binding: Binding) -> str:
    if isinstance(node, App | Screen):
        return EVERYWHERE
    title = getattr(node, "KEYS_TITLE", "Here")
    if isinstance(node, TextArea | Input) and binding.action not in _own_actions(type(node)):
        return EDITING
    return str(title)


def _own_actions(kind: type[DOMNode]) -> list[str]:
    """What the program's own classes bind, and not Textual's that they are made from."""
    return [
        binding.action
        for ours in kind.__mro__
        if not ours.__module__.startswith("textual.")
        for binding in ours.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding)
    ]
