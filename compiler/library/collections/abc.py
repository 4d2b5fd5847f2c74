"""What containers can do, as classes to derive from and to ask `isinstance` about."""


from abc import _abstract_call
from types import GenericAlias as _Alias


class _Abstract:
    _added = {}
    _methods = ()
    _builtins = ()
    # What the library's own classes say that they are.
    _mark = "__match_nothing__"

    @classmethod
    def __class_instancecheck__(cls, obj):
        return cls.__class_subclasscheck__(type(obj))

    @classmethod
    def __class_subclasscheck__(cls, other):
        if cls in other.__mro__:
            return True
        if "_methods" not in cls.__dict__:
            return False
        if cls._builtins and issubclass(other, cls._builtins) or hasattr(other, cls._mark):
            return True
        if "_registered" in cls.__dict__ and issubclass(other, tuple(cls._registered)):
            return True
        if not cls._methods:
            return False
        for name in cls._methods:
            if getattr(other, name, None) is None:
                return False
        return True

    @classmethod
    def register(cls, other):
        if "_registered" not in cls.__dict__:
            cls._registered = []
        cls._registered.append(other)
        return other

    @classmethod
    def __class_getitem__(cls, item):
        return cls


def _complete(cls):
    """Only a class that defines what it has to can be called."""
    cls.__class_call__ = classmethod(_abstract_call)


# No other program can have a class that is not complete.
_Abstract._added["class "] = _complete(_Abstract)


def _with_parameters(cls):
    def made(cls, parameters):
        return _Alias(cls, parameters)

    cls.__class_getitem__ = classmethod(made)


# Others leave the class as it is.
_Abstract._added["__annotations__"] = _with_parameters(_Abstract)
_Abstract._added["signature("] = _with_parameters(_Abstract)


class Hashable(_Abstract):
    _methods = ()
    _needs = ("__hash__",)

    @classmethod
    def __class_subclasscheck__(cls, other):
        if cls is not Hashable or super().__class_subclasscheck__(other):
            return super().__class_subclasscheck__(other)
        if issubclass(other, (list, dict, set, bytearray, type({}.keys()), type({}.items()))):
            return False
        for base in other.__mro__:
            names = getattr(base, "__dict__", ())
            if "__hash__" in names:
                return names["__hash__"] is not None
            if "__eq__" in names:
                return False
        return getattr(other, "__hash__", None) is not None


class Iterable(_Abstract):
    _methods = _needs = ("__iter__",)


class Iterator(Iterable):
    _methods = ("__iter__", "__next__")
    _needs = ("__next__",)

    def __iter__(self):
        return self


class Reversible(Iterable):
    _methods = ("__iter__", "__reversed__")
    _needs = ("__reversed__",)
    _builtins = (list, tuple, str, bytes, bytearray, dict, range)
    _mark = "__match_sequence__"


class Generator(Iterator):
    _methods = ("__iter__", "__next__", "send", "throw", "close")
    _needs = ("send", "throw")

    def __next__(self):
        return self.send(None)

    def throw(self, typ, val=None, tb=None):
        _raise(typ, val, tb)

    def close(self):
        _close(self)


def _raise(kind, value, traceback):
    if value is None:
        value = kind() if isinstance(kind, type) else kind
    raise value if traceback is None else value.with_traceback(traceback)


def _close(generator):
    try:
        generator.throw(GeneratorExit)
    except (GeneratorExit, StopIteration):
        return
    raise RuntimeError(f"{'coroutine' if isinstance(generator, Coroutine) else 'generator'} ignored GeneratorExit")


class Sized(_Abstract):
    _methods = _needs = ("__len__",)


class Container(_Abstract):
    _methods = _needs = ("__contains__",)
    _mark = "__match_sequence__"


class Callable(_Abstract):
    _methods = _needs = ("__call__",)

    @classmethod
    def __class_instancecheck__(cls, obj):
        return callable(obj)


class Awaitable(_Abstract):
    _methods = _needs = ("__await__",)


class Coroutine(Awaitable):
    _methods = ("__await__", "send", "throw", "close")
    _needs = ("send", "throw")

    def throw(self, typ, val=None, tb=None):
        _raise(typ, val, tb)

    def close(self):
        _close(self)


