"""Step function: state machine, errors with fields, context managers, exit stacks."""
import contextlib
import copy
import functools
import json
import operator
import sys
import traceback
from abc import ABC, abstractmethod
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from types import MappingProxyType, SimpleNamespace


class StepError(Exception):
    code = "Step.Error"

    def __init__(self, message, *, retryable=False, cause=None):
        super().__init__(message)
        self.retryable = retryable
        self.__cause__ = cause

    def __str__(self):
        return f"[{self.code}] {super().__str__()}"

    def __reduce__(self):
        return type(self), (self.args[0],)


class InputError(StepError, ValueError):
    code = "Step.Input"


class State(ABC):
    registry = {}

    def __init_subclass__(cls, /, name=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.name = name or cls.__name__.lower()
        State.registry[cls.name] = cls

    @abstractmethod
    def run(self, data): ...

    def __call__(self, data):
        before = copy.deepcopy(data)
        try:
            return self.run(data)
        except StepError:
            raise
        except Exception as e:
            raise StepError(f"{self.name} failed on {before}", cause=e)


class Validate(State):
    def run(self, data):
        if (missing := [k for k in ("id", "amount") if k not in data]):
            raise InputError(f"missing {', '.join(missing)}")
        return data | {"valid": True}


class Compute(State, name="calc"):
    rates = MappingProxyType({"eur": 1.1, "usd": 1})

    def run(self, data):
        return {**data, "total": round(data["amount"] * self.rates[data.get("currency", "usd")], 2)}


class Notify(State):
    sent = []

    def run(self, data):
        self.sent.append(data["id"])
        return SimpleNamespace(**data)


@contextmanager
def span(name, log):
    log.append(f">{name}")
    try:
        yield log
    except InputError as e:
        log.append(f"!{name} {e}")
        raise StepError("wrapped") from e
    else:
        log.append(f"={name}")
    finally:
        log.append(f"<{name}")


class Resource:
    def __init__(self, name): self.name = name
    def close(self): print("closing", self.name)
    def __enter__(self): print("enter", self.name); return self
    def __exit__(self, kind, value, tb): print("exit", self.name, kind.__name__ if kind else None, value); return False


def machine(data, *names):
    steps = [State.registry[n]() for n in names]
    return functools.reduce(lambda acc, step: step(acc), steps, data)


def show(f, *args):
    try:
        print("ok", f(*args))
    except BaseException as e:
        chain = []
        while e is not None:
            chain.append(f"{type(e).__name__}({e})")
            e, how = (e.__cause__, "cause") if e.__cause__ else (None if e.__suppress_context__ else e.__context__, "context")
        print("error", " <- ".join(chain))


show(machine, {"id": 1, "amount": 2.555}, "validate", "calc", "notify")
show(machine, {"id": 1}, "validate", "calc")
show(machine, {"id": 1, "amount": 1, "currency": "gbp"}, "validate", "calc")
show(machine, {}, "nope")
show(State)
log = []


def spans():
    with span("a", log), span("b", log):
        machine({}, "validate")


show(spans)
print(log)
with ExitStack() as stack:
    for n in "xy":
        stack.enter_context(Resource(n))
    stack.callback(print, "callback", 1, end="!\n")
    stack.push(lambda kind, value, tb: print("pushed", kind) or True)
    with suppress(KeyError, IndexError):
        {}["k"]
    raise RuntimeError("inside")
with closing(Resource("c")) as c, nullcontext(5) as five:
    print(c.name, five)
try:
    with Resource("q"):
        raise LookupError("lost")
except LookupError as e:
    print("caught", e)


class Suite(contextlib.ContextDecorator):
    def __enter__(self): print("in"); return self
    def __exit__(self, *a): print("out", a[0]); return True


@Suite()
def decorated(): 1 / 0


print(decorated())


def nested():
    try:
        try:
            raise KeyError("one")
        finally:
            raise ValueError("two")
    except ValueError as e:
        raise TypeError("three") from e


show(nested)
e = StepError("m", retryable=True)
print(repr(e), str(e), e.args, e.retryable, isinstance(InputError("x"), ValueError), InputError.__mro__[1:3])
e.add_note("a note")
print(e.__notes__, traceback.format_exception_only(type(e), e))
try:
    Compute.rates["x"] = 1
except TypeError as err:
    print(err)
print(sorted(State.registry), operator.attrgetter("name")(Compute), copy.copy(e).args)


def gen():
    try:
        while True:
            got = yield
            print("got", got)
    except GeneratorExit:
        print("closed")
        raise
    finally:
        print("finally")


g = gen(); next(g); g.send(1); g.close()
show(machine, {"id": 1}, "validate")
