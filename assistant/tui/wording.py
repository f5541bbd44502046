"""The program's words for the keys that Textual's own widgets bring: fields, lists, the screen.

Every key in help and in the palette is then told in one voice. It refuses to know which of them
work now.
"""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    # The screen and the app
    "app.focus_next": "to the next thing that takes keys",
    "app.focus_previous": "to the thing before that takes keys",
    "screen.copy_text": "copy the selection",
    "quit": "quit",
    # Moving in a text
    "cursor_up": "a line up",
    "cursor_down": "a line down",
    "cursor_left": "a character left",
    "cursor_right": "a character right",
    "cursor_word_left": "a word left",
    "cursor_left_word": "a word left",
    "cursor_word_right": "a word right",
    "cursor_right_word": "a word right",
    "cursor_line_start": "to the start of the line",
    "home": "to the start of the line",
    "cursor_line_end": "to the end of the line",
    "end": "to the end of the line",
    "cursor_page_up": "a page up",
    "cursor_page_down": "a page down",
    "page_up": "a page up",
    "page_down": "a page down",
    "page_left": "a page left",
    "page_right": "a page right",
    # The same, selecting
    "cursor_up(True)": "select a line up",
    "cursor_down(True)": "select a line down",
    "cursor_left(True)": "select a character left",
    "cursor_right(True)": "select a character right",
    "cursor_word_left(True)": "select a word left",
    "cursor_left_word(True)": "select a word left",
    "cursor_word_right(True)": "select a word right",
    "cursor_right_word(True)": "select a word right",
    "cursor_line_start(True)": "select to the start of the line",
    "home(True)": "select to the start of the line",
    "cursor_line_end(True)": "select to the end of the line",
    "end(True)": "select to the end of the line",
    "select_line": "select the line",
    "select_all": "select everything",
    # Changing it
    "delete_left": "delete a character left",
    "delete_right": "delete a character right",
    "delete_word_left": "delete a word left",
    "delete_left_word": "delete a word left",
    "delete_word_right": "delete a word right",
    "delete_right_word": "delete a word right",
    "delete_to_start_of_line": "delete to the start of the line",
    "delete_left_all": "delete to the start of the line",
    "delete_to_end_of_line_or_delete_line": "delete to the end of the line, or the empty line",
    "delete_right_all": "delete to the end of the line",
    "delete_line": "delete the line",
    "cut": "cut the selection",
    "copy": "copy the selection",
    "paste": "paste",
    "undo": "undo",
    "redo": "redo what was undone",
    "submit": "take what is typed",
    # Moving in a list
    "first": "to the first one",
    "last": "to the last one",
    "select": "take what is marked",
    "command_list('first')": "to the first one",
    "command_list('last')": "to the last one",
    "command_list('cursor_up')": "the one before",
    "command_list('page_up')": "a page up",
    "command_list('page_down')": "a page down",
    "escape": "back to the chat",
}
"""By action, since that is what a key means; the same in a field and in a longer text."""


def words_for(action: str, description: str) -> str:
    """What an action is called here; our own bindings say it themselves."""
    return WORDS.get(action, description)
