"""In the place of `test.support`: what its tests need that a device has; what it has not is skipped."""

import sys
import unittest

verbose = 0
MISSING_C_DOCSTRINGS = True
HAVE_DOCSTRINGS = True
is_jython = is_android = is_emscripten = is_wasi = False
has_fork_support = has_subprocess_support = False
check_impl_detail = lambda **k: False
MAX_Py_ssize_t = sys.maxsize
_1M = 1024 * 1024
_1G = 1024 * _1M
_2G = 2 * _1G
_4G = 4 * _1G
real_max_memuse = 0
max_memuse = 0
C_RECURSION_LIMIT = 500
PGO = False
SHORT_TIMEOUT = LOOPBACK_TIMEOUT = LONG_TIMEOUT = 5


class _ALWAYS_EQ:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


ALWAYS_EQ = _ALWAYS_EQ()


class _NEVER_EQ:
    def __eq__(self, other):
        return False

    def __ne__(self, other):
        return True

    def __hash__(self):
        return 1


NEVER_EQ = _NEVER_EQ()


class _LARGEST:
    def __eq__(self, other):
        return isinstance(other, _LARGEST)

    def __lt__(self, other):
        return False

    def __le__(self, other):
        return self == other

    def __gt__(self, other):
        return not self == other

    def __ge__(self, other):
        return True


LARGEST = _LARGEST()


class _SMALLEST:
    def __eq__(self, other):
        return isinstance(other, _SMALLEST)

    def __gt__(self, other):
        return False

    def __ge__(self, other):
        return self == other

    def __lt__(self, other):
        return not self == other

    def __le__(self, other):
        return True


SMALLEST = _SMALLEST()


class FakePath:
    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        if isinstance(self.path, BaseException):
            raise self.path
        return self.path


def _skipped(reason):
    def deco(f):
        f.__unittest_skip__ = reason
        return f

    return deco


cpython_only = _skipped("cpython only")
refcount_test = _skipped("refcount")
no_tracing = lambda f: f
requires_IEEE_754 = lambda f: f
requires_docstrings = _skipped("docstrings")
anticipate_failure = lambda c: (lambda f: f)
impl_detail = lambda *a, **k: _skipped("impl")


def bigmemtest(*a, **k):
    return _skipped("bigmem")


def bigaddrspacetest(f):
    return _skipped("bigmem")(f)


def precisionbigmemtest(*a, **k):
    return _skipped("bigmem")


def run_with_locale(*a, **k):
    return _skipped("locale")


def run_with_tz(*a, **k):
    return _skipped("tz")


def requires_resource(*a, **k):
    return _skipped("resource")


def requires(*a, **k):
    raise unittest.SkipTest("resource")


def requires_limited_api(f):
    return _skipped("api")(f)


def requires_working_socket(*a, **k):
    return _skipped("socket")


def requires_fork(*a, **k):
    return _skipped("fork")


def requires_subprocess(*a, **k):
    return _skipped("subprocess")


def requires_mac_ver(*a):
    return _skipped("mac")


def skip_if_pgo_task(f):
    return f


def skip_if_buildbot(*a):
    return lambda f: f


def skip_emscripten_stack_overflow():
    return lambda f: f


def skip_wasi_stack_overflow():
    return lambda f: f


def suppress_immortalization(*a):
    return lambda f: f


def check_syntax_error(*a, **k):
    raise unittest.SkipTest("syntax error")


def check_syntax_warning(*a, **k):
    raise unittest.SkipTest("syntax warning")


def check_warnings(*a, **k):
    raise unittest.SkipTest("warnings")


def check_free_after_iterating(*a, **k):
    raise unittest.SkipTest("free")


def check_disallow_instantiation(case, tp, *a, **k):
    case.assertRaises(TypeError, tp, *a, **k)


def gc_collect():
    import gc

    gc.collect()


def check__all__(*a, **k):
    raise unittest.SkipTest("all")


def check_sizeof(*a, **k):
    raise unittest.SkipTest("sizeof")


def calcobjsize(*a):
    return 0


def calcvobjsize(*a):
    return 0


def get_attribute(o, n):
    return getattr(o, n)


def sortdict(d):
    return "{%s}" % ", ".join("%r: %r" % p for p in sorted(d.items()))


def load_package_tests(*a):
    pass


