"""There are no files: tests that need them are skipped."""

import unittest

from test.support import FakePath

TESTFN = "@test_tmp"
FS_NONASCII = ""
TESTFN_UNICODE = "@test"
TESTFN_UNDECODABLE = TESTFN_UNENCODABLE = None


def unlink(f):
    raise unittest.SkipTest("file")


rmtree = rmdir = unlink


def temp_dir(*a, **k):
    raise unittest.SkipTest("file")


temp_cwd = change_cwd = create_empty_file = make_bad_fd = temp_dir


class EnvironmentVarGuard:
    def __enter__(self):
        raise unittest.SkipTest("env")

    def __exit__(self, *a):
        return False


def can_symlink():
    return False


def skip_unless_symlink(f):
    f.__unittest_skip__ = "x"
    return f
