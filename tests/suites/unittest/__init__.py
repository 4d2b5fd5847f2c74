"""What packages' own tests use of unittest, small enough to be compiled with each of them."""

import re

from pytest import Failed, Skipped, mark, raises, warns

SkipTest = Skipped


def skip(reason=""):
    return mark.skipif(True)


def skipIf(condition, reason=""):
    return mark.skipif(bool(condition))


def skipUnless(condition, reason=""):
    return mark.skipif(not condition)


def expectedFailure(function):
    return mark.skip(function)


def main(*args, **kwargs):
    pass


class _SubTest:
    def __enter__(self):
        pass

    def __exit__(self, *exception):
        pass


class _Raises:
    def __init__(self, context):
        self._context = context

    def __enter__(self):
        self._info = self._context.__enter__()
        return self

    def __exit__(self, *exception):
        done = self._context.__exit__(*exception)
        if done and exception[1] is not None:
            self.exception = exception[1]
        return done


class TestCase:
    failureException = AssertionError
    maxDiff = None

    def __init__(self, methodName="runTest"):
        self._cleanups = []
        self._methodName = methodName

    def setUp(self):
        pass

    def tearDown(self):
        pass

    def addCleanup(self, function, /, *args, **kwargs):
        self._cleanups.append((function, args, kwargs))

    def doCleanups(self):
        while self._cleanups:
            function, args, kwargs = self._cleanups.pop()
            function(*args, **kwargs)

    def id(self):
        return type(self).__name__ + "." + self._methodName

    def subTest(self, msg=None, **params):
        return _SubTest()

    def skipTest(self, reason):
        raise Skipped(reason)

    def fail(self, msg=None):
        raise AssertionError(msg)

    def _check(self, good, text, msg):
        if not good:
            raise AssertionError(text if msg is None else f"{text} : {msg}")

    def assertTrue(self, expr, msg=None):
        self._check(expr, f"{expr!r} is not true", msg)

    def assertFalse(self, expr, msg=None):
        self._check(not expr, f"{expr!r} is not false", msg)

    def assertEqual(self, first, second, msg=None):
        self._check(first == second, f"{first!r} != {second!r}", msg)

    def assertNotEqual(self, first, second, msg=None):
        self._check(first != second, f"{first!r} == {second!r}", msg)

    def assertListEqual(self, list1, list2, msg=None):
        self._check(isinstance(list1, list) and isinstance(list2, list) and list1 == list2, f"{list1!r} != {list2!r}", msg)

    def assertTupleEqual(self, tuple1, tuple2, msg=None):
        self._check(isinstance(tuple1, tuple) and isinstance(tuple2, tuple) and tuple1 == tuple2, f"{tuple1!r} != {tuple2!r}", msg)

    def assertDictEqual(self, d1, d2, msg=None):
        self._check(isinstance(d1, dict) and isinstance(d2, dict) and d1 == d2, f"{d1!r} != {d2!r}", msg)

    def assertSetEqual(self, set1, set2, msg=None):
        self._check(not set1.difference(set2) and not set2.difference(set1), f"{set1!r} != {set2!r}", msg)

    def assertSequenceEqual(self, seq1, seq2, msg=None, seq_type=None):
        self._check(list(seq1) == list(seq2), f"{seq1!r} != {seq2!r}", msg)

    def assertMultiLineEqual(self, first, second, msg=None):
        self._check(isinstance(first, str) and isinstance(second, str) and first == second, f"{first!r} != {second!r}", msg)

    def assertCountEqual(self, first, second, msg=None):
        first, second = list(first), list(second)
        rest = list(second)
        for one in first:
            if one in rest:
                rest.remove(one)
            else:
                rest.append(one)
                break
        self._check(not rest and len(first) == len(second), f"{first!r} and {second!r} count differently", msg)

    def assertIs(self, expr1, expr2, msg=None):
        self._check(expr1 is expr2, f"{expr1!r} is not {expr2!r}", msg)

    def assertIsNot(self, expr1, expr2, msg=None):
        self._check(expr1 is not expr2, f"unexpectedly identical: {expr1!r}", msg)

    def assertIsNone(self, obj, msg=None):
        self._check(obj is None, f"{obj!r} is not None", msg)

    def assertIsNotNone(self, obj, msg=None):
        self._check(obj is not None, "unexpectedly None", msg)

    def assertIn(self, member, container, msg=None):
        self._check(member in container, f"{member!r} not found in {container!r}", msg)

    def assertNotIn(self, member, container, msg=None):
        self._check(member not in container, f"{member!r} unexpectedly found in {container!r}", msg)

    def assertIsInstance(self, obj, cls, msg=None):
        self._check(isinstance(obj, cls), f"{obj!r} is not an instance of {cls!r}", msg)

    def assertNotIsInstance(self, obj, cls, msg=None):
        self._check(not isinstance(obj, cls), f"{obj!r} is an instance of {cls!r}", msg)

    def assertLess(self, a, b, msg=None):
        self._check(a < b, f"{a!r} not less than {b!r}", msg)

    def assertLessEqual(self, a, b, msg=None):
        self._check(a <= b, f"{a!r} not less than or equal to {b!r}", msg)

    def assertGreater(self, a, b, msg=None):
        self._check(a > b, f"{a!r} not greater than {b!r}", msg)

    def assertGreaterEqual(self, a, b, msg=None):
        self._check(a >= b, f"{a!r} not greater than or equal to {b!r}", msg)

    def assertAlmostEqual(self, first, second, places=7, msg=None, delta=None):
        near = first == second or (abs(first - second) <= delta if delta is not None else round(abs(first - second), places) == 0)
        self._check(near, f"{first!r} != {second!r} within {places} places", msg)

    def assertRegex(self, text, expected_regex, msg=None):
        self._check(re.search(expected_regex, text), f"{expected_regex!r} not found in {text!r}", msg)

    def assertNotRegex(self, text, unexpected_regex, msg=None):
        self._check(not re.search(unexpected_regex, text), f"{unexpected_regex!r} found in {text!r}", msg)

    def assertRaises(self, expected_exception, *args, **kwargs):
        if args:
            return raises(expected_exception, *args, **kwargs)
        return _Raises(raises(expected_exception))

    def assertRaisesRegex(self, expected_exception, expected_regex, *args, **kwargs):
        if args:
            return raises(expected_exception, *args, match=expected_regex, **kwargs)
        return _Raises(raises(expected_exception, match=expected_regex))

    def assertWarns(self, expected_warning, *args, **kwargs):
        return warns(expected_warning, *args, **kwargs)

    def assertLogs(self, logger=None, level=None):
        raise Skipped("logs")


class TestSuite:
    def __init__(self, tests=()):
        self._tests = list(tests)
