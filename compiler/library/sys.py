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
flags = None


class _Version(tuple):
    major = property(lambda self: self[0])
    minor = property(lambda self: self[1])
    micro = property(lambda self: self[2])
    releaselevel = property(lambda self: self[3])
    serial = property(lambda self: self[4])

    def __repr__(self):
        return "sys.version_info(major=%d, minor=%d, micro=%d, releaselevel=%r, serial=%d)" % self


version_info = _Version((3, 11, 0, "final", 0))


class _Implementation:
    name = "iotpy"
    version = version_info
    cache_tag = None


implementation = _Implementation()


class _FloatInfo:
    max = 1.7976931348623157e+308
    min = 2.2250738585072014e-308
    epsilon = 2.220446049250313e-16
    dig = 15
    mant_dig = 53
    max_exp = 1024
    min_exp = -1021
    max_10_exp = 308
    min_10_exp = -307
    radix = 2
    rounds = 1


float_info = _FloatInfo()


class _HashInfo:
    width = hash_bits = 64
    modulus = (1 << 61) - 1
    inf = 314159
    nan = 0
    imag = 1000003
    algorithm = "siphash13"
    seed_bits = 128
    cutoff = 0


hash_info = _HashInfo()


class _IntInfo:
    bits_per_digit = 30
    sizeof_digit = 4
    default_max_str_digits = 4300
    str_digits_check_threshold = 640


int_info = _IntInfo()


def get_int_max_str_digits():
    return 4300


def exit(status=None, /):
    raise SystemExit(status)


def getrecursionlimit():
    return 1000


def setrecursionlimit(limit, /):
    pass


def getdefaultencoding():
    return "utf-8"


getfilesystemencoding = getdefaultencoding


def getfilesystemencodeerrors():
    return "surrogateescape"


def getrefcount(object, /):
    return 1


def intern(string, /):
    return string


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
