"""weakref, of classes: they may live on when nobody refers to them, as in CPython, where they are parts of cycles.

Of other objects it would have to be known when the last reference goes. Packages that import it have this; a program of
one's own is refused.
"""


class ref:
    def __init__(self, object, callback=None, /):
        if not isinstance(object, type):
            raise NotImplementedError(f"weak references to '{type(object).__name__}' objects are not available: only to classes")
        self._object = object
        self.__callback__ = callback

    def __call__(self):
        return self._object

    def __eq__(self, other):
        return isinstance(other, ref) and self._object == other._object

    def __hash__(self):
        return hash(self._object)


ReferenceType = ref


def __getattr__(name):
    raise ModuleNotFoundError("No module named 'weakref'", name="weakref")
