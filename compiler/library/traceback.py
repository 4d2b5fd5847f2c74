"""Exceptions as text, with the places they came by."""

import sys
from _trace import limited as _limited, of as _of, place as _place

_GIVEN = object()

# How groups are written, in a program that may have some.
_groups = {}


def format_exception_only(exc, /, value=_GIVEN):
    if value is _GIVEN:
        value = exc
    if value is None:
        return ["NoneType: None\n"]
    text = _text(value, "exception")
    name = _name(type(value))
    lines = [f"{name}: {text}\n" if text else f"{name}\n"]
    notes = getattr(value, "__notes__", None)
    if isinstance(notes, (list, tuple)):
        for note in notes:
            lines.extend([f"{line}\n" for line in _text(note, "note").split("\n")])
    elif notes is not None:
        lines.append(repr(notes))
    return lines


def _text(value, what):
    try:
        return str(value)
    except Exception:
        return f"<{what} str() failed>"


def _name(kind):
    module = kind.__module__
    return kind.__qualname__ if module in ("builtins", "__main__") else f"{module}.{kind.__qualname__}"


def format_exception(exc, /, value=_GIVEN, tb=_GIVEN, limit=None, chain=True):
    if value is _GIVEN:
        value = exc
    if tb is _GIVEN:
        tb = None if value is None else _of(value)
    if value is None:
        return format_exception_only(None)
    page = _Page(limit, chain)
    page.exception(value, tb)
    return page.lines


class _Page:
    def __init__(self, limit, chain):
        self.limit = limit
        self.chain = chain
        self.lines = []
        self.seen = []
        # How deep in groups it is.
        self.depth = 0
        self.is_open = False

    def add(self, texts, margin="|"):
        if self.depth:
            indent = "  " * self.depth + margin + " "
            texts = ["".join([indent + line for line in text.splitlines(True)]) for text in texts]
        self.lines.extend(texts)

    def exception(self, value, tb):
        links = []
        while value is not None:
            self.seen.append(value)
            cause = value.__cause__
            context = None if value.__suppress_context__ else value.__context__
            if not self.chain:
                link = None
            elif cause is not None and self.is_new(cause):
                link = cause, "\nThe above exception was the direct cause of the following exception:\n\n"
            elif context is not None and self.is_new(context):
                link = context, "\nDuring handling of the above exception, another exception occurred:\n\n"
            else:
                link = None
            links.append((link and link[1], value, tb))
            value = link and link[0]
            tb = link and _of(value)
        for message, value, tb in reversed(links):
            if message:
                self.add([message])
            if _groups and _groups["Group"](self, value, tb):
                continue
            if tb is not None:
                self.add(["Traceback (most recent call last):\n"])
                self.add(format_tb(tb, self.limit))
            self.add(format_exception_only(value))

    def is_new(self, exception):
        return not [one for one in self.seen if one is exception]


def _group(page, value, tb):
    if not isinstance(value, BaseExceptionGroup):
        return False
    if page.depth > 10:
        page.add(["... (max_group_depth is 10)\n"])
        return True
    is_outermost = page.depth == 0
    if is_outermost:
        page.depth = 1
    if tb is not None:
        page.add(["Exception Group Traceback (most recent call last):\n"], "+" if is_outermost else "|")
        page.add(format_tb(tb, page.limit))
    page.add(format_exception_only(value))
    parts = value.exceptions
    shown = min(len(parts), 16)
    page.is_open = False
    for index in range(shown):
        is_last = index == shown - 1
        if is_last:
            # A group within may write the closing line.
            page.is_open = True
        title = "..." if index == 15 else index + 1
        page.lines.append("  " * page.depth + ("+-" if index == 0 else "  ") + f"+---------------- {title} ----------------\n")
        page.depth += 1
        if index < 15:
            page.exception(parts[index], _of(parts[index]))
        else:
            more = len(parts) - 15
            page.add([f"and {more} more exception{'s' if more > 1 else ''}\n"])
        if is_last and page.is_open:
            page.lines.append("  " * page.depth + "+------------------------------------\n")
            page.is_open = False
        page.depth -= 1
    if is_outermost:
        page.depth = 0
    return True


_groups["Group"] = _group


def format_tb(tb, limit=None):
    runs = [] if tb is None else tb.runs()
    if limit is not None:
        runs = _limited(runs, limit)
    return _entries([(_place(function, word), repeats) for function, word, repeats in runs])


