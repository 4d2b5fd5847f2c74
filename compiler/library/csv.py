"""Rows of comma-separated values: readers, writers and dialects. There is no Sniffer."""

QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE = 0, 1, 2, 3

_limit = [131072]


class Error(Exception):
    pass


def _char(name, value, needed):
    if value is None and not needed:
        return None
    if not isinstance(value, str):
        wanted = "string" if needed else "string or None"
        raise TypeError(f'"{name}" must be {wanted}, not {type(value).__name__}')
    if len(value) > 1 or needed and not value:
        raise TypeError(f'"{name}" must be a 1-character string')
    return value or None


class _Settings:
    """A dialect that was checked."""

    def __init__(self, dialect, options):
        if isinstance(dialect, str):
            dialect = get_dialect(dialect)
        says_quoting = "quoting" in options
        values = {
            "delimiter": ",", "doublequote": True, "escapechar": None, "lineterminator": "\r\n", "quotechar": '"',
            "quoting": QUOTE_MINIMAL, "skipinitialspace": False, "strict": False,
        }
        for name in values:
            if name in options:
                values[name] = options.pop(name)
            elif dialect is not None and hasattr(dialect, name):
                values[name] = getattr(dialect, name)
        for name in options:
            raise TypeError(f"'{name}' is an invalid keyword argument for this function")
        self.delimiter = _char("delimiter", values["delimiter"], True)
        self.doublequote = bool(values["doublequote"])
        self.escapechar = _char("escapechar", values["escapechar"], False)
        self.lineterminator = values["lineterminator"]
        self.quotechar = _char("quotechar", values["quotechar"], False)
        self.quoting = values["quoting"]
        self.skipinitialspace = bool(values["skipinitialspace"])
        self.strict = bool(values["strict"])
        if self.lineterminator is not None and not isinstance(self.lineterminator, str):
            raise TypeError('"lineterminator" must be a string')
        if self.quotechar is None and dialect is None and not says_quoting:
            self.quoting = QUOTE_NONE
        if not isinstance(self.quoting, int):
            raise TypeError('"quoting" must be an integer')
        if self.quoting not in (0, 1, 2, 3):
            raise TypeError('bad "quoting" value')
        if self.quoting != QUOTE_NONE and self.quotechar is None:
            raise TypeError("quotechar must be set if quoting enabled")
        if self.lineterminator is None:
            raise TypeError("lineterminator must be set")


class Dialect:
    delimiter = None
    quotechar = None
    escapechar = None
    doublequote = None
    skipinitialspace = None
    lineterminator = None
    quoting = None

    def __init__(self):
        try:
            _Settings(self, {})
        except TypeError as e:
            raise Error(str(e)) from None


class excel(Dialect):
    delimiter = ","
    quotechar = '"'
    doublequote = True
    skipinitialspace = False
    lineterminator = "\r\n"
    quoting = QUOTE_MINIMAL


class excel_tab(excel):
    delimiter = "\t"


class unix_dialect(Dialect):
    delimiter = ","
    quotechar = '"'
    doublequote = True
    skipinitialspace = False
    lineterminator = "\n"
    quoting = QUOTE_ALL


_dialects = {"excel": excel, "excel-tab": excel_tab, "unix": unix_dialect}


def register_dialect(name, dialect=None, **options):
    if not isinstance(name, str):
        raise TypeError("dialect name must be a string")
    _dialects[name] = _Settings(dialect, options)


def unregister_dialect(name):
    if name not in _dialects:
        raise Error("unknown dialect")
    del _dialects[name]


def get_dialect(name):
    if name not in _dialects:
        raise Error("unknown dialect")
    return _dialects[name]


def list_dialects():
    return list(_dialects)


def field_size_limit(limit=None):
    before = _limit[0]
    if limit is not None:
        if not isinstance(limit, int):
            raise TypeError("limit must be an integer")
        _limit[0] = limit
    return before


# What the reader is in the middle of.
_RECORD, _FIELD, _ESCAPED, _IN_FIELD, _QUOTED, _QUOTED_ESCAPE, _QUOTE, _END, _ESCAPED_END = range(9)


