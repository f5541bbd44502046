"""One call, a while later, in a widget's own task.

Textual's `set_timer` drops the call for ever when its time has passed before the timer begins to
wait, as it does where the machine is busy or the time is short (textual.timer: what is late is
skipped, and there is no second time). It refuses to know what is called.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.widget import Widget


def later(widget: Widget, seconds: float, call: Callable[[], Any]) -> asyncio.TimerHandle:
    """Has `call` called, unless what comes back is cancelled or the widget is gone by then."""
    return asyncio.get_running_loop().call_later(seconds, widget.call_next, call)
