"""`print` of a program that puts something else in the place of `sys.stdout`."""

import sys as _sys


def written(*args, sep=None, end=None, file=None, flush=False):
    if file is None:
        file = _sys.stdout
        if file is None:
            return
    print(*args, sep=sep, end=end, file=file)