class AsyncIterable(_Abstract):
    _methods = _needs = ("__aiter__",)


class AsyncIterator(AsyncIterable):
    _methods = ("__aiter__", "__anext__")
    _needs = ("__anext__",)

    def __aiter__(self):
        return self


class AsyncGenerator(AsyncIterator):
    _methods = ("__aiter__", "__anext__", "asend", "athrow", "aclose")
    _needs = ("asend", "athrow")

    async def __anext__(self):
        return await self.asend(None)

    async def athrow(self, typ, val=None, tb=None):
        _raise(typ, val, tb)

    async def aclose(self):
        try:
            await self.athrow(GeneratorExit)
        except (GeneratorExit, StopAsyncIteration):
            return
        raise RuntimeError("asynchronous generator ignored GeneratorExit")


class Collection(Sized, Iterable, Container):
    _methods = ("__len__", "__iter__", "__contains__")
    _mark = "__match_sequence__"


class Sequence(Reversible, Collection):
    __match_sequence__ = True
    _methods = ()
    _needs = ("__getitem__",)
    _builtins = (list, tuple, str, bytes, bytearray, range)
    _mark = "__match_sequence__"

    def __iter__(self):
        i = 0
        try:
            while True:
                yield self[i]
                i += 1
        except IndexError:
            return

    def __contains__(self, value):
        for item in self:
            if item is value or item == value:
                return True
        return False

    def __reversed__(self):
        for i in range(len(self) - 1, -1, -1):
            yield self[i]

    def index(self, value, start=0, stop=None):
        if start < 0:
            start = max(len(self) + start, 0)
        if stop is not None and stop < 0:
            stop += len(self)
        i = start
        while stop is None or i < stop:
            try:
                item = self[i]
            except IndexError:
                break
            if item is value or item == value:
                return i
            i += 1
        raise ValueError

    def count(self, value):
        return sum(1 for item in self if item is value or item == value)


