"""Streams in memory."""

SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2


class UnsupportedOperation(OSError, ValueError):
    pass


class IOBase:
    closed = False

    def _check(self):
        if self.closed:
            raise ValueError("I/O operation on closed file" + self._dot)

    _dot = ""

    def close(self):
        self.closed = True

    def flush(self):
        self._check()

    def readable(self): return True
    def writable(self): return True
    def seekable(self): return True
    def isatty(self): return False

    def fileno(self):
        raise UnsupportedOperation("fileno")

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *args):
        self.close()

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def readlines(self, hint=-1):
        return list(self)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def tell(self):
        self._check()
        return self._at

    def truncate(self, size=None):
        self._check()
        self._data = self._data[:self._at if size is None else size]
        return self._at if size is None else size


class StringIO(IOBase):
    def __init__(self, initial_value="", newline="\n"):
        if initial_value is not None and not isinstance(initial_value, str):
            raise TypeError(f"initial_value must be str or None, not {type(initial_value).__name__}")
        self._data = initial_value or ""
        self._parts = []
        self._at = 0

    def _join(self):
        if self._parts:
            self._data += "".join(self._parts)
            self._parts = []

    def write(self, s, /):
        self._check()
        if not isinstance(s, str):
            raise TypeError(f"string argument expected, got {type(s).__name__!r}")
        if self._parts or self._at == len(self._data):
            # At the end: kept apart until somebody looks.
            self._parts.append(s)
            self._at += len(s)
            return len(s)
        data = self._data
        if self._at > len(data):
            data += "\0" * (self._at - len(data))
        self._data = data[:self._at] + s + data[self._at + len(s):]
        self._at += len(s)
        return len(s)

    def getvalue(self):
        self._check()
        self._join()
        return self._data

    def read(self, size=-1, /):
        self._check()
        self._join()
        end = len(self._data) if size is None or size < 0 else self._at + size
        part = self._data[self._at:end]
        self._at += len(part)
        return part

    def readline(self, size=-1, /):
        self._check()
        self._join()
        end = self._data.find("\n", self._at) + 1 or len(self._data)
        if size is not None and size >= 0:
            end = min(end, self._at + size)
        part = self._data[self._at:end]
        self._at += len(part)
        return part

    def seek(self, pos, whence=0, /):
        self._check()
        self._join()
        if whence == 0:
            if pos < 0:
                raise ValueError(f"Negative seek position {pos}")
            self._at = pos
        elif pos:
            raise OSError("Can't do nonzero cur-relative seeks")
        elif whence == 2:
            self._at = len(self._data)
        return self._at

    def truncate(self, size=None):
        self._join()
        return IOBase.truncate(self, size)


class BytesIO(IOBase):
    _dot = "."

    def __init__(self, initial_bytes=b""):
        self._data = bytearray(initial_bytes)
        self._at = 0

    def write(self, b, /):
        self._check()
        if isinstance(b, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        if self._at > len(self._data):
            self._data += bytes(self._at - len(self._data))
        self._data[self._at:self._at + len(b)] = b
        self._at += len(b)
        return len(b)

    def getvalue(self):
        self._check()
        return bytes(self._data)

    def getbuffer(self):
        return self._data

    def read(self, size=-1, /):
        self._check()
        end = len(self._data) if size is None or size < 0 else self._at + size
        part = bytes(self._data[self._at:end])
        self._at += len(part)
        return part

    read1 = read

    def readinto(self, b, /):
        part = self.read(len(b))
        b[:len(part)] = part
        return len(part)

    def readline(self, size=-1, /):
        self._check()
        end = self._data.find(b"\n", self._at) + 1 or len(self._data)
        if size is not None and size >= 0:
            end = min(end, self._at + size)
        part = bytes(self._data[self._at:end])
        self._at += len(part)
        return part

    def seek(self, pos, whence=0, /):
        self._check()
        if whence == 0:
            if pos < 0:
                raise ValueError(f"negative seek value {pos}")
            self._at = pos
        elif whence == 1:
            self._at = max(0, self._at + pos)
        else:
            self._at = max(0, len(self._data) + pos)
        return self._at
