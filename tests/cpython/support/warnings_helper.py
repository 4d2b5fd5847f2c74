"""Warnings go nowhere on a device: tests of them are skipped."""

import unittest


def check_warnings(*a, **k):
    raise unittest.SkipTest("warnings")


def check_syntax_warning(*a, **k):
    raise unittest.SkipTest("warnings")


def check_no_resource_warning(*a):
    raise unittest.SkipTest("warnings")


def check_no_warnings(*a, **k):
    raise unittest.SkipTest("warnings")


def save_restore_warnings_filters():
    raise unittest.SkipTest("warnings")


def ignore_warnings(*, category):
    return lambda f: f


def import_deprecated(n):
    raise unittest.SkipTest("dep")