class MutableSequence(Sequence):
    _builtins = (list, bytearray)
    _mark = "__mutable_sequence__"
    _methods = ()
    _needs = ("__setitem__", "__delitem__", "insert")

    def append(self, value):
        self.insert(len(self), value)

    def clear(self):
        try:
            while True:
                self.pop()
        except IndexError:
            pass

    def reverse(self):
        n = len(self)
        for i in range(n // 2):
            self[i], self[n - i - 1] = self[n - i - 1], self[i]

    def extend(self, values):
        if values is self:
            values = list(values)
        for item in values:
            self.append(item)

    def pop(self, index=-1):
        value = self[index]
        del self[index]
        return value

    def remove(self, value):
        del self[self.index(value)]

    def __iadd__(self, values):
        self.extend(values)
        return self


class Set(Collection):
    _builtins = (set, frozenset, type({}.keys()), type({}.items()))
    _mark = "__match_nothing__"
    _methods = ()

    @classmethod
    def _from_iterable(cls, it):
        return cls(it)

    def __le__(self, other):
        if not isinstance(other, Set):
            return NotImplemented
        if len(self) > len(other):
            return False
        return all(item in other for item in self)

    def __lt__(self, other):
        return len(self) < len(other) and self <= other if isinstance(other, Set) else NotImplemented

    def __ge__(self, other):
        if not isinstance(other, Set):
            return NotImplemented
        return len(self) >= len(other) and all(item in self for item in other)

    def __gt__(self, other):
        return len(self) > len(other) and self >= other if isinstance(other, Set) else NotImplemented

    def __eq__(self, other):
        if not isinstance(other, Set):
            return NotImplemented
        return len(self) == len(other) and self <= other

    def __and__(self, other):
        if not isinstance(other, Iterable):
            return NotImplemented
        return self._from_iterable(value for value in other if value in self)

    def __or__(self, other):
        if not isinstance(other, Iterable):
            return NotImplemented
        return self._from_iterable(item for part in (self, other) for item in part)

    __rand__ = __and__
    __ror__ = __or__

    def __sub__(self, other):
        other = _as_set(self, other)
        return NotImplemented if other is None else self._from_iterable(one for one in self if one not in other)

    def __rsub__(self, other):
        other = _as_set(self, other)
        return NotImplemented if other is None else self._from_iterable(one for one in other if one not in self)

    def __xor__(self, other):
        other = _as_set(self, other)
        return NotImplemented if other is None else (self - other) | (other - self)

    __rxor__ = __xor__

    def isdisjoint(self, other):
        return not any(value in self for value in other)


# No method: a class of a program has names of its own.
def _as_set(like, other):
    """Another container as a set of this kind; `None` of what is none."""
    if isinstance(other, Set):
        return other
    return like._from_iterable(other) if isinstance(other, Iterable) else None


def _set_hash(self):
    return hash(frozenset(self))


setattr(Set, "_hash", _set_hash)


class MutableSet(Set):
    _builtins = (set,)
    _methods = ()
    _needs = ("add", "discard")

    def remove(self, value):
        if value not in self:
            raise KeyError(value)
        self.discard(value)

    def pop(self):
        for value in self:
            self.discard(value)
            return value
        raise KeyError

    def clear(self):
        for value in list(self):
            self.discard(value)

    def __ior__(self, other):
        for value in other:
            self.add(value)
        return self

    def __isub__(self, other):
        for value in list(other):
            self.discard(value)
        return self

    def __iand__(self, other):
        for value in self - other:
            self.discard(value)
        return self

    def __ixor__(self, other):
        if other is self:
            self.clear()
            return self
        for value in _as_set(self, other):
            if value in self:
                self.discard(value)
            else:
                self.add(value)
        return self


class Mapping(Collection):
    __match_mapping__ = True
    _builtins = (dict,)
    _mark = "__match_mapping__"
    _methods = ()
    _needs = ("__getitem__",)

    def get(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            return default

    def __contains__(self, key):
        try:
            self[key]
        except KeyError:
            return False
        return True

    def keys(self):
        return KeysView(self)

    def items(self):
        return ItemsView(self)

    def values(self):
        return ValuesView(self)

    def __eq__(self, other):
        if not isinstance(other, Mapping):
            return NotImplemented
        return dict(self.items()) == dict(other.items())


class MutableMapping(Mapping):
    _builtins = (dict,)
    _mark = "__mutable_mapping__"
    _methods = ()
    _needs = ("__setitem__", "__delitem__")
    _marker = object()

    def pop(self, key, default=_marker):
        try:
            value = self[key]
        except KeyError:
            if default is self._marker:
                raise
            return default
        del self[key]
        return value

    def popitem(self):
        for key in self:
            value = self[key]
            del self[key]
            return key, value
        raise KeyError from None

    def clear(self):
        for key in list(self):
            del self[key]

    def update(self, other=(), /, **kwds):
        if isinstance(other, Mapping):
            for key in other:
                self[key] = other[key]
        elif hasattr(other, "keys"):
            for key in other.keys():
                self[key] = other[key]
        else:
            for key, value in other:
                self[key] = value
        for key, value in kwds.items():
            self[key] = value

    def setdefault(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            self[key] = default
        return default


class MappingView(Sized):
    _methods = ()
    _builtins = (type({}.keys()), type({}.items()), type({}.values()))

    def __init__(self, mapping):
        self._mapping = mapping

    def __len__(self):
        return len(self._mapping)

    def __repr__(self):
        return f"{self.__class__.__name__}({self._mapping!r})"


class KeysView(MappingView, Set):
    _methods = ()
    _builtins = (type({}.keys()),)

    @classmethod
    def _from_iterable(cls, it):
        return set(it)

    def __contains__(self, key):
        return key in self._mapping

    def __iter__(self):
        return iter(self._mapping)


class ItemsView(MappingView, Set):
    _methods = ()
    _builtins = (type({}.items()),)

    @classmethod
    def _from_iterable(cls, it):
        return set(it)

    def __contains__(self, item):
        key, value = item
        try:
            found = self._mapping[key]
        except KeyError:
            return False
        return found is value or found == value

    def __iter__(self):
        for key in self._mapping:
            yield key, self._mapping[key]


class ValuesView(MappingView, Collection):
    _methods = ()
    _builtins = (type({}.values()),)
    _mark = "__match_nothing__"

    def __contains__(self, value):
        for key in self._mapping:
            found = self._mapping[key]
            if found is value or found == value:
                return True
        return False

    def __iter__(self):
        for key in self._mapping:
            yield self._mapping[key]
