"""What classes are derived from that have a metaclass, in packages: it does when one is made what `type` would do."""


class _Metaclass:
    def __init_subclass__(cls, /, **keywords):
        if "_is_metaclass" in cls.__dict__:
            super().__init_subclass__(**keywords)
            return
        kind = next(filter(_is_metaclass, cls.__mro__))
        name = cls.__name__
        bases = tuple([base for base in cls.__bases__ if base is not object and not _is_metaclass(base)])
        if _bases_given:
            bases = _bases_given.pop()
        names = dict(cls.__dict__)
        _being_made.append(cls)
        try:
            made = kind.__class_new__(kind, name, bases, names, **keywords)
        finally:
            _being_made.pop()
        if made is not cls:
            raise NotImplementedError(f"{kind.__name__}.__new__() gives another class than the one of the statement")
        cls.__class_init__(name, bases, names, **keywords)

    @staticmethod
    def __class_new__(kind, name, bases, names, /, **keywords):
        if not _being_made or _being_made[-1].__name__ != name:
            return _create(kind, name, bases, names, **keywords)
        cls = _being_made[-1]
        for key, value in names.items():
            if cls.__dict__.get(key, _being_made) is not value:
                setattr(cls, key, value)
                named = getattr(type(value), "__set_name__", None)
                if named is not None:
                    named(value, cls, key)
        for key in [key for key in cls.__dict__ if key not in names]:
            delattr(cls, key)
        super(_Metaclass, cls).__init_subclass__(**keywords)
        return cls

    @classmethod
    def __class_init__(cls, /, name, bases, names, **keywords):
        pass

    @staticmethod
    def _type_init(cls, /, *arguments, **keywords):
        pass

    @classmethod
    def __class_call__(cls, /, *arguments, **named):
        if "_is_metaclass" in cls.__dict__:
            return _create(cls, *arguments, **named)
        return type.__call__(cls, *arguments, **named)

    @classmethod
    def __class_instancecheck__(cls, of, /):
        if _is_metaclass(cls):
            return isinstance(of, type) and cls in of.__mro__ and not _is_metaclass(of)
        return cls in type(of).__mro__


# The classes whose statements are being run, the innermost last.
_being_made = []

# The bases of the class that a metaclass is called for.
_bases_given = []


def _create(kind, name, bases, names, /, **keywords):
    """`kind(name, bases, names)`."""
    _bases_given.append(bases)
    bases = tuple([base for base in bases if base is not object])
    if not any(kind in base.__mro__ for base in bases):
        bases += (kind,)
    return type(name, bases, dict(names), **keywords)


def _metaclass_calls(function):
    """A metaclass's `__call__` is what a call of its classes does, not of itself."""

    def __class_call__(cls, /, *arguments, **named):
        if "_is_metaclass" in cls.__dict__:
            return _create(cls, *arguments, **named)
        return function(cls, *arguments, **named)

    return classmethod(__class_call__)


def _is_metaclass(cls):
    return "_is_metaclass" in getattr(cls, "__dict__", ())
