"""What packages' own tests use of pretend: objects with the attributes that are given."""


class stub:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class _Call:
    def __init__(self, args, kwargs):
        self.args, self.kwargs = args, kwargs

    def __eq__(self, other):
        return isinstance(other, _Call) and (self.args, self.kwargs) == (other.args, other.kwargs)


def call(*args, **kwargs):
    return _Call(args, kwargs)


def call_recorder(function):
    def recorded(*args, **kwargs):
        recorded.calls.append(_Call(args, kwargs))
        return function(*args, **kwargs)

    recorded.calls = []
    return recorded


def raiser(error):
    def raising(*args, **kwargs):
        raise error

    return raising
