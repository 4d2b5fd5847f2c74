"""What is told when an object is gone: looked at when a program collects, for nothing runs while the machine does."""

from _iotpy import identified as _identified

_watched = []


def watch(number, told):
    _watched.append((number, told))


def sweep():
    """Tells those whose object is gone, the last one first."""
    gone = [pair for pair in _watched if _identified(pair[0]) is None]
    if gone:
        _watched[:] = [pair for pair in _watched if pair not in gone]
    for _, told in reversed(gone):
        told()
    return len(gone)


def forget(told):
    for at, pair in enumerate(_watched):
        if pair[1] is told:
            del _watched[at]
            return True
    return False
