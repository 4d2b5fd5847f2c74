"""The body of an answer, read like a file."""


class StreamingBody:
    def __init__(self, raw_stream, content_length):
        self._data = raw_stream
        self._at = 0

    def read(self, amt=None):
        end = len(self._data) if amt is None or amt < 0 else min(self._at + amt, len(self._data))
        part = self._data[self._at:end]
        self._at = end
        return part

    def readinto(self, buffer):
        part = self.read(len(buffer))
        buffer[:len(part)] = part
        return len(part)

    def readable(self):
        return True

    def readlines(self):
        return self.read().splitlines(True)

    def tell(self):
        return self._at

    def close(self):
        self._at = len(self._data)

    def iter_chunks(self, chunk_size=1024):
        while part := self.read(chunk_size):
            yield part

    def iter_lines(self, chunk_size=1024, keepends=False):
        yield from self.read().splitlines(keepends)

    def __iter__(self):
        return self

    def __next__(self):
        part = self.read(1024)
        if not part:
            raise StopIteration
        return part

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close()
