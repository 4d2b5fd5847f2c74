"""Abstract classes: a class with abstract methods left can't be instantiated."""


def abstractmethod(funcobj):
    if isinstance(funcobj, (property, staticmethod, classmethod)):
        return _Abstract(funcobj)
    funcobj.__isabstractmethod__ = True
    return funcobj


class _Abstract:
    """A descriptor that is abstract; it is replaced in a derived class or never used."""

    __isabstractmethod__ = True

    def __init__(self, inner):
        self.inner = inner


def _abstract_call(cls, /, *args, **kwargs):
    """Makes an instance of a class that has no abstract methods left."""
    if "__abstractmethods__" not in cls.__dict__:
        cls.__abstractmethods__ = _abstract(cls)
    names = cls.__abstractmethods__
    if names:
        plural = "s" if len(names) > 1 else ""
        raise TypeError(
            f"Can't instantiate abstract class {cls.__name__} with abstract method{plural} {', '.join(sorted(names))}"
        )
    return type.__call__(cls, *args, **kwargs)


class ABC:
    @classmethod
    def __class_call__(cls, /, *args, **kwargs):
        return _abstract_call(cls, *args, **kwargs)

    @classmethod
    def register(cls, subclass):
        if "_registered" not in cls.__dict__:
            cls._registered = []
        cls._registered.append(subclass)
        return subclass

    @classmethod
    def __class_subclasscheck__(cls, other):
        if cls in other.__mro__:
            return True
        hook = getattr(cls, "__subclasshook__", None)
        if hook is not None:
            answer = hook(other)
            if answer is not NotImplemented:
                return answer
        return "_registered" in cls.__dict__ and issubclass(other, tuple(cls._registered))

    @classmethod
    def __class_instancecheck__(cls, obj):
        return cls.__class_subclasscheck__(type(obj))


ABCMeta = ABC


def update_abstractmethods(cls):
    if "__abstractmethods__" in cls.__dict__:
        cls.__abstractmethods__ = _abstract(cls)
    return cls


def _abstract(cls):
    names = set()
    for base in reversed(cls.__mro__):
        if base is object or not hasattr(base, "__dict__"):
            continue
        for name, value in base.__dict__.items():
            if isinstance(value, property):
                abstract = getattr(value.fget, "__isabstractmethod__", False)
            elif isinstance(value, (staticmethod, classmethod)):
                abstract = getattr(value.__func__, "__isabstractmethod__", False)
            else:
                abstract = getattr(value, "__isabstractmethod__", False)
            if abstract:
                names.add(name)
            else:
                names.discard(name)
        # Of collections.abc.
        names.update(base.__dict__.get("_needs", ()))
    return frozenset(names)


def abstractclassmethod(callable):
    return classmethod(abstractmethod(callable))


def abstractstaticmethod(callable):
    return staticmethod(abstractmethod(callable))


def abstractproperty(fget=None, fset=None, fdel=None, doc=None):
    return abstractmethod(property(fget, fset, fdel, doc))
