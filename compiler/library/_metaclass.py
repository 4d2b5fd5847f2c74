"""What classes are derived from that have a metaclass, in packages: it does when one is made what `type` would do."""


class _Metaclass:
    def __init_subclass__(cls, /, **keywords):
        super().__init_subclass__(**keywords)
        if "_is_metaclass" not in cls.__dict__:
            bases = tuple([base for base in cls.__bases__ if base is not object and not _is_metaclass(base)])
            cls.__class_init__(cls.__name__, bases, dict(cls.__dict__))

    @classmethod
    def __class_init__(cls, /, name, bases, names):
        pass

    @classmethod
    def __class_call__(cls, /, *arguments, **named):
        return type.__call__(cls, *arguments, **named)

    @classmethod
    def __class_instancecheck__(cls, of, /):
        if _is_metaclass(cls):
            return isinstance(of, type) and cls in of.__mro__ and not _is_metaclass(of)
        return cls in type(of).__mro__


def _is_metaclass(cls):
    return "_is_metaclass" in getattr(cls, "__dict__", ())