def findfile(*a, **k):
    raise unittest.SkipTest("file")


def run_code(*a):
    raise unittest.SkipTest("exec")


def run_unittest(*a):
    pass


def run_doctest(*a):
    pass


def reap_children(*a):
    pass


def is_resource_enabled(*a):
    return False


def optim_args_from_interpreter_flags():
    return []


def infinite_recursion(*a, **k):
    return _Null()


def disable_gc():
    return _Null()


def disable_faulthandler():
    return _Null()


def threading_cleanup(*a):
    pass


def check_sanitizer(**k):
    return False


def missing_compiler_executable(*a):
    return None


def python_is_optimized():
    return False


def adjust_int_max_str_digits(n):
    raise unittest.SkipTest("digits")


def late_deletion(x):
    return x


def flush_std_streams():
    pass


def setswitchinterval(x):
    pass


def skip_unless_bind_unix_socket(f):
    return _skipped("x")(f)


class _Null:
    def __enter__(self):
        return self

    def __exit__(self, *a):
        return False


class swap_attr:
    def __init__(self, obj, name, new):
        self.o = obj
        self.n = name
        self.v = new

    def __enter__(self):
        self.had = hasattr(self.o, self.n)
        if self.had:
            self.old = getattr(self.o, self.n)
        setattr(self.o, self.n, self.v)
        return getattr(self, "old", None)

    def __exit__(self, *a):
        if self.had:
            setattr(self.o, self.n, self.old)
        else:
            delattr(self.o, self.n)
        return False


class swap_item:
    def __init__(self, obj, name, new):
        self.o = obj
        self.n = name
        self.v = new

    def __enter__(self):
        self.had = self.n in self.o
        if self.had:
            self.old = self.o[self.n]
        self.o[self.n] = self.v
        return getattr(self, "old", None)

    def __exit__(self, *a):
        if self.had:
            self.o[self.n] = self.old
        elif self.n in self.o:
            del self.o[self.n]
        return False


class Error(Exception):
    pass


class TestFailed(Error):
    pass


def captured_stdout():
    raise unittest.SkipTest("stdout")


captured_stderr = captured_stdin = captured_output = lambda *a: captured_stdout()


class catch_unraisable_exception:
    def __enter__(self):
        raise unittest.SkipTest("unraisable")

    def __exit__(self, *a):
        return False


class BasicTestRunner:
    pass


class Matcher:
    pass


class EqualToForwardRef:
    pass


def requires_legacy_unicode_capi(*a):
    return _skipped("capi")


def maybe_get_event_loop_policy():
    return None


def skip_if_sanitizer(*a, **k):
    return lambda f: f


def run_in_subinterp(*a):
    raise unittest.SkipTest("sub")


def args_from_interpreter_flags():
    return []


def with_pymalloc():
    return False


def requires_zlib(*a):
    return lambda f: f


def requires_gzip(*a):
    return lambda f: f


def requires_bz2(*a):
    return _skipped("bz2")


def requires_lzma(*a):
    return _skipped("lzma")


def requires_venv_with_pip():
    return _skipped("venv")


def open_urlresource(*a, **k):
    raise unittest.SkipTest("url")


def check_bugs(*a):
    pass


def detect_api_mismatch(*a, **k):
    return set()


def system_must_validate_cert(f):
    return f


def set_recursion_limit(*a):
    return _Null()


def transient_internet(*a):
    raise unittest.SkipTest("net")


def no_rerun(*a):
    return lambda f: f


def check_cflags_pgo():
    return False


def get_pagesize():
    return 4096


def strip_python_stderr(x):
    return x


def exceeds_recursion_limit():
    return 3000


TEST_HOME_DIR = "/"
TEST_SUPPORT_DIR = "/"


def setup_test_dir(*a):
    pass


class StopTracing:
    pass


def wait_process(*a, **k):
    raise unittest.SkipTest("process")


def ignore_deprecations_from(*a, **k):
    pass


def clear_ignored_deprecations(*a, **k):
    pass


def print_warning(*a):
    pass


def requires_freebsd_version(*a):
    return lambda f: f


def requires_linux_version(*a):
    return lambda f: f


class SuppressCrashReport(_Null):
    pass


def iter_builtin_types():
    raise unittest.SkipTest("types")


def iter_slot_wrappers(x):
    raise unittest.SkipTest("slots")
