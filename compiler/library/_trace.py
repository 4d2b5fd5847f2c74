"""Where exceptions come from: what `e.__traceback__` is, as objects and as text."""

from _iotpy import places as _places

# The compiler puts the program here: (file, text of its lines) of each module, then (name, number of the module, first
# line, positions) of each function. Functions of the library are not among them: they have no places.
_program = b"<library>/_trace.py"


def _own(exception):
    """[function, word, how often] of each place that it came by, outermost first."""
    flat = _places(exception)
    known = len(_program[1])
    return [flat[at:at + 3] for at in range(0, len(flat), 3) if flat[at] < known]


def of(exception):
    """What `exception.__traceback__` is."""
    if not isinstance(exception, BaseException):
        return exception.__traceback__
    runs = _own(exception)
    start = exception.__traceback__
    if start is not None:
        # What it has come by since then stands before that.
        since = sum([run[2] for run in runs]) - start.before
        runs = limited(runs, since) + (start.traceback.runs() if start.traceback else [])
    return traceback(runs, 0, 0) if runs else None


class _Start:
    def __init__(self, traceback, before):
        self.traceback = traceback
        self.before = before


def start(exception, traceback):
    """`exception.with_traceback(traceback)`: the exception itself."""
    exception.__traceback__ = _Start(traceback, sum([run[2] for run in _own(exception)]))
    return exception


def limited(runs, limit):
    """The first `limit` places, or the last ones where it is negative."""
    kept = []
    left = abs(limit)
    for function, word, repeats in runs if limit >= 0 else runs[::-1]:
        if left:
            kept.append([function, word, min(repeats, left)])
            left -= kept[-1][2]
    return kept if limit >= 0 else kept[::-1]


class place:
    """A place in the source: its file, line, function, the text of the line and the marks below it."""

    def __init__(self, function, word):
        self.name, module, self.first_line, positions = _program[1][function]
        self.file, text = _program[0][module]
        self.line, start, width, before, pointed = _position(positions, self.first_line, word)
        self.marks = ""
        if width:
            carets = "~" * before + "^" * pointed
            self.marks = " " * start + carets + "~" * (width - len(carets))
        at = 0
        for _ in range(self.line - 1):
            at = text.find("\n", at) + 1
        self.text = text[at:text.find("\n", at)]


def _position(positions, line, word):
    # Five numbers each, seven bits to a byte: words and lines from the one before, then the marks.
    found = line, 0, 0, 0, 0
    numbers = []
    number = shift = at = 0
    for byte in positions:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(number)
            number = shift = 0
            if len(numbers) == 5:
                step, lines, start, width, anchor = numbers
                at += step
                if at > word:
                    break
                line += lines >> 1 ^ -(lines & 1)
                # Without an anchor all of it is pointed at.
                found = line, start, width, anchor >> 8, anchor & 255 or width
                numbers = []
    return found


class code:
    __module__ = "builtins"

    def __init__(self, place):
        self.co_name = place.name
        self.co_filename = place.file
        self.co_firstlineno = place.first_line


class frame:
    __module__ = "builtins"
    f_back = None

    def __init__(self, place):
        self.f_code = code(place)
        self.f_lineno = place.line


class traceback:
    __module__ = "builtins"

    def __init__(self, runs, at, passed):
        self._runs = runs
        self._at = at
        self._passed = passed

    def runs(self):
        runs = self._runs[self._at:]
        function, word, repeats = runs[0]
        return [[function, word, repeats - self._passed]] + runs[1:]

    def place(self):
        function, word, _ = self._runs[self._at]
        return place(function, word)

    @property
    def tb_next(self):
        if self._passed + 1 < self._runs[self._at][2]:
            return traceback(self._runs, self._at, self._passed + 1)
        return traceback(self._runs, self._at + 1, 0) if self._at + 1 < len(self._runs) else None

    @property
    def tb_lineno(self):
        return self.place().line

    @property
    def tb_lasti(self):
        return self._runs[self._at][1] * 2

    @property
    def tb_frame(self):
        return frame(self.place())

    def __eq__(self, other):
        return isinstance(other, traceback) and self.runs() == other.runs()

    def __hash__(self):
        return self._runs[self._at][1]

    def __repr__(self):
        return f"<traceback object at 0x{id(self):x}>"