def _entries(places):
    """Text of each place; more than three of the same line are counted."""
    entries = []
    last = None
    count = 0
    for place, repeats in places:
        line = place.file, place.line, place.name
        if line != last:
            _repeated(entries, count)
            last = line
            count = 0
        text = f'  File "{place.file}", line {place.line}, in {place.name}\n'
        if place.text:
            text += f"    {place.text}\n"
        if place.marks:
            text += f"    {place.marks}\n"
        entries.extend([text] * min(repeats, max(3 - count, 0)))
        count += repeats
    _repeated(entries, count)
    return entries


def _repeated(entries, count):
    if count > 3:
        entries.append(f"  [Previous line repeated {count - 3} more time{'s' if count > 4 else ''}]\n")


def format_exc(limit=None, chain=True):
    return "".join(format_exception(sys.exception(), limit=limit, chain=chain))


def print_exception(exc, /, value=_GIVEN, tb=_GIVEN, limit=None, file=None, chain=True):
    _print(format_exception(exc, value, tb, limit, chain), file)


def print_exc(limit=None, file=None, chain=True):
    print_exception(sys.exception(), limit=limit, file=file, chain=chain)


def print_tb(tb, limit=None, file=None):
    _print(format_tb(tb, limit), file)


def _print(lines, file):
    for line in lines:
        print(line, file=sys.stderr if file is None else file, end="")


class FrameSummary:
    marks = ""

    def __init__(self, filename, lineno, name, *, lookup_line=True, locals=None, line=None, end_lineno=None, colno=None, end_colno=None):
        self.filename = filename
        self.lineno = lineno
        self.name = name
        self.line = "" if line is None else line.strip()
        self.locals = None

    def __eq__(self, other):
        if isinstance(other, FrameSummary):
            return list(self)[:3] == list(other)[:3]
        return tuple(self) == other if isinstance(other, tuple) else NotImplemented

    def __getitem__(self, pos):
        return (self.filename, self.lineno, self.name, self.line)[pos]

    def __iter__(self):
        return iter([self.filename, self.lineno, self.name, self.line])

    def __len__(self):
        return 4

    def __repr__(self):
        return f"<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>"


class StackSummary(list):
    @classmethod
    def from_list(cls, a_list):
        made = cls()
        for one in a_list:
            made.append(one if isinstance(one, FrameSummary) else FrameSummary(*one[:3], line=one[3]))
        return made

    def format_frame_summary(self, frame_summary):
        return format_list([frame_summary])[0]

    def format(self):
        return format_list(self)


def extract_tb(tb, limit=None):
    runs = [] if tb is None else tb.runs()
    if limit is not None:
        runs = _limited(runs, limit)
    stack = StackSummary()
    for function, word, repeats in runs:
        place = _place(function, word)
        summary = FrameSummary(place.file, place.line, place.name, line=place.text)
        summary.marks = place.marks
        stack.extend([summary] * repeats)
    return stack


def format_list(extracted_list):
    entries = []
    for one in StackSummary.from_list(extracted_list):
        entries.append((_Line(one), 1))
    return _entries(entries)


class _Line:
    def __init__(self, summary):
        self.file, self.line, self.name, self.text = summary
        self.marks = summary.marks


def print_list(extracted_list, file=None):
    _print(format_list(extracted_list), file)


def walk_tb(tb):
    while tb is not None:
        yield tb.tb_frame, tb.tb_lineno
        tb = tb.tb_next


class TracebackException:
    def __init__(self, exc_type, exc_value, exc_traceback, *, limit=None, lookup_lines=True, capture_locals=False, compact=False, max_group_width=15, max_group_depth=10):
        self.exc_type = exc_type
        self.stack = extract_tb(exc_traceback, limit)
        self.__notes__ = getattr(exc_value, "__notes__", None)
        self._exception = exc_value, exc_traceback
        self._limit = limit

    @classmethod
    def from_exception(cls, exc, *args, **kwargs):
        return cls(type(exc), exc, _of(exc), *args, **kwargs)

    def _of(self, exception):
        return None if exception is None else TracebackException.from_exception(exception)

    __cause__ = property(lambda self: self._of(self._exception[0].__cause__))
    __context__ = property(lambda self: self._of(self._exception[0].__context__))
    __suppress_context__ = property(lambda self: self._exception[0].__suppress_context__)

    def format_exception_only(self):
        yield from format_exception_only(self._exception[0])

    def format(self, *, chain=True):
        value, tb = self._exception
        yield from format_exception(self.exc_type, value, tb, self._limit, chain)

    def print(self, *, file=None, chain=True):
        _print(self.format(chain=chain), file)

    def __str__(self):
        return _text(self._exception[0], "exception")

    def __eq__(self, other):
        return isinstance(other, TracebackException) and [*self.format()] == [*other.format()]
