"""While a model generates, no thread keeps the interpreter's lock for long."""

import sys

from assistant.engine.lock_sharing import INTERVAL_S, LockSharing


def test_turns_are_short_while_anybody_wants_them_and_as_before_afterwards() -> None:
    before = sys.getswitchinterval()
    sharing = LockSharing()
    sharing.begin()
    sharing.begin()
    sharing.end()
    during = sys.getswitchinterval()
    sharing.end()
    assert abs(during - min(before, INTERVAL_S)) < 1e-6
    assert abs(sys.getswitchinterval() - before) < 1e-6
