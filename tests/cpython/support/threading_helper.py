"""There are no threads: tests of them are skipped."""

import unittest


def reap_threads(f):
    f.__unittest_skip__ = "threads"
    return f


def requires_working_threading(*a, **k):
    def d(f):
        f.__unittest_skip__ = "threads"
        return f

    return d


def start_threads(*a, **k):
    raise unittest.SkipTest("threads")


def threading_cleanup(*a):
    pass


def threading_setup(*a):
    return ()


def join_thread(*a):
    raise unittest.SkipTest("threads")