class _Reader:
    def __init__(self, lines, dialect=None, **options):
        self._lines = iter(lines)
        self.dialect = _Settings(dialect, options)
        self.line_num = 0

    def __iter__(self):
        return self

    def __next__(self):
        self._row, self._field, self._numeric, self._state = [], [], False, _RECORD
        while True:
            try:
                line = next(self._lines)
            except StopIteration:
                if self._field or self._state == _QUOTED:
                    if self.dialect.strict:
                        raise Error("unexpected end of data") from None
                    self._save()
                    return self._row
                raise
            if not isinstance(line, str):
                raise Error(
                    f"iterator should return strings, not {type(line).__name__} (the file should be opened in text mode)"
                )
            self.line_num += 1
            if self._state == _RECORD and self._is_plain(line):
                line = line.rstrip("\r\n")
                return line.split(self.dialect.delimiter) if line else []
            for char in line:
                self._take(char)
            self._take("")
            if self._state == _RECORD:
                return self._row

    def _is_plain(self, line):
        """May the line be split at its delimiters?"""
        dialect = self.dialect
        if dialect.quoting == QUOTE_NONNUMERIC or dialect.skipinitialspace or len(line) > _limit[0]:
            return False
        if dialect.quotechar is not None and dialect.quotechar in line:
            return False
        if dialect.escapechar is not None and dialect.escapechar in line or dialect.delimiter in "\r\n":
            return False
        inside = line.rstrip("\r\n")
        return "\r" not in inside and "\n" not in inside

    def _save(self):
        field = "".join(self._field)
        self._row.append(float(field) if self._numeric else field)
        self._field, self._numeric = [], False

    def _add(self, char):
        if len(self._field) >= _limit[0]:
            raise Error(f"field larger than field limit ({_limit[0]})")
        self._field.append(char)

    def _end(self, char):
        self._save()
        self._state = _END if char else _RECORD

    def _take(self, char):
        """One character; the empty text is the end of a line."""
        dialect, state = self.dialect, self._state
        is_end = char in ("", "\n", "\r")
        if state == _RECORD:
            if char == "":
                return
            if is_end:
                self._state = _END
                return
            state = _FIELD
        if state == _FIELD:
            if is_end:
                self._end(char)
            elif char == dialect.quotechar and dialect.quoting != QUOTE_NONE:
                self._state = _QUOTED
            elif char == dialect.escapechar:
                self._state = _ESCAPED
            elif char == " " and dialect.skipinitialspace:
                self._state = _FIELD
            elif char == dialect.delimiter:
                self._save()
                self._state = _FIELD
            else:
                self._numeric = dialect.quoting == QUOTE_NONNUMERIC
                self._add(char)
                self._state = _IN_FIELD
        elif state == _ESCAPED:
            self._add(char or "\n")
            self._state = _ESCAPED_END if char and is_end else _IN_FIELD
        elif state == _ESCAPED_END and char == "":
            pass
        elif state in (_IN_FIELD, _ESCAPED_END):
            if is_end:
                self._end(char)
            elif char == dialect.escapechar:
                self._state = _ESCAPED
            elif char == dialect.delimiter:
                self._save()
                self._state = _FIELD
            else:
                self._add(char)
                self._state = _IN_FIELD
        elif state == _QUOTED:
            if char == "":
                pass
            elif char == dialect.escapechar:
                self._state = _QUOTED_ESCAPE
            elif char == dialect.quotechar and dialect.quoting != QUOTE_NONE:
                self._state = _QUOTE if dialect.doublequote else _IN_FIELD
            else:
                self._add(char)
        elif state == _QUOTED_ESCAPE:
            self._add(char or "\n")
            self._state = _QUOTED
        elif state == _QUOTE:
            if char == dialect.quotechar:
                self._add(char)
                self._state = _QUOTED
            elif char == dialect.delimiter:
                self._save()
                self._state = _FIELD
            elif is_end:
                self._end(char)
            elif not dialect.strict:
                self._add(char)
                self._state = _IN_FIELD
            else:
                raise Error(f"'{dialect.delimiter}' expected after '{dialect.quotechar}'")
        elif char == "":
            self._state = _RECORD
        elif not is_end:
            raise Error(
                "new-line character seen in unquoted field - do you need to open the file in universal-newline mode?"
            )


def reader(iterable, dialect=None, **options):
    return _Reader(iterable, dialect, **options)


