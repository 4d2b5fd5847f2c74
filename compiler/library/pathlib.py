"""Paths as values; there is no file system to look at."""

import fnmatch
import os


def _parts_of(texts):
    """Root and parts of joined texts; what is absolute replaces what stands before it."""
    root = ""
    parts = []
    for text in texts:
        if isinstance(text, PurePath):
            text = str(text)
        else:
            text = os.fspath(text)
        if not isinstance(text, str):
            raise TypeError(f"argument should be a str object or an os.PathLike object returning str, not {type(text)!r}")
        if text.startswith("/"):
            # Two slashes are a root of their own, three are one.
            root = "//" if text.startswith("//") and not text.startswith("///") else "/"
            parts = []
        parts.extend([part for part in text.split("/") if part and part != "."])
    return root, parts


class PurePath:
    def __new__(cls, *args):
        self = object.__new__(_default(cls))
        self._root, self._tail = _parts_of(args)
        return self

    def __init__(self, *args):
        pass

    def _made(self, root, tail):
        made = object.__new__(type(self))
        made._root = root
        made._tail = tail
        return made

    drive = ""
    root = property(lambda self: self._root)
    anchor = root

    @property
    def parts(self):
        return (self._root, *self._tail) if self._root else tuple(self._tail)

    def __str__(self):
        return self._root + "/".join(self._tail) or "."

    __fspath__ = as_posix = __str__

    def __bytes__(self):
        return str(self).encode()

    def __repr__(self):
        return f"{type(self).__name__}({str(self)!r})"

    def __hash__(self):
        return hash((self._root, *self._tail))

    def __eq__(self, other):
        return str(self) == str(other) if isinstance(other, PurePath) else NotImplemented

    def __lt__(self, other):
        return self.parts < other.parts if isinstance(other, PurePath) else NotImplemented

    def __le__(self, other):
        return self.parts <= other.parts if isinstance(other, PurePath) else NotImplemented

    def __gt__(self, other):
        return self.parts > other.parts if isinstance(other, PurePath) else NotImplemented

    def __ge__(self, other):
        return self.parts >= other.parts if isinstance(other, PurePath) else NotImplemented

    def joinpath(self, *args):
        root, tail = _parts_of(args)
        if root:
            return self._made(root, tail)
        return self._made(self._root, self._tail + tail)

    def __truediv__(self, key):
        try:
            return self.joinpath(key)
        except TypeError:
            return NotImplemented

    def __rtruediv__(self, key):
        try:
            root, tail = _parts_of([key])
        except TypeError:
            return NotImplemented
        return self._made(root, tail).joinpath(self)

    @property
    def parent(self):
        return self._made(self._root, self._tail[:-1]) if self._tail else self

    @property
    def parents(self):
        return _Parents(self)

    @property
    def name(self):
        return self._tail[-1] if self._tail else ""

    @property
    def suffix(self):
        name = self.name
        at = name.rfind(".")
        return name[at:] if 0 < at < len(name) - 1 else ""

    @property
    def suffixes(self):
        name = self.name
        if name.endswith("."):
            return []
        return ["." + suffix for suffix in name.lstrip(".").split(".")[1:]]

    @property
    def stem(self):
        return self.name.removesuffix(self.suffix) if self.suffix else self.name

    def _named(self, name):
        if not self._tail:
            raise ValueError(f"{self!r} has an empty name")
        return self._made(self._root, self._tail[:-1] + [name])

    def with_name(self, name):
        made = self._named(name)
        if not name or "/" in name or name == ".":
            raise ValueError(f"Invalid name {name!r}")
        return made

    def with_stem(self, stem):
        return self.with_name(stem + self.suffix)

    def with_suffix(self, suffix):
        if "/" in suffix or suffix and not suffix.startswith(".") or suffix == ".":
            raise ValueError(f"Invalid suffix {suffix!r}")
        made = self._named(self.stem + suffix)
        return made

    def is_absolute(self):
        return bool(self._root)

    def is_reserved(self):
        return False

    def as_uri(self):
        if not self._root:
            raise ValueError("relative path can't be expressed as a file URI")
        from urllib.parse import quote
        return "file://" + quote(str(self))

    def relative_to(self, *other):
        if not other:
            raise TypeError("need at least one argument")
        root, tail = _parts_of(other)
        if root != self._root or self._tail[:len(tail)] != tail:
            formatted = str(self._made(root, tail))
            raise ValueError(
                f"{str(self)!r} is not in the subpath of {formatted!r} OR one path is relative and the other is absolute."
            )
        return self._made("", self._tail[len(tail):])

    def is_relative_to(self, *other):
        try:
            self.relative_to(*other)
        except ValueError:
            return False
        return True

    def match(self, path_pattern):
        root, tail = _parts_of([path_pattern])
        if not root and not tail:
            raise ValueError("empty pattern")
        patterns = [root] + tail if root else tail
        parts = self.parts
        if root and (root != self._root or len(patterns) != len(parts)) or len(patterns) > len(parts):
            return False
        pairs = zip(reversed(parts), reversed(patterns))
        return all([fnmatch.fnmatchcase(part, pattern) for part, pattern in pairs])


class _Parents:
    def __init__(self, path):
        self._path = path

    def __len__(self):
        return len(self._path._tail)

    def __getitem__(self, index):
        count = len(self)
        if isinstance(index, slice):
            return tuple([self[at] for at in range(*index.indices(count))])
        if not -count <= index < count:
            raise IndexError(index)
        path = self._path
        return path._made(path._root, path._tail[:count - 1 - index % count])

    def __repr__(self):
        return f"<{type(self._path).__name__}.parents>"


class PurePosixPath(PurePath):
    pass


class Path(PurePath):
    @classmethod
    def cwd(cls):
        return cls("/")


class PosixPath(Path, PurePosixPath):
    pass


def _default(cls):
    return PurePosixPath if cls is PurePath else PosixPath if cls is Path else cls
