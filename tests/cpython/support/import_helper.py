"""Names of modules are resolved when compiling: tests that import others are skipped."""

import unittest


def import_module(*a, **k):
    raise unittest.SkipTest("import")


import_fresh_module = ready_to_import = import_module


def unload(*a):
    pass


forget = unload


class CleanImport:
    def __init__(self, *a, **k):
        pass

    def __enter__(self):
        raise unittest.SkipTest("import")

    def __exit__(self, *a):
        return False
