"""Streams in memory."""

from operator import index as _index

SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
DEFAULT_BUFFER_SIZE = 8192


class UnsupportedOperation(OSError, ValueError):
    pass


class IOBase:
    closed = False

    def _check(self):
        if self.closed:
            raise ValueError("I/O operation on closed file" + self._dot)

    def _check_lines(self):
        if self.closed:
            raise ValueError("I/O operation on closed file.")

    _dot = ""

    def close(self):
        self.closed = True

    def flush(self):
        self._check()

    def readable(self):
        self._check()
        return True

    def writable(self):
        self._check()
        return True

    def seekable(self):
        self._check()
        return True

    def isatty(self):
        self._check()
        return False

    def fileno(self):
        raise UnsupportedOperation("fileno")

    def detach(self):
        raise UnsupportedOperation("detach")

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *args):
        self.close()

    def __iter__(self):
        self._check_lines()
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def readlines(self, hint=-1, /):
        self._check()
        if hint is None or hint <= 0:
            return list(self)
        lines = []
        for line in self:
            lines.append(line)
            hint -= len(line)
            if hint <= 0:
                break
        return lines

    def writelines(self, lines, /):
        self._check_lines()
        for line in lines:
            self.write(line)

    def tell(self):
        self._check()
        return self._at

    def _until(self, size):
        """Where a part of that size ends."""
        if size is None:
            return len(self._data)
        try:
            size = _index(size)
        except TypeError:
            raise TypeError(f"argument should be integer or None, not '{type(size).__name__}'") from None
        return len(self._data) if size < 0 else self._at + size

    def _size(self, size, name):
        size = self._at if size is None else _index(size)
        if size < 0:
            raise ValueError(f"{name} size value {size}")
        return size


class RawIOBase(IOBase):
    pass


class BufferedIOBase(IOBase):
    pass


class TextIOBase(IOBase):
    encoding = errors = newlines = None
    line_buffering = False


class StringIO(TextIOBase):
    def __init__(self, initial_value="", newline="\n"):
        if newline is not None:
            if not isinstance(newline, str):
                raise TypeError(f"newline must be str or None, not {type(newline).__name__}")
            if newline not in ("", "\n", "\r", "\r\n"):
                raise ValueError(f"illegal newline value: {newline!r}")
        if initial_value is not None and not isinstance(initial_value, str):
            raise TypeError(f"initial_value must be str or None, not {type(initial_value).__name__}")
        self._newline = newline
        self._data = self._stored(initial_value or "")
        self._parts = []
        self._at = 0

    def _join(self):
        if self._parts:
            self._data += "".join(self._parts)
            self._parts = []

    def _stored(self, s):
        newline = self._newline
        if newline == "\n":
            return s
        if newline:
            return s.replace("\n", newline)
        if "\r" not in s and "\n" not in s:
            return s
        # What ends lines is noted, and made one where nothing else was asked for.
        pairs = s.count("\r\n")
        seen = self.newlines or ()
        if isinstance(seen, str):
            seen = (seen,)
        ends = [
            end for end, found in (("\r", s.count("\r") > pairs), ("\n", s.count("\n") > pairs), ("\r\n", pairs))
            if found or end in seen
        ]
        self.newlines = ends[0] if len(ends) == 1 else tuple(ends)
        return s.replace("\r\n", "\n").replace("\r", "\n") if newline is None else s

    def write(self, s, /):
        self._check()
        if not isinstance(s, str):
            raise TypeError(f"string argument expected, got {type(s).__name__!r}")
        written = len(s)
        if self._newline != "\n":
            s = self._stored(s)
        if self._parts or self._at == len(self._data):
            # At the end: kept apart until somebody looks.
            self._parts.append(s)
            self._at += len(s)
        elif s:
            data = self._data
            if self._at > len(data):
                data += "\0" * (self._at - len(data))
            self._data = data[:self._at] + s + data[self._at + len(s):]
            self._at += len(s)
        return written

    def getvalue(self):
        self._check()
        self._join()
        return self._data

    def read(self, size=-1, /):
        self._check()
        self._join()
        part = self._data[self._at:self._until(size)]
        self._at += len(part)
        return part

    def _line_end(self):
        newline = self._newline
        data, at = self._data, self._at
        if newline == "":
            end = data.find("\r", at) + 1
            if end:
                line = data.find("\n", at, end - 1) + 1
                return line or end + (data[end:end + 1] == "\n")
        found = data.find(newline or "\n", at)
        return len(data) if found < 0 else found + len(newline or "\n")

    def readline(self, size=-1, /):
        self._check()
        self._join()
        end = self._line_end()
        if size != -1:
            end = min(end, self._until(size))
        part = self._data[self._at:end]
        self._at += len(part)
        return part

    def seek(self, pos, whence=0, /):
        self._check()
        self._join()
        pos = _index(pos)
        if whence not in (0, 1, 2):
            raise ValueError(f"Invalid whence ({whence}, should be 0, 1 or 2)")
        if whence == 0:
            if pos < 0:
                raise ValueError(f"Negative seek position {pos}")
            self._at = pos
        elif pos:
            raise OSError("Can't do nonzero cur-relative seeks")
        elif whence == 2:
            self._at = len(self._data)
        return self._at

    def truncate(self, size=None, /):
        self._check()
        self._join()
        size = self._size(size, "Negative")
        self._data = self._data[:size]
        return size


