"""Warnings: on the error stream, recorded, ignored, or raised."""

import sys

_ACTIONS = ("error", "ignore", "always", "default", "module", "once")

# What was asked for, the latest first: action, class, pattern that the message begins with.
filters = []
_seen = set()
_records = [None]


class WarningMessage:
    def __init__(self, message, category, filename, lineno, file=None, line=None, source=None):
        self.message, self.category = message, category
        self.filename, self.lineno, self.file, self.line, self.source = filename, lineno, file, line, source


def _action(message, category):
    for action, kind, pattern in filters:
        if issubclass(category, kind) and (pattern is None or pattern.match(str(message))):
            return action
    return "default"


def warn(message, category=None, stacklevel=1, source=None):
    if isinstance(message, Warning):
        category = type(message)
    elif category is None:
        category = UserWarning
    if not (isinstance(category, type) and issubclass(category, Warning)):
        raise TypeError(f"category must be a Warning subclass, not '{type(category).__name__}'")
    if not isinstance(message, Warning):
        message = category(message)
    action = _action(message, category)
    if action == "error":
        raise message
    key = str(message), category
    if action == "ignore" or action != "always" and key in _seen:
        return
    if action != "always":
        _seen.add(key)
    if _records[0] is not None:
        _records[0].append(WarningMessage(message, category, "main.py", 0))
    else:
        sys.stderr.write(f"{category.__name__}: {message}\n")


def simplefilter(action, category=Warning, lineno=0, append=False):
    _insert(action, category, None, append)


def filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False):
    pattern = None
    if message:
        from re import IGNORECASE, compile
        pattern = compile(message, IGNORECASE)
    _insert(action, category, pattern, append)


def _insert(action, category, pattern, append):
    if action not in _ACTIONS:
        raise AssertionError(f"invalid action: {action!r}")
    filters.insert(len(filters) if append else 0, (action, category, pattern))
    _seen.clear()


def resetwarnings():
    filters.clear()


class catch_warnings:
    def __init__(self, *, record=False, module=None, action=None, category=Warning, lineno=0, append=False):
        self._log = [] if record else None
        self._filter = None if action is None else (action, category, None, append)

    def __enter__(self):
        self._saved = filters[:], _records[0]
        if self._log is not None:
            _records[0] = self._log
        if self._filter is not None:
            _insert(*self._filter)
        _seen.clear()
        return self._log

    def __exit__(self, *exc_info):
        filters[:], _records[0] = self._saved
        _seen.clear()
