"""The collector: it works by itself, and when a program says so. Objects that nobody refers to are gone after it."""

from _iotpy import collections as _collections
from _weakref import sweep as _sweep

_enabled = True


def collect(generation=2):
    if generation not in (0, 1, 2):
        raise ValueError("invalid generation")
    _collections(True)
    while _sweep():
        _collections(True)
    return 0


def enable():
    global _enabled
    _enabled = True


def disable():
    """Nothing but what `isenabled` says: where memory is used up, it is collected."""
    global _enabled
    _enabled = False


def isenabled():
    return _enabled
