"""Documents in TOML 1.0 as dicts."""

from datetime import date as _date, datetime as _datetime, time as _time, timedelta as _timedelta, timezone as _timezone

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
# What no comment and no text may have in it.
_CONTROLS = frozenset([chr(code) for code in range(32) if code != 9] + [chr(127)])
_CONTROLS_OF_LINES = _CONTROLS - {"\n"}


class TOMLDecodeError(ValueError):
    pass


def load(fp, /, *, parse_float=float):
    data = fp.read()
    try:
        text = data.decode()
    except AttributeError:
        raise TypeError("File must be opened in binary mode, e.g. use `open('foo.toml', 'rb')`") from None
    return loads(text, parse_float=parse_float)


def loads(s, /, *, parse_float=float):
    return _Document(s.replace("\r\n", "\n"), parse_float).read()


class _Names:
    """What tables may still be opened or added to, by their names."""

    def __init__(self):
        self._frozen = set()
        self._explicit = set()

    def freeze(self, key):
        self._frozen.add(key)

    def declare(self, key):
        self._explicit.add(key)

    def is_frozen(self, key):
        return any([key[:end] in self._frozen for end in range(1, len(key) + 1)])

    def is_declared(self, key):
        return key in self._explicit

    def forget(self, key):
        self._frozen = {one for one in self._frozen if one[:len(key)] != key}
        self._explicit = {one for one in self._explicit if one[:len(key)] != key}