class _Writer:
    def __init__(self, file, dialect=None, **options):
        if not hasattr(file, "write"):
            raise TypeError('argument 1 must have a "write" method')
        self._write = file.write
        self.dialect = _Settings(dialect, options)

    def writerow(self, row):
        try:
            fields = list(row)
        except TypeError:
            raise Error(f"iterable expected, not {type(row).__name__}") from None
        parts = [self._text(field) for field in fields]
        if parts == [""]:
            if self.dialect.quoting == QUOTE_NONE:
                raise Error("single empty field record must be quoted")
            parts = [self.dialect.quotechar * 2]
        return self._write(self.dialect.delimiter.join(parts) + self.dialect.lineterminator)

    def writerows(self, rows):
        for row in rows:
            self.writerow(row)

    def _text(self, field):
        dialect = self.dialect
        is_number = isinstance(field, (int, float)) or hasattr(type(field), "__float__")
        quoted = dialect.quoting == QUOTE_ALL or dialect.quoting == QUOTE_NONNUMERIC and not is_number
        if isinstance(field, str):
            text = field
        elif field is None:
            text = ""
        else:
            text = repr(field) if type(field) is float else str(field)
        special = (dialect.delimiter, dialect.escapechar, dialect.quotechar)
        if any([one is not None and one in text for one in special]) or any([c in text for c in dialect.lineterminator]):
            parts = []
            for char in text:
                if char in special or char in dialect.lineterminator:
                    if dialect.quoting == QUOTE_NONE:
                        escape = dialect.escapechar
                    elif char == dialect.quotechar and dialect.doublequote:
                        escape = char
                        quoted = True
                    elif char == dialect.quotechar or char == dialect.escapechar:
                        escape = dialect.escapechar
                    else:
                        escape = ""
                        quoted = True
                    if escape is None:
                        raise Error("need to escape, but no escapechar set")
                    parts.append(escape)
                parts.append(char)
            text = "".join(parts)
        return f"{dialect.quotechar}{text}{dialect.quotechar}" if quoted else text


def writer(fileobj, dialect=None, **options):
    return _Writer(fileobj, dialect, **options)


class DictReader:
    def __init__(self, f, fieldnames=None, restkey=None, restval=None, dialect="excel", *args, **kwds):
        self._fieldnames = fieldnames
        self.restkey = restkey
        self.restval = restval
        self.reader = reader(f, dialect, *args, **kwds)
        self.dialect = dialect
        self.line_num = 0

    def __iter__(self):
        return self

    @property
    def fieldnames(self):
        if self._fieldnames is None:
            try:
                self._fieldnames = next(self.reader)
            except StopIteration:
                pass
        self.line_num = self.reader.line_num
        return self._fieldnames

    @fieldnames.setter
    def fieldnames(self, value):
        self._fieldnames = value

    def __next__(self):
        if self.line_num == 0:
            self.fieldnames
        row = next(self.reader)
        self.line_num = self.reader.line_num
        while row == []:
            row = next(self.reader)
        names = self.fieldnames
        found = dict(zip(names, row))
        if len(names) < len(row):
            found[self.restkey] = row[len(names):]
        for name in names[len(row):]:
            found[name] = self.restval
        return found


class DictWriter:
    def __init__(self, f, fieldnames, restval="", extrasaction="raise", dialect="excel", *args, **kwds):
        self.fieldnames = fieldnames
        self.restval = restval
        self.extrasaction = extrasaction.lower()
        if self.extrasaction not in ("raise", "ignore"):
            raise ValueError(f"extrasaction ({extrasaction}) must be 'raise' or 'ignore'")
        self.writer = writer(f, dialect, *args, **kwds)

    def writeheader(self):
        return self.writerow(dict(zip(self.fieldnames, self.fieldnames)))

    def _values(self, row):
        if self.extrasaction == "raise":
            wrong = [name for name in row if name not in self.fieldnames]
            if wrong:
                raise ValueError("dict contains fields not in fieldnames: " + ", ".join([repr(name) for name in wrong]))
        return [row.get(name, self.restval) for name in self.fieldnames]

    def writerow(self, row):
        return self.writer.writerow(self._values(row))

    def writerows(self, rows):
        return self.writer.writerows([self._values(row) for row in rows])
