"""References that keep nothing alive.

An object that nobody refers to any more is gone after the next collection, where CPython frees it at once: `gc.collect()`
makes sure. That is when callbacks and finalizers run, too.
"""

from _iotpy import collections as _collections
from _iotpy import identified as _identified
from _weakref import forget as _forget
from _weakref import watch as _watch
from collections.abc import MutableMapping as _MutableMapping
from collections.abc import MutableSet as _MutableSet

_PLAIN = (int, float, str, bytes, bytearray, tuple, list, dict, range, slice, type(None), type(...), type(NotImplemented))


def _can_be_referred_to(object):
    cls = type(object)
    if cls in _PLAIN or isinstance(object, (int, tuple, bytes, type(None))):
        return False
    if isinstance(object, type) or not hasattr(cls, "__dict__") or hasattr(object, "__dict__"):
        return True
    return any("__weakref__" in base.__dict__.get("__slots__", ()) for base in cls.__mro__ if hasattr(base, "__dict__"))


class ref:
    __slots__ = ("_number", "_hash", "__callback__", "__weakref__")

    def __new__(cls, object, callback=None, /, *more, **named):
        if not _can_be_referred_to(object):
            raise TypeError(f"cannot create weak reference to '{type(object).__name__}' object")
        self = super().__new__(cls)
        self._number = id(object)
        self._hash = None
        self.__callback__ = callback
        if callback is not None:
            number = id(self)
            def told():
                self = _identified(number)
                if self is not None:
                    callback, self.__callback__ = self.__callback__, None
                    callback(self)
            _watch(self._number, told)
        return self

    def __call__(self):
        return _identified(self._number)

    def __eq__(self, other):
        if not isinstance(other, ref):
            return NotImplemented
        one, two = _identified(self._number), _identified(other._number)
        return self is other if one is None or two is None else one == two

    def __ne__(self, other):
        if not isinstance(other, ref):
            return NotImplemented
        return not self == other

    def __hash__(self):
        if self._hash is None:
            object = _identified(self._number)
            if object is None:
                raise TypeError("weak object has gone away")
            self._hash = hash(object)
        return self._hash

    def __repr__(self):
        object = _identified(self._number)
        if object is None:
            return f"<weakref at {id(self):#x}; dead>"
        name = getattr(object, "__name__", None)
        named = f" ({name})" if isinstance(name, str) else ""
        return f"<weakref at {id(self):#x}; to '{type(object).__name__}' at {id(object):#x}{named}>"

    @classmethod
    def __class_getitem__(cls, item):
        return cls


ReferenceType = ref


class WeakMethod(ref):
    __slots__ = ("_function", "_type")

    def __new__(cls, method, callback=None):
        try:
            object, function = method.__self__, method.__func__
        except AttributeError:
            raise TypeError(f"argument should be a bound method, not {type(method)}") from None
        self = ref.__new__(cls, object, callback)
        self._function = ref(function)
        self._type = type(method)
        return self

    def __call__(self):
        object, function = _identified(self._number), self._function()
        return None if object is None or function is None else self._type(function, object)

    def __eq__(self, other):
        if not isinstance(other, WeakMethod):
            return NotImplemented
        if self() is None or other() is None:
            return self is other
        return ref.__eq__(self, other) and self._function == other._function

    __hash__ = ref.__hash__


class _WeakDictionary(_MutableMapping):
    """What both have; `_living` is what is there, after a collection without what is gone."""

    def __len__(self):
        return len(self._living())

    def __repr__(self):
        return f"<{self.__class__.__name__} at {id(self):#x}>"

    def keys(self):
        return self.__iter__()

    def __or__(self, other):
        if not isinstance(other, _MutableMapping) and not isinstance(other, dict):
            return NotImplemented
        made = self.copy()
        made.update(other)
        return made

    def __ior__(self, other):
        self.update(other)
        return self


class WeakValueDictionary(_WeakDictionary):
    def __init__(self, other=(), /, **named):
        self.data = {}
        self._looked = _collections()
        self.update(other, **named)

    def _living(self):
        now = _collections()
        if self._looked != now:
            for key in [key for key, value in self.data.items() if value() is None]:
                del self.data[key]
            self._looked = now
        return self.data

    def __getitem__(self, key):
        value = self.data[key]()
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key, value):
        self._living()[key] = ref(value)

    def __delitem__(self, key):
        del self._living()[key]

    def __contains__(self, key):
        return key in self.data and self.data[key]() is not None

    def __iter__(self):
        return iter(self._living())

    def get(self, key, default=None):
        found = self.data.get(key)
        value = None if found is None else found()
        return default if value is None else value

    def values(self):
        for value in self._living().values():
            value = value()
            if value is not None:
                yield value

    def items(self):
        for key, value in self._living().items():
            value = value()
            if value is not None:
                yield key, value

    def valuerefs(self):
        return list(self._living().values())

    def itervaluerefs(self):
        return iter(self.valuerefs())

    def copy(self):
        return self.__class__(self.items())

    __copy__ = copy


