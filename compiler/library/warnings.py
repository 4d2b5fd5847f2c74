"""Warnings, on the error stream."""

import sys

_ignored = []


def warn(message, category=None, stacklevel=1, source=None):
    if isinstance(message, Warning):
        category = type(message)
    category = category or UserWarning
    for ignored in _ignored:
        if issubclass(category, ignored):
            return
    sys.stderr.write(f"{category.__name__}: {message}\n")


def simplefilter(action, category=Warning, lineno=0, append=False):
    if action == "ignore":
        _ignored.append(category)


def filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False):
    simplefilter(action, category)


def resetwarnings():
    _ignored.clear()


class catch_warnings:
    def __init__(self, *, record=False, **kwargs):
        self._log = [] if record else None

    def __enter__(self):
        self._saved = _ignored[:]
        return self._log

    def __exit__(self, *exc_info):
        _ignored[:] = self._saved