class _Document:
    def __init__(self, text, parse_float):
        self._text = text
        self._at = 0
        self._names = _Names()
        self._data = {}
        self._parse_float = parse_float

    # ---- reading ----

    def _fail(self, message, at=None):
        at = self._at if at is None else at
        if at >= len(self._text):
            place = "end of document"
        else:
            line = self._text.count("\n", 0, at) + 1
            place = f"line {line}, column {at - self._text.rfind(chr(10), 0, at)}"
        return TOMLDecodeError(f"{message} (at {place})")

    def _next(self):
        return self._text[self._at:self._at + 1]

    def _has(self, text):
        return self._text.startswith(text, self._at)

    def _skip(self, characters):
        text, at = self._text, self._at
        while at < len(text) and text[at] in characters:
            at += 1
        self._at = at

    def _until(self, expected, refused, must_come):
        """What stands before a text; the place is there then."""
        end = self._text.find(expected, self._at)
        if end < 0:
            end = len(self._text)
            if must_come:
                raise self._fail(f"Expected {expected!r}", end)
        part = self._text[self._at:end]
        for at, character in enumerate(part, self._at):
            if character in refused:
                raise self._fail(f"Found invalid character {character!r}", at)
        self._at = end
        return part

    def _comment(self):
        if self._next() == "#":
            self._at += 1
            self._until("\n", _CONTROLS, False)

    # ---- statements ----

    def read(self):
        header = ()
        pending = set()
        while True:
            self._skip(" \t")
            first = self._next()
            if not first:
                break
            if first == "\n":
                self._at += 1
                continue
            if first in _BARE or first in "\"'":
                self._pair(header, pending)
            elif first == "[":
                for key in pending:
                    self._names.declare(key)
                pending.clear()
                header = self._header()
            elif first != "#":
                raise self._fail("Invalid statement")
            self._skip(" \t")
            self._comment()
            if not self._next():
                break
            if self._next() != "\n":
                raise self._fail("Expected newline or end of document after a statement")
            self._at += 1
        return self._data

    def _header(self):
        is_list = self._has("[[")
        self._at += 2 if is_list else 1
        self._skip(" \t")
        key = self._key()
        names = self._names
        if is_list:
            if names.is_frozen(key):
                raise self._fail(f"Cannot mutate immutable namespace {key}")
            names.forget(key)
        elif names.is_declared(key) or names.is_frozen(key):
            raise self._fail(f"Cannot declare {key} twice")
        names.declare(key)
        try:
            if is_list:
                around = _table(self._data, key[:-1])
                if not isinstance(around.setdefault(key[-1], []), list):
                    raise KeyError
                around[key[-1]].append({})
            else:
                _table(self._data, key)
        except KeyError:
            raise self._fail("Cannot overwrite a value") from None
        if is_list and not self._has("]]"):
            raise self._fail("Expected ']]' at the end of an array declaration")
        if not self._has("]"):
            raise self._fail("Expected ']' at the end of a table declaration")
        self._at += 2 if is_list else 1
        return key

    def _pair(self, header, pending):
        key, value = self._key_and_value()
        names = self._names
        for end in range(1, len(key)):
            around = header + key[:end]
            if names.is_declared(around):
                raise self._fail(f"Cannot redefine namespace {around}")
            pending.add(around)
        around = header + key[:-1]
        if around and names.is_frozen(around):
            raise self._fail(f"Cannot mutate immutable namespace {around}")
        try:
            table = _table(self._data, around)
        except KeyError:
            raise self._fail("Cannot overwrite a value") from None
        if key[-1] in table:
            raise self._fail("Cannot overwrite a value")
        if isinstance(value, (dict, list)):
            names.freeze(header + key)
        table[key[-1]] = value

    def _key_and_value(self):
        key = self._key()
        if self._next() != "=":
            raise self._fail("Expected '=' after a key in a key/value pair")
        self._at += 1
        self._skip(" \t")
        return key, self._value()

    def _key(self):
        parts = []
        while True:
            first = self._next()
            if first and first in _BARE:
                start = self._at
                self._skip(_BARE)
                parts.append(self._text[start:self._at])
            elif first == "'":
                parts.append(self._literal())
            elif first == '"':
                self._at += 1
                parts.append(self._basic(False))
            else:
                raise self._fail("Invalid initial character for a key part")
            self._skip(" \t")
            if self._next() != ".":
                return tuple(parts)
            self._at += 1
            self._skip(" \t")

    # ---- values ----

    def _value(self):
        first = self._next()
        if first == '"':
            if self._has('"""'):
                return self._lines('"')
            self._at += 1
            return self._basic(False)
        if first == "'":
            return self._lines("'") if self._has("'''") else self._literal()
        for text, value in (("true", True), ("false", False)):
            if self._has(text):
                self._at += len(text)
                return value
        if first == "[":
            return self._array()
        if first == "{":
            return self._inline_table()
        for read in (self._date_or_datetime, self._local_time, self._number):
            value = read()
            if value is not None:
                return value
        for text in ("inf", "nan", "-inf", "+inf", "-nan", "+nan"):
            if self._has(text):
                self._at += len(text)
                return self._float(text)
        raise self._fail("Invalid value")

    def _float(self, text):
        value = self._parse_float(text)
        if isinstance(value, (dict, list)):
            raise ValueError("parse_float must not return dicts or lists")
        return value

    def _spaces(self):
        """Spaces, lines and comments within an array."""
        before = None
        while before != self._at:
            before = self._at
            self._skip(" \t\n")
            self._comment()

    def _array(self):
        self._at += 1
        array = []
        self._spaces()
        while not self._has("]"):
            array.append(self._value())
            self._spaces()
            if self._next() != "]":
                if self._next() != ",":
                    raise self._fail("Unclosed array")
                self._at += 1
                self._spaces()
        self._at += 1
        return array

    def _inline_table(self):
        self._at += 1
        data = {}
        names = _Names()
        self._skip(" \t")
        if self._has("}"):
            self._at += 1
            return data
        while True:
            key, value = self._key_and_value()
            if names.is_frozen(key):
                raise self._fail(f"Cannot mutate immutable namespace {key}")
            try:
                table = _table(data, key[:-1], False)
            except KeyError:
                raise self._fail("Cannot overwrite a value") from None
            if key[-1] in table:
                raise self._fail(f"Duplicate inline table key {key[-1]!r}")
            table[key[-1]] = value
            self._skip(" \t")
            if self._next() == "}":
                self._at += 1
                return data
            if self._next() != ",":
                raise self._fail("Unclosed inline table")
            if isinstance(value, (dict, list)):
                names.freeze(key)
            self._at += 1
            self._skip(" \t")

    # ---- text ----

    def _literal(self):
        self._at += 1
        text = self._until("'", _CONTROLS, True)
        self._at += 1
        return text

    def _lines(self, quote):
        self._at += 3
        if self._has("\n"):
            self._at += 1
        if quote == "'":
            text = self._until("'''", _CONTROLS_OF_LINES, True)
            self._at += 3
        else:
            text = self._basic(True)
        # Up to two quotes may stand before those that end it.
        for _ in range(2):
            if self._has(quote):
                self._at += 1
                text += quote
            else:
                break
        return text

    def _basic(self, over_lines):
        refused = _CONTROLS_OF_LINES if over_lines else _CONTROLS
        parts = []
        start = self._at
        while True:
            character = self._next()
            if not character:
                raise self._fail("Unterminated string")
            if character == '"' and (not over_lines or self._has('"""')):
                parts.append(self._text[start:self._at])
                self._at += 3 if over_lines else 1
                return "".join(parts)
            if character == "\\":
                parts.append(self._text[start:self._at])
                parts.append(self._escape(over_lines))
                start = self._at
                continue
            if character in refused:
                raise self._fail(f"Illegal character {character!r}")
            self._at += 1

    def _escape(self, over_lines):
        self._at += 1
        sign = self._next()
        if sign:
            self._at += 1
        if over_lines and sign and sign in " \t\n":
            # The rest of the line is blank, and what the next ones begin with is left out.
            if sign != "\n":
                self._skip(" \t")
                if not self._next():
                    return ""
                if self._next() != "\n":
                    raise self._fail("Unescaped '\\' in a string")
            self._skip(" \t\n")
            return ""
        if sign == "u" or sign == "U":
            digits = self._text[self._at:self._at + (4 if sign == "u" else 8)]
            if len(digits) != (4 if sign == "u" else 8) or digits.strip("0123456789abcdefABCDEF"):
                raise self._fail("Invalid hex value")
            self._at += len(digits)
            code = int(digits, 16)
            if 0xD7FF < code < 0xE000 or code > 0x10FFFF:
                raise self._fail("Escaped character is not a Unicode scalar value")
            return chr(code)
        if sign not in _ESCAPES:
            if not sign:
                self._at += 1
            raise self._fail("Unescaped '\\' in a string")
        return _ESCAPES[sign]

    # ---- numbers and times ----

    def _digits(self, at, digits):
        """The end of digits with single underscores between them; where they begin if there are none."""
        text = self._text
        end = at
        while text[at:at + 1] and text[at] in digits:
            at += 1
            end = at
            if text[at:at + 1] == "_":
                at += 1
        return end

    def _number(self):
        text, start = self._text, self._at
        for sign, digits in (("x", "0123456789abcdefABCDEF"), ("b", "01"), ("o", "01234567")):
            if text.startswith("0" + sign, start):
                end = self._digits(start + 2, digits)
                if end > start + 2:
                    self._at = end
                    return int(text[start:end], 0)
        at = start + (text[start:start + 1] in ("+", "-"))
        end = at + 1 if text[at:at + 1] == "0" else self._digits(at, "0123456789")
        if end == at:
            return None
        whole = end
        if text[end:end + 1] == ".":
            fraction = self._digits(end + 1, "0123456789")
            end = fraction if fraction > end + 1 else end
        if text[end:end + 1] in ("e", "E"):
            first = end + 1 + (text[end + 1:end + 2] in ("+", "-"))
            exponent = self._digits(first, "0123456789")
            end = exponent if exponent > first else end
        self._at = end
        return int(text[start:end], 0) if end == whole else self._float(text[start:end])

    def _two(self, at, lowest, highest):
        digits = self._text[at:at + 2]
        if len(digits) == 2 and digits.isascii() and digits.isdigit() and lowest <= int(digits) <= highest:
            return int(digits)
        return None

    def _clock(self, at):
        """Hour, minute, second, microsecond, and the end; None where no time stands there."""
        text = self._text
        hour, minute, second = self._two(at, 0, 23), self._two(at + 3, 0, 59), self._two(at + 6, 0, 59)
        if None in (hour, minute, second) or text[at + 2] != ":" or text[at + 5] != ":":
            return None
        end = at + 8
        micro = 0
        if text[end:end + 1] == ".":
            last = end + 1
            while text[last:last + 1] and text[last] in "0123456789":
                last += 1
            if last > end + 1:
                micro = int(text[end + 1:last][:6].ljust(6, "0"))
                end = last
        return hour, minute, second, micro, end

    def _local_time(self):
        clock = self._clock(self._at)
        if clock is None:
            return None
        self._at = clock[4]
        return _time(*clock[:4])

    def _date_or_datetime(self):
        text, at = self._text, self._at
        year = text[at:at + 4]
        month, day = self._two(at + 5, 1, 12), self._two(at + 8, 1, 31)
        if not (year.isascii() and year.isdigit()) or None in (month, day) or text[at + 4] != "-" or text[at + 7] != "-":
            return None
        clock = self._clock(at + 11) if text[at + 10:at + 11] in ("T", "t", " ") else None
        zone = None
        end = at + 10
        if clock is not None:
            end = clock[4]
            sign = text[end:end + 1]
            if sign in ("Z", "z"):
                zone = _timezone.utc
                end += 1
            elif sign in ("+", "-") and text[end + 3:end + 4] == ":":
                hours, minutes = self._two(end + 1, 0, 23), self._two(end + 4, 0, 59)
                if hours is not None and minutes is not None:
                    offset = _timedelta(hours=hours, minutes=minutes)
                    zone = _timezone(-offset if sign == "-" else offset)
                    end += 6
        try:
            if clock is None:
                value = _date(int(year), month, day)
            else:
                value = _datetime(int(year), month, day, *clock[:4], tzinfo=zone)
        except ValueError as error:
            raise self._fail("Invalid date or datetime") from error
        self._at = end
        return value


def _table(data, key, through_lists=True):
    """The table of a name, made where there is none; a KeyError where something else is there."""
    for part in key:
        data = data.setdefault(part, {})
        if through_lists and isinstance(data, list):
            data = data[-1]
        if not isinstance(data, dict):
            raise KeyError(part)
    return data
