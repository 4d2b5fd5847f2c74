# What portable packages do: imports that may fail, stars, tests of the version, questions about functions.
import sys
from functools import partial
from itertools import *
from math import *
from operator import add as plus

try:
    from collections.abc import Mapping, MutableSequence
except ImportError:
    from collections import Mapping, MutableSequence

try:
    import cPickle as pickle
except ImportError:
    try:
        import no_such_module_at_all as pickle
    except ImportError as error:
        pickle = error.name, type(error).__name__, str(error)

if sys.version_info[0] < 3:
    import urllib2
    from itertools import izip as zip
elif sys.version_info >= (3, 14):
    import annotationlib
else:
    kind = "this one"

if sys.hexversion < 0x03000000:
    text = unicode
else:
    text = str

print(pickle[1:], kind, text, sqrt(16), list(islice(count(5), 3)), floor(2.5), list(chain("ab", "c")), issubclass(dict, Mapping))

import inspect
import keyword
import numbers
import threading
import traceback
import types
from _thread import get_ident


def function(a, b, /, c, d=4, *rest, e, f=6, **named):
    pass


signature = inspect.signature(function)
print(signature, [str(one.kind) for one in signature.parameters.values()])
print([one.default for one in signature.parameters.values() if one.default is not inspect.Parameter.empty])
for source in (lambda: None, lambda x, *, y=1: x, lambda *a, **k: 0, lambda x, y=(): 0, partial(function, 1, e=5)):
    print(inspect.signature(source))


class Thing:
    def __init__(self, x, y=2):
        self.x = x

    def method(self, z, *more):
        return self.x, z, more

    @classmethod
    def made(cls, q): pass

    @staticmethod
    def still(s=1): pass

    def __call__(self, when): pass


class Other:
    def __new__(cls, value): return object.__new__(cls)


thing = Thing(1)
for one in (Thing, thing.method, Thing.method, Thing.made, Thing.still, thing, Other):
    print(inspect.signature(one))
bound = signature.bind(1, 2, 3, e=5, z=9)
print(bound.args, bound.kwargs, bound.arguments)
bound.apply_defaults()
print(bound.arguments)
for arguments in ((), (1, 2), (1, 2, 3)):
    try:
        signature.bind(*arguments)
    except TypeError as error:
        print(error)
try:
    inspect.signature(lambda a: 0).bind(1, 2)
except TypeError as error:
    print(error)
print(signature == inspect.signature(function), signature.bind_partial(1).arguments)
print([inspect.isfunction(x) for x in (function, len, thing.method, Thing, 3)])
print([inspect.isclass(x) for x in (Thing, int, thing)], [inspect.ismethod(x) for x in (thing.method, function)])
print([name for name, _ in inspect.getmembers(Thing, inspect.isfunction) if name[0] != "_"])

method = types.MethodType(lambda self, n: (self, n), "me")
print(method(3), method.__self__, types.MethodType(Thing.method, thing)(7, 8))
for arguments in ((3, 4), (len, None)):
    try:
        types.MethodType(*arguments)
    except TypeError as error:
        print(error)

lock, again, event = threading.Lock(), threading.RLock(), threading.Event()
with lock:
    print(lock.locked(), lock.acquire(False), lock.acquire(timeout=0))
with again, again:
    print(again.acquire(), again.release())
print(lock.locked(), event.is_set(), event.set(), event.wait(), threading.current_thread().name, get_ident() == threading.get_ident())
condition = threading.Condition()
with condition:
    condition.notify_all()
    print(condition.wait(0), condition.wait_for(lambda: 5))
try:
    lock.release()
except RuntimeError as error:
    print(error)
semaphore = threading.BoundedSemaphore(1)
print(semaphore.acquire(), semaphore.acquire(False), semaphore.release())
try:
    semaphore.release()
except ValueError as error:
    print(error)

print([isinstance(3, kind) for kind in (numbers.Number, numbers.Complex, numbers.Real, numbers.Rational, numbers.Integral)])
print([isinstance(x, numbers.Real) for x in (2.5, True, 2j, "3")], isinstance(2j, numbers.Number), issubclass(bool, numbers.Integral))
print(keyword.iskeyword("lambda"), keyword.iskeyword("match"), len(keyword.kwlist))
print(traceback.format_exception_only(ValueError("what")), traceback.format_exception_only(KeyError, KeyError("k")))
print(traceback.format_exception_only(StopIteration()), traceback.format_exception(ZeroDivisionError("never raised")))


class Base:
    def __new__(cls, value=None, *, key=None):
        return object.__new__(Derived if key else cls)

    def __init__(self, value=None, *, key=None):
        self.made = "Base", value, key


class Derived(Base):
    def __init__(self, value=None, *, key=None):
        self.made = "Derived", value, key


print(Base(1).made, Base(2, key=3).made, Base(key=4).made)
