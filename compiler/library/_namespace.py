"""`globals()` of a module: its names and what they stand for, to be read."""


# A variable may hold the namespace itself, so that it is no sign of none.
_unbound = object()


class _Namespace(dict):
    """What is asked of it is asked of the module's variables as they are then."""

    def __init__(self, module, name, names):
        self._module, self._name, self._names = module, name, names

    def _look(self):
        if self._names is not None:
            names, self._names = self._names, None
            dict.__setitem__(self, "__name__", self._name)
            for name in names:
                value = getattr(self._module, name, _unbound)
                if value is not _unbound:
                    dict.__setitem__(self, name, value)
                else:
                    dict.pop(self, name, None)
            self._names = names
        return self

    def __getitem__(self, name):
        return dict.__getitem__(self._look(), name)

    def get(self, name, default=None):
        return dict.get(self._look(), name, default)

    def __contains__(self, name):
        return dict.__contains__(self._look(), name)

    def __iter__(self):
        return dict.__iter__(self._look())

    def __reversed__(self):
        return dict.__reversed__(self._look())

    def __eq__(self, other):
        return dict.__eq__(self._look(), other)

    def __or__(self, other):
        return self.copy() | other

    def __ror__(self, other):
        return other | self.copy()

    def __len__(self):
        return dict.__len__(self._look())

    def __repr__(self):
        return dict.__repr__(self._look())

    def keys(self):
        return dict.keys(self._look())

    def values(self):
        return dict.values(self._look())

    def items(self):
        return dict.items(self._look())

    def copy(self):
        return dict(self._look().items())

    def _refuse(self, *arguments, **named):
        raise NotImplementedError("writes through globals() are not available: names are resolved when compiling")

    __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _refuse