class WeakKeyDictionary(_WeakDictionary):
    def __init__(self, dict=None):
        self.data = {}
        self._looked = _collections()
        if dict is not None:
            self.update(dict)

    def _living(self):
        now = _collections()
        if self._looked != now:
            gone = [key for key in self.data if key() is None]
            self._looked = now
            for key in gone:
                del self.data[key]
        return self.data

    def __getitem__(self, key):
        try:
            return self.data[ref(key)]
        except KeyError as error:
            raise KeyError(error.args[0]) from None

    def __setitem__(self, key, value):
        self._living()[ref(key)] = value

    def __delitem__(self, key):
        del self._living()[ref(key)]

    def __contains__(self, key):
        try:
            return ref(key) in self.data
        except TypeError:
            return False

    def __iter__(self):
        for key in self._living():
            key = key()
            if key is not None:
                yield key

    def get(self, key, default=None):
        return self.data.get(ref(key), default)

    def setdefault(self, key, default=None):
        return self._living().setdefault(ref(key), default)

    def pop(self, key, *default):
        return self._living().pop(ref(key), *default)

    def values(self):
        for key, value in self._living().items():
            if key() is not None:
                yield value

    def items(self):
        for key, value in self._living().items():
            key = key()
            if key is not None:
                yield key, value

    def keyrefs(self):
        return list(self._living())

    def copy(self):
        made = self.__class__()
        for key, value in self.items():
            made[key] = value
        return made

    __copy__ = copy


class WeakSet(_MutableSet):
    def __init__(self, data=None):
        self.data = set()
        self._looked = _collections()
        if data is not None:
            self.update(data)

    def _living(self):
        now = _collections()
        if self._looked != now:
            self._looked = now
            for one in [one for one in self.data if one() is None]:
                self.data.discard(one)
        return self.data

    def __iter__(self):
        for one in self._living():
            one = one()
            if one is not None:
                yield one

    def __len__(self):
        return len(self._living())

    def __contains__(self, item):
        try:
            return ref(item) in self.data
        except TypeError:
            return False

    def __repr__(self):
        return repr(self._living())

    def add(self, item):
        self._living().add(ref(item))

    def discard(self, item):
        self._living().discard(ref(item))

    def remove(self, item):
        self._living().remove(ref(item))

    def pop(self):
        while True:
            try:
                item = self.data.pop()()
            except KeyError:
                raise KeyError("pop from empty WeakSet") from None
            if item is not None:
                return item

    def clear(self):
        self.data.clear()

    def update(self, other):
        for item in other:
            self.add(item)

    def __ior__(self, other):
        self.update(other)
        return self

    def copy(self):
        return self.__class__(self)

    def union(self, other):
        return self.__class__(item for part in (self, other) for item in part)

    __or__ = union

    def difference(self, other):
        made = self.copy()
        made.difference_update(other)
        return made

    __sub__ = difference

    def difference_update(self, other):
        if self is other:
            self.clear()
        else:
            for item in list(other):
                self.discard(item)

    def intersection(self, other):
        return self.__class__(item for item in other if item in self)

    __and__ = intersection

    def intersection_update(self, other):
        for item in [item for item in self if item not in other]:
            self.discard(item)

    def symmetric_difference(self, other):
        made = self.__class__(item for item in self if item not in other)
        made.update(item for item in other if item not in self)
        return made

    __xor__ = symmetric_difference

    def issubset(self, other):
        return all(item in other for item in self)

    __le__ = issubset

    def issuperset(self, other):
        return all(item in self for item in other)

    __ge__ = issuperset

    def __lt__(self, other):
        return len(self) < len(other) and self.issubset(other)

    def __gt__(self, other):
        return len(self) > len(other) and self.issuperset(other)

    def __eq__(self, other):
        if not isinstance(other, WeakSet):
            return NotImplemented
        return len(self) == len(other) and self.issubset(other)

    def isdisjoint(self, other):
        return not any(item in self for item in other)


class finalize:
    """As in CPython, but for `atexit`: what is alive when a function's instance ends is not told."""

    def __init__(self, obj, func, /, *args, **kwargs):
        self._object = ref(obj)
        self._call = (func, args, kwargs)
        self.atexit = True
        _watch(self._object._number, self)

    def __call__(self, _=None):
        call, self._call = self._call, None
        if call is None:
            return None
        _forget(self)
        func, args, kwargs = call
        return func(*args, **kwargs)

    def detach(self):
        object, call = self._object(), self._call
        if object is None or call is None:
            return None
        self._call = None
        _forget(self)
        return (object, *call)

    def peek(self):
        object = self._object()
        if object is not None and self._call is not None:
            return (object, *self._call)

    @property
    def alive(self):
        return self._call is not None

    def __repr__(self):
        object = self._object()
        if object is None or self._call is None:
            return f"<finalize object at {id(self):#x}; dead>"
        return f"<finalize object at {id(self):#x}; for {type(object).__name__!r} at {id(object):#x}>"
