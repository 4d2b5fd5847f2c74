"""In the place of `unittest`: what CPython's tests use of it, in code that both sides run."""

import re
import sys


class SkipTest(Exception):
    pass


class Absent:
    def __init__(self, name):
        self._name = name

    def __getattr__(self, name):
        raise SkipTest("absent " + self._name)

    def __call__(self, *a, **k):
        raise SkipTest("absent " + self._name)


def skip(reason):
    def deco(f):
        f.__unittest_skip__ = reason
        return f

    return deco


def skipIf(cond, reason):
    if cond:
        return skip(reason)
    return lambda f: f


def skipUnless(cond, reason):
    if not cond:
        return skip(reason)
    return lambda f: f


def expectedFailure(f):
    f.__unittest_skip__ = "expected failure"
    return f


class _Raises:
    def __init__(self, case, kinds, regex=None, msg=None):
        self.case = case
        self.kinds = kinds
        self.regex = regex

    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        if kind is None:
            raise AssertionError("%r not raised" % (self.kinds,))
        if not issubclass(kind, self.kinds):
            return False
        self.exception = value
        if self.regex is not None:
            if isinstance(self.regex, str):
                found = re.search(self.regex, str(value))
            else:
                found = self.regex.search(str(value))
            if not found:
                raise AssertionError("%r does not match %r" % (self.regex, str(value)))
        return True


class _Warns:
    def __init__(self):
        self.warnings = []
        self.warning = None
        self.filename = None

    def __enter__(self):
        raise SkipTest("warnings")

    def __exit__(self, *a):
        return False


class _Sub:
    def __init__(self, case, label):
        self.case = case
        self.label = label

    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        if kind is not None and issubclass(kind, Exception) and not issubclass(kind, SkipTest):
            self.case._subfail.append("%s: %s: %s" % (self.label, kind.__name__, str(value)[:300]))
            return True
        return kind is not None and issubclass(kind, SkipTest)


class TestCase:
    failureException = AssertionError
    maxDiff = None
    longMessage = True

    def __init__(self, methodName="runTest"):
        self._testMethodName = methodName
        self._cleanups = []
        self._subfail = []

    def setUp(self):
        pass

    def tearDown(self):
        pass

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def id(self):
        return self._testMethodName

    def addCleanup(self, f, *a, **k):
        self._cleanups.append((f, a, k))

    def addTypeEqualityFunc(self, *a):
        pass

    def enterContext(self, cm):
        r = cm.__enter__()
        self.addCleanup(cm.__exit__, None, None, None)
        return r

    def doCleanups(self):
        while self._cleanups:
            f, a, k = self._cleanups.pop()
            f(*a, **k)

    def skipTest(self, reason):
        raise SkipTest(reason)

    def subTest(self, msg=None, **k):
        return _Sub(self, "%r %r" % (msg, k))

    def fail(self, msg=None):
        raise AssertionError(msg)

    def _bad(self, text, msg):
        raise AssertionError(text + ("" if msg is None else " : %s" % (msg,)))

    def assertTrue(self, x, msg=None):
        if not x:
            self._bad("%r is not true" % (x,), msg)

    def assertFalse(self, x, msg=None):
        if x:
            self._bad("%r is not false" % (x,), msg)

    def assertEqual(self, a, b, msg=None):
        if not a == b:
            self._bad("%.300r != %.300r" % (a, b), msg)

    def assertNotEqual(self, a, b, msg=None):
        if not a != b:
            self._bad("%.300r == %.300r" % (a, b), msg)

    def assertIs(self, a, b, msg=None):
        if a is not b:
            self._bad("%.300r is not %.300r" % (a, b), msg)

    def assertIsNot(self, a, b, msg=None):
        if a is b:
            self._bad("%.300r is %.300r" % (a, b), msg)

    def assertIsNone(self, a, msg=None):
        if a is not None:
            self._bad("%.300r is not None" % (a,), msg)

    def assertIsNotNone(self, a, msg=None):
        if a is None:
            self._bad("is None", msg)

    def assertIn(self, a, b, msg=None):
        if a not in b:
            self._bad("%.300r not in %.300r" % (a, b), msg)

    def assertNotIn(self, a, b, msg=None):
        if a in b:
            self._bad("%.300r in %.300r" % (a, b), msg)

    def assertIsInstance(self, a, b, msg=None):
        if not isinstance(a, b):
            self._bad("%.300r is no %r" % (a, b), msg)

    def assertNotIsInstance(self, a, b, msg=None):
        if isinstance(a, b):
            self._bad("%.300r is a %r" % (a, b), msg)

    def assertLess(self, a, b, msg=None):
        if not a < b:
            self._bad("%.300r not < %.300r" % (a, b), msg)

    def assertLessEqual(self, a, b, msg=None):
        if not a <= b:
            self._bad("%.300r not <= %.300r" % (a, b), msg)

    def assertGreater(self, a, b, msg=None):
        if not a > b:
            self._bad("%.300r not > %.300r" % (a, b), msg)

    def assertGreaterEqual(self, a, b, msg=None):
        if not a >= b:
            self._bad("%.300r not >= %.300r" % (a, b), msg)

    def assertAlmostEqual(self, a, b, places=None, msg=None, delta=None):
        if a == b:
            return
        d = abs(a - b)
        if delta is not None:
            if d <= delta:
                return
        elif round(d, 7 if places is None else places) == 0:
            return
        self._bad("%r !~ %r" % (a, b), msg)

    def assertNotAlmostEqual(self, a, b, places=None, msg=None, delta=None):
        d = abs(a - b)
        if delta is not None:
            if not (a == b) and d > delta:
                return
        elif not (a == b) and round(d, 7 if places is None else places) != 0:
            return
        self._bad("%r ~ %r" % (a, b), msg)

    def assertSequenceEqual(self, a, b, msg=None, seq_type=None):
        if not (len(a) == len(b) and all(x == y for x, y in zip(a, b))):
            self._bad("%.300r != %.300r" % (a, b), msg)

    assertListEqual = assertTupleEqual = assertDictEqual = assertSetEqual = assertMultiLineEqual = assertEqual

    def assertCountEqual(self, a, b, msg=None):
        a = list(a)
        b = list(b)
        x = list(b)
        for i in a:
            if i in x:
                x.remove(i)
            else:
                self._bad("%.300r has not the items of %.300r" % (a, b), msg)
        if x:
            self._bad("%.300r has not the items of %.300r" % (a, b), msg)

    def assertRegex(self, text, regex, msg=None):
        if isinstance(regex, (str, bytes)):
            regex = re.compile(regex)
        if not regex.search(text):
            self._bad("%.300r does not match" % (text,), msg)

    def assertNotRegex(self, text, regex, msg=None):
        if isinstance(regex, (str, bytes)):
            regex = re.compile(regex)
        if regex.search(text):
            self._bad("%.300r matches" % (text,), msg)

    def assertRaises(self, kinds, *args, **kw):
        r = _Raises(self, kinds)
        if not args:
            return r
        with r:
            args[0](*args[1:], **kw)

    def assertRaisesRegex(self, kinds, regex, *args, **kw):
        r = _Raises(self, kinds, regex)
        if not args:
            return r
        with r:
            args[0](*args[1:], **kw)

    def assertWarns(self, kinds, *args, **kw):
        raise SkipTest("warnings")

    def assertWarnsRegex(self, kinds, regex, *args, **kw):
        raise SkipTest("warnings")

    def assertLogs(self, *a, **k):
        raise SkipTest("logs")

    def assertNoLogs(self, *a, **k):
        raise SkipTest("logs")

    assertEquals = assertEqual
    assertItemsEqual = assertCountEqual


