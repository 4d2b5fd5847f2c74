"""What a program may ask about its interpreter."""

from _iotpy import arguments as _arguments, error as _error, handling as _handling, read_line as _read_line
from _trace import of as _traceback_of

maxsize = 9223372036854775807
byteorder = "little"
platform = "linux"
argv = _arguments() or [""]
path = []
version = "3.11.0 (IoTPy)"
hexversion = 0x030B00F0
copyright = "nano"
executable = prefix = exec_prefix = base_prefix = ""
modules = {}
dont_write_bytecode = True
maxunicode = 0x10FFFF
float_repr_style = "short"


class _Structure(tuple):
    """Values that have a place and a name each."""

    def __new__(cls, *values):
        raise TypeError(f"cannot create 'sys.{cls.__name__}' instances")

    def __getattr__(self, name):
        if name in self._names:
            return self[self._names.index(name)]
        raise AttributeError(f"'sys.{type(self).__name__}' object has no attribute '{name}'")

    def __repr__(self):
        named = ", ".join([f"{name}={value!r}" for name, value in zip(self._names, self)])
        return f"sys.{type(self).__name__}({named})"


def _structure(name, names, values):
    return tuple.__new__(type(name, (_Structure,), {"__module__": "sys", "_names": tuple(names.split())}), values)


version_info = _structure("version_info", "major minor micro releaselevel serial", (3, 11, 0, "final", 0))
flags = _structure(
    "flags",
    "debug inspect interactive optimize dont_write_bytecode no_user_site no_site ignore_environment verbose "
    "bytes_warning quiet hash_randomization isolated dev_mode utf8_mode warn_default_encoding safe_path "
    "int_max_str_digits",
    (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, False, 1, 0, False, 4300),
)
int_info = _structure(
    "int_info", "bits_per_digit sizeof_digit default_max_str_digits str_digits_check_threshold", (30, 4, 4300, 640)
)
hash_info = _structure(
    "hash_info",
    "width modulus inf nan imag algorithm hash_bits seed_bits cutoff",
    (64, 2305843009213693951, 314159, 0, 1000003, "siphash13", 64, 128, 0),
)
thread_info = _structure("thread_info", "name lock version", ("pthread", None, None))
float_info = _structure(
    "float_info",
    "max max_exp max_10_exp min min_exp min_10_exp dig mant_dig epsilon radix rounds",
    (
        1.7976931348623157e+308, 1024, 308, 2.2250738585072014e-308, -1021, -307, 15, 53, 2.220446049250313e-16, 2, 1
    ),
)


class _Implementation:
    name = "iotpy"
    version = version_info
    hexversion = hexversion
    cache_tag = None


implementation = _Implementation()


def get_int_max_str_digits():
    return 4300


def exit(status=None, /):
    raise SystemExit(status)


def getrecursionlimit():
    return 1000


def setrecursionlimit(limit, /):
    if limit < 1:
        raise ValueError("recursion limit must be greater or equal than 1")


def getdefaultencoding():
    return "utf-8"


getfilesystemencoding = getdefaultencoding


def getfilesystemencodeerrors():
    return "surrogateescape"


def getrefcount(object, /):
    return 1


def intern(string, /):
    if type(string) is not str:
        raise TypeError(f"can't intern {type(string).__name__}")
    return _interned.setdefault(string, string)


_interned = {}


def getsizeof(obj, default=None, /):
    return 16


def exc_info():
    exception = _handling()
    if exception is None:
        return None, None, None
    return type(exception), exception, _traceback_of(exception)


def exception():
    return _handling()


def audit(event, *args):
    pass


class _Stream:
    encoding = "utf-8"
    errors = "strict"

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        pass

    def isatty(self):
        return False


class _Output(_Stream):
    name = "<stdout>"

    def write(self, text):
        print(text, end="")
        return len(text)


class _Errors(_Stream):
    name = "<stderr>"

    def write(self, text):
        _error(text)
        return len(text)


stdout = __stdout__ = _Output()
stderr = __stderr__ = _Errors()


class _Input:
    """Standard input; at its end where there is none."""

    name = "<stdin>"
    mode = "r"
    encoding = "utf-8"
    closed = False

    def readline(self, size=-1, /):
        return _read_line() or ""

    def read(self, size=-1, /):
        return "".join(self)

    def readlines(self, hint=-1, /):
        return list(self)

    def readable(self):
        return True

    def isatty(self):
        return False

    def fileno(self):
        return 0

    def __iter__(self):
        return self

    def __next__(self):
        line = _read_line()
        if line is None:
            raise StopIteration
        return line


stdin = _Input()