class TextIOWrapper(TextIOBase):
    """The text in a stream of bytes: all of it is taken with the first read."""

    def __init__(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False):
        self.buffer = buffer
        self.encoding, self.errors = encoding or "utf-8", errors or "strict"
        self._newline = newline
        self._text = None

    def _read(self):
        if self._text is None:
            self._text = StringIO(self.buffer.read().decode(self.encoding, self.errors), self._newline)
        return self._text

    def read(self, size=-1, /): return self._read().read(size)
    def readline(self, size=-1, /): return self._read().readline(size)

    def write(self, s, /):
        if not isinstance(s, str):
            raise TypeError(f"write() argument must be str, not {type(s).__name__}")
        self.buffer.write(s.encode(self.encoding, self.errors))
        return len(s)

    def seek(self, pos, whence=0, /):
        self._text = None
        return self.buffer.seek(pos, whence)

    def detach(self): return self.buffer

    def close(self):
        self.buffer.close()
        super().close()


class BytesIO(BufferedIOBase):
    _dot = "."

    def __init__(self, initial_bytes=b""):
        if isinstance(initial_bytes, (str, int)):
            raise TypeError(f"a bytes-like object is required, not '{type(initial_bytes).__name__}'")
        self._data = bytearray(b"" if initial_bytes is None else initial_bytes)
        self._at = 0

    def write(self, b, /):
        self._check()
        if isinstance(b, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        if not isinstance(b, (bytes, bytearray)):
            b = b.tobytes() if hasattr(b, "tobytes") else memoryview(b).tobytes()
        if not b:
            return 0
        if self._at > len(self._data):
            self._data += bytes(self._at - len(self._data))
        self._data[self._at:self._at + len(b)] = b
        self._at += len(b)
        return len(b)

    def __iter__(self):
        return self

    def getvalue(self):
        self._check()
        return bytes(self._data)

    def getbuffer(self):
        self._check()
        return memoryview(self._data)

    def read(self, size=-1, /):
        self._check()
        part = bytes(self._data[self._at:self._until(size)])
        self._at += len(part)
        return part

    read1 = read

    def readinto(self, b, /):
        self._check()
        if not isinstance(b, bytearray):
            b = memoryview(b).cast("B")
        part = self._data[self._at:self._at + len(b)]
        b[:len(part)] = part
        self._at += len(part)
        return len(part)

    readinto1 = readinto

    def readline(self, size=-1, /):
        self._check()
        end = self._data.find(b"\n", self._at) + 1 or len(self._data)
        if size != -1:
            end = min(end, self._until(size))
        part = bytes(self._data[self._at:end])
        self._at += len(part)
        return part

    def seek(self, pos, whence=0, /):
        self._check()
        pos = _index(pos)
        if whence not in (0, 1, 2):
            raise ValueError(f"invalid whence ({whence}, should be 0, 1 or 2)")
        if whence == 0 and pos < 0:
            raise ValueError(f"negative seek value {pos}")
        self._at = max(0, (0, self._at, len(self._data))[whence] + pos)
        return self._at

    def truncate(self, size=None, /):
        self._check()
        size = self._size(size, "negative")
        del self._data[size:]
        return size
