"""In the place of `unittest.mock`: its tests are skipped."""

import unittest


def patch(*a, **k):
    def deco(f):
        f.__unittest_skip__ = "mock"
        return f

    return deco


patch.object = patch
patch.dict = patch
Mock = MagicMock = sentinel = patch
ANY = None


def call(*a, **k):
    raise unittest.SkipTest("mock")
