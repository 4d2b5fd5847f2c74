"""How long calls take."""

from time import perf_counter as default_timer

default_number = 1000000
default_repeat = 5


class Timer:
    def __init__(self, stmt, setup=None, timer=default_timer, globals=None):
        if not callable(stmt) or setup is not None and not callable(setup):
            raise TypeError("what is timed must be a function: there is no compiler on the device")
        self._stmt = stmt
        self._setup = setup
        self._timer = timer

    def timeit(self, number=default_number):
        if self._setup is not None:
            self._setup()
        start = self._timer()
        for _ in range(number):
            self._stmt()
        return self._timer() - start

    def repeat(self, repeat=default_repeat, number=default_number):
        return [self.timeit(number) for _ in range(repeat)]


def timeit(stmt, setup=None, timer=default_timer, number=default_number, globals=None):
    return Timer(stmt, setup, timer).timeit(number)


def repeat(stmt, setup=None, timer=default_timer, repeat=default_repeat, number=default_number, globals=None):
    return Timer(stmt, setup, timer).repeat(repeat, number)
