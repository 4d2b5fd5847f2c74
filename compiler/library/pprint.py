"""Values printed so that they fit into lines."""

import re as _re


def pprint(object, stream=None, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True,
        underscore_numbers=False):
    PrettyPrinter(indent, width, depth, stream, compact=compact, sort_dicts=sort_dicts,
        underscore_numbers=underscore_numbers).pprint(object)


def pp(object, *args, sort_dicts=False, **kwargs): pprint(object, *args, sort_dicts=sort_dicts, **kwargs)


def pformat(object, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
    return PrettyPrinter(indent, width, depth, compact=compact, sort_dicts=sort_dicts,
        underscore_numbers=underscore_numbers).pformat(object)


def saferepr(object): return PrettyPrinter()._safe(object, [], None, 0)[0]
def isreadable(object): return PrettyPrinter()._safe(object, [], None, 0)[1]
def isrecursive(object): return PrettyPrinter()._safe(object, [], None, 0)[2]


def _is_in(object, context):
    for one in context:
        if one is object:
            return True
    return False


class _Key:
    """Orders what has no order: by the name of the class, then by identity."""

    def __init__(self, value): self.value = value

    def __lt__(self, other):
        try:
            return bool(self.value < other.value)
        except TypeError:
            return (str(type(self.value)), id(self.value)) < (str(type(other.value)), id(other.value))


def _by_key(pair): return _Key(pair[0]), _Key(pair[1])
def _recursion(object): return f"<Recursion on {type(object).__name__} with id={id(object)}>"


class PrettyPrinter:
    def __init__(self, indent=1, width=80, depth=None, stream=None, *, compact=False, sort_dicts=True,
            underscore_numbers=False):
        indent, width = int(indent), int(width)
        if indent < 0:
            raise ValueError("indent must be >= 0")
        if depth is not None and depth <= 0:
            raise ValueError("depth must be > 0")
        if not width:
            raise ValueError("width must be != 0")
        self._depth, self._indent, self._width, self._stream = depth, indent, width, stream
        self._compact, self._sort, self._underscores = bool(compact), sort_dicts, underscore_numbers

    def pprint(self, object):
        text = self.pformat(object) + "\n"
        if self._stream is None:
            print(text, end="")
        else:
            self._stream.write(text)

    def pformat(self, object):
        out = []
        self._format(object, out, 0, 0, [], 0)
        return "".join(out)

    def isrecursive(self, object): return self.format(object, [], 0, 0)[2]

    def isreadable(self, object):
        _, readable, recursive = self.format(object, [], 0, 0)
        return readable and not recursive

    def format(self, object, context, maxlevels, level):
        return self._safe(object, context, maxlevels, level)

    def _repr(self, object, context, level):
        return self.format(object, context.copy(), self._depth, level)[0]

    def _format(self, object, out, indent, allowance, context, level):
        if _is_in(object, context):
            out.append(_recursion(object))
            return
        text = self._repr(object, context, level)
        if len(text) > self._width - indent - allowance:
            kind = type(object).__repr__
            write = None
            if kind is dict.__repr__:
                write = self._dict
            elif kind is list.__repr__:
                write = self._list
            elif kind is tuple.__repr__:
                write = self._tuple
            elif kind is set.__repr__ or kind is frozenset.__repr__:
                write = self._set
            elif kind is str.__repr__:
                write = self._str
            elif kind is bytes.__repr__:
                write = self._bytes
            elif kind is bytearray.__repr__:
                write = self._bytearray
            if write is not None:
                context.append(object)
                write(object, out, indent, allowance, context, level + 1)
                context.pop()
                return
            if hasattr(type(object), "__dataclass_fields__") and getattr(type(object).__dict__.get("__repr__"),
                    "__module__", None) == "dataclasses":
                context.append(object)
                self._dataclass(object, out, indent, allowance, context, level + 1)
                context.pop()
                return
            write = _writer(type(object))
            if write is not None:
                context.append(object)
                write(self, object, out, indent, allowance, context, level + 1)
                context.pop()
                return
        out.append(text)

    def _dataclass(self, object, out, indent, allowance, context, level):
        name = type(object).__name__
        indent += len(name) + 1
        fields = [(one.name, getattr(object, one.name)) for one in type(object).__dataclass_fields__.values() if one.repr]
        out.append(name + "(")
        self._named(fields, out, indent, allowance, context, level)
        out.append(")")

    def _named(self, items, out, indent, allowance, context, level):
        for at, (key, value) in enumerate(items):
            last = at == len(items) - 1
            out.append(key + "=")
            if _is_in(value, context):
                out.append("...")
            else:
                self._format(value, out, indent + len(key) + 1, allowance if last else 1, context, level)
            if not last:
                out.append(",\n" + " " * indent)

    def _open(self, out, bracket):
        out.append(bracket)
        if self._indent > 1:
            out.append((self._indent - 1) * " ")

    def _dict(self, object, out, indent, allowance, context, level):
        self._open(out, "{")
        if len(object):
            items = sorted(object.items(), key=_by_key) if self._sort else list(object.items())
            self._pairs(items, out, indent, allowance, context, level)
        out.append("}")

    def _pairs(self, items, out, indent, allowance, context, level):
        indent += self._indent
        for at, (key, value) in enumerate(items):
            last = at == len(items) - 1
            text = self._repr(key, context, level)
            out.append(text + ": ")
            self._format(value, out, indent + len(text) + 2, allowance + 1 if last else 1, context, level)
            if not last:
                out.append(",\n" + " " * indent)

    def _list(self, object, out, indent, allowance, context, level):
        out.append("[")
        self._items(object, out, indent, allowance + 1, context, level)
        out.append("]")

    def _tuple(self, object, out, indent, allowance, context, level):
        out.append("(")
        end = ",)" if len(object) == 1 else ")"
        self._items(object, out, indent, allowance + len(end), context, level)
        out.append(end)

    def _set(self, object, out, indent, allowance, context, level):
        if not len(object):
            out.append(repr(object))
            return
        if type(object) is set:
            start, end = "{", "}"
        else:
            start, end = type(object).__name__ + "({", "})"
            indent += len(type(object).__name__) + 1
        out.append(start)
        self._items(sorted(object, key=_Key), out, indent, allowance + len(end), context, level)
        out.append(end)

    def _items(self, items, out, indent, allowance, context, level):
        indent += self._indent
        if self._indent > 1:
            out.append((self._indent - 1) * " ")
        between = ",\n" + " " * indent
        separator = ""
        width = room = self._width - indent + 1
        items = list(items)
        for at, item in enumerate(items):
            last = at == len(items) - 1
            if last:
                room -= allowance
                width -= allowance
            if self._compact:
                text = self._repr(item, context, level)
                needed = len(text) + 2
                if width < needed:
                    width = room
                    if separator:
                        separator = between
                if width >= needed:
                    width -= needed
                    out.append(separator + text)
                    separator = ", "
                    continue
            out.append(separator)
            separator = between
            self._format(item, out, indent, allowance if last else 1, context, level)

    def _str(self, object, out, indent, allowance, context, level):
        if not len(object):
            out.append(repr(object))
            return
        lines = object.splitlines(True)
        if level == 1:
            indent += 1
            allowance += 1
        chunks = []
        room = whole = self._width - indent
        text = ""
        for at, line in enumerate(lines):
            text = repr(line)
            if at == len(lines) - 1:
                room -= allowance
            if len(text) <= room:
                chunks.append(text)
                continue
            parts = _re.findall(r"\S*\s*", line)
            parts.pop()
            room, current = whole, ""
            for number, part in enumerate(parts):
                candidate = current + part
                if number == len(parts) - 1 and at == len(lines) - 1:
                    room -= allowance
                if len(repr(candidate)) > room:
                    if current:
                        chunks.append(repr(current))
                    current = part
                else:
                    current = candidate
            if current:
                chunks.append(repr(current))
        if len(chunks) == 1:
            out.append(text)
            return
        if level == 1:
            out.append("(")
        out.append(("\n" + " " * indent).join(chunks))
        if level == 1:
            out.append(")")

    def _bytes(self, object, out, indent, allowance, context, level):
        if len(object) <= 4:
            out.append(repr(object))
            return
        parens = level == 1
        if parens:
            indent += 1
            allowance += 1
            out.append("(")
        delimiter = ""
        for text in _chunks(object, self._width - indent, allowance):
            out.append(delimiter + text)
            delimiter = "\n" + " " * indent
        if parens:
            out.append(")")

    def _bytearray(self, object, out, indent, allowance, context, level):
        out.append("bytearray(")
        self._bytes(bytes(object), out, indent + 10, allowance + 1, context, level + 1)
        out.append(")")

    def _safe(self, object, context, maxlevels, level):
        """Text, whether it can be read back, whether it refers to itself."""
        kind = type(object)
        if kind is int and self._underscores:
            return f"{object:_d}", True, False
        shape = kind.__repr__
        is_dict, is_list, is_tuple = shape is dict.__repr__, shape is list.__repr__, shape is tuple.__repr__
        if not (is_dict or is_list or is_tuple):
            text = repr(object)
            return text, bool(text) and not text.startswith("<"), False
        if not object:
            return "{}" if is_dict else "[]" if is_list else "()", True, False
        if maxlevels and level >= maxlevels:
            return "{...}" if is_dict else "[...]" if is_list else "(...)", False, _is_in(object, context)
        if _is_in(object, context):
            return _recursion(object), False, True
        context.append(object)
        readable, recursive, parts = True, False, []
        if is_dict:
            items = sorted(object.items(), key=_by_key) if self._sort else object.items()
            for pair in items:
                texts = []
                for one in pair:
                    text, can_be_read, refers = self.format(one, context, maxlevels, level + 1)
                    texts.append(text)
                    readable, recursive = readable and can_be_read, recursive or refers
                parts.append(f"{texts[0]}: {texts[1]}")
        else:
            for one in object:
                text, can_be_read, refers = self.format(one, context, maxlevels, level + 1)
                parts.append(text)
                readable, recursive = readable and can_be_read, recursive or refers
        context.pop()
        inside = ", ".join(parts)
        if is_dict:
            inside = "{" + inside + "}"
        elif is_list:
            inside = f"[{inside}]"
        else:
            inside = f"({inside},)" if len(parts) == 1 else f"({inside})"
        return inside, readable, recursive


def _write_counter(self, object, out, indent, allowance, context, level):
    if not object:
        out.append(repr(object))
        return
    name = type(object).__name__ + "({"
    self._open(out, name)
    self._pairs(object.most_common(), out, indent + len(name) - 1, allowance + 1, context, level)
    out.append("})")


def _write_default(self, object, out, indent, allowance, context, level):
    if not object:
        out.append(repr(object))
        return
    name = type(object).__name__ + "("
    indent += len(name)
    out.append(f"{name}{self._repr(object.default_factory, context, level)},\n{' ' * indent}")
    self._dict(object, out, indent, allowance + 1, context, level)
    out.append(")")


def _write_deque(self, object, out, indent, allowance, context, level):
    if not object:
        out.append(repr(object))
        return
    name = type(object).__name__ + "("
    indent += len(name)
    out.append(name + "[")
    if object.maxlen is None:
        self._items(object, out, indent, allowance + 2, context, level)
        out.append("])")
        return
    self._items(object, out, indent, 2, context, level)
    out.append(f"],\n{' ' * indent}maxlen={self._repr(object.maxlen, context, level)})")


def _write_ordered(self, object, out, indent, allowance, context, level):
    if not object:
        out.append(repr(object))
        return
    name = type(object).__name__ + "("
    out.append(name + "[")
    self._items(object.items(), out, indent + len(name), allowance + 2, context, level)
    out.append("])")


def _write_chain(self, object, out, indent, allowance, context, level):
    name = type(object).__name__ + "("
    indent += len(name)
    out.append(name)
    for at, one in enumerate(object.maps):
        last = at == len(object.maps) - 1
        self._format(one, out, indent, allowance + 1 if last else 1, context, level)
        out.append(")" if last else ",\n" + " " * indent)


def _write_proxy(self, object, out, indent, allowance, context, level):
    out.append("mappingproxy(")
    self._format(object.copy(), out, indent + 13, allowance + 1, context, level)
    out.append(")")


def _write_namespace(self, object, out, indent, allowance, context, level):
    name = "namespace" if type(object).__name__ == "SimpleNamespace" else type(object).__name__
    out.append(name + "(")
    self._named(list(object.__dict__.items()), out, indent + len(name) + 1, allowance, context, level)
    out.append(")")


def _write_data(self, object, out, indent, allowance, context, level):
    self._format(object.data, out, indent, allowance, context, level - 1)


# How values of the library's own classes are written. Each is here where the text of the program has its name.
_WRITERS = {}
_WRITERS["Counter"] = _write_counter
_WRITERS["defaultdict"] = _write_default
_WRITERS["deque"] = _write_deque
_WRITERS["OrderedDict"] = _write_ordered
_WRITERS["ChainMap"] = _write_chain
_WRITERS["UserDict"] = _write_data
_WRITERS["UserList"] = _write_data
_WRITERS["UserString"] = _write_data
_WRITERS["MappingProxyType"] = _write_proxy
_WRITERS["SimpleNamespace"] = _write_namespace


def _writer(cls):
    """By the class of the library that its text comes from."""
    for base in cls.__mro__:
        if "__repr__" in getattr(base, "__dict__", ()):
            if base.__name__ == "mappingproxy":
                return _WRITERS.get("MappingProxyType")
            return _WRITERS.get(base.__name__) if base.__module__ in ("collections", "types") else None


def _chunks(object, width, allowance):
    current = b""
    last = len(object) // 4 * 4
    for at in range(0, len(object), 4):
        part = object[at:at + 4]
        if at == last:
            width -= allowance
        if len(repr(current + part)) > width:
            if current:
                yield repr(current)
            current = part
        else:
            current += part
    if current:
        yield repr(current)
