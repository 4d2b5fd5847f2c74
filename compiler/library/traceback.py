"""Exceptions as text. Where they came from is not told: lines of the source stay with the host, which prints them."""

import sys


def format_exception_only(exc, /, value=None, **kwargs):
    if value is None and not isinstance(exc, type):
        value = exc
    if value is None:
        return [f"{_name(exc)}\n" if exc is not None else "NoneType: None\n"]
    try:
        text = str(value)
    except Exception:
        text = "<exception str() failed>"
    name = _name(type(value))
    lines = [f"{name}: {text}\n" if text else f"{name}\n"]
    for note in getattr(value, "__notes__", None) or ():
        lines.extend(f"{line}\n" for line in str(note).split("\n"))
    return lines


def _name(kind):
    module = getattr(kind, "__module__", "builtins")
    name = getattr(kind, "__qualname__", kind.__name__)
    return name if module in ("builtins", "__main__") else f"{module}.{name}"


def format_exception(exc, /, value=None, tb=None, limit=None, chain=True):
    if value is None and not isinstance(exc, type):
        value = exc
    lines = []
    if chain and value is not None:
        cause = value.__cause__
        context = value.__context__
        if cause is not None:
            lines.extend(format_exception(cause))
            lines.append("\nThe above exception was the direct cause of the following exception:\n\n")
        elif context is not None and not value.__suppress_context__:
            lines.extend(format_exception(context))
            lines.append("\nDuring handling of the above exception, another exception occurred:\n\n")
    if value is not None and value.__traceback__ is not None:
        lines.append("Traceback (most recent call last):\n")
    lines.extend(format_exception_only(exc, value))
    return lines


def format_exc(limit=None, chain=True):
    return "".join(format_exception(*sys.exc_info(), chain=chain))


def print_exception(exc, /, value=None, tb=None, limit=None, file=None, chain=True):
    (file or sys.stderr).write("".join(format_exception(exc, value, chain=chain)))


def print_exc(limit=None, file=None, chain=True):
    (file or sys.stderr).write(format_exc(chain=chain))