class IsolatedAsyncioTestCase(TestCase):
    async def asyncSetUp(self):
        pass

    async def asyncTearDown(self):
        pass

    def addAsyncCleanup(self, *a, **k):
        pass


def run_one(cls, name):
    label = cls.__name__ + "." + name
    reason = getattr(cls, "__unittest_skip__", None) or getattr(getattr(cls, name), "__unittest_skip__", None)
    if reason:
        print("@", label, "skip", repr(reason)[:100])
        return
    try:
        case = cls(name)
        case.setUp()
        if isinstance(case, IsolatedAsyncioTestCase):
            import asyncio

            async def go():
                await case.asyncSetUp()
                r = getattr(case, name)()
                if r is not None:
                    await r
                await case.asyncTearDown()

            asyncio.run(go())
        else:
            getattr(case, name)()
        case.tearDown()
        case.doCleanups()
        if case._subfail:
            print("@", label, "SUB", len(case._subfail), case._subfail[0].replace("\n", " ")[:500])
        else:
            print("@", label, "ok")
    except SkipTest as e:
        print("@", label, "skip", repr(e)[:100])
    except BaseException as e:
        try:
            text = str(e)
        except BaseException as f:
            text = "<unprintable>"
        where = ""
        tb = e.__traceback__
        while tb is not None:
            where = "%s:%d" % (tb.tb_frame.f_code.co_name, tb.tb_lineno) + (" < " + where if where else "")
            tb = tb.tb_next
        print("@", label, "FAIL", type(e).__name__, text.replace("\n", " ")[:400], "[" + where[:200] + "]")


def set_up(cls):
    try:
        cls.setUpClass()
    except SkipTest:
        cls.__unittest_skip__ = "class"
    except BaseException as e:
        print("@", cls.__name__, "SETUP", type(e).__name__, str(e)[:200])


def too_slow(cls, name):
    getattr(cls, name).__unittest_skip__ = "too slow"


def main(*a, **k):
    pass
