"""Runs the tests of a module one after the other and prints a line for each: the same program for CPython and IoTPy."""

import random
import re

from pytest import Skipped

_ADDRESS = re.compile("0x[0-9a-f]+")

# Of the suite that runs: its modules, and what its fixtures take.
_modules = []
_fixtures = {}


def modules(*of):
    _modules.extend(of)


def fixture(name, *parameters):
    _fixtures[name] = parameters


def _say(name, text):
    text = _ADDRESS.sub("0x..", text).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    print(name + ":", text if len(text) < 300 else text[:300] + "...")


def _outcome(name, call):
    random.seed(7)
    try:
        call()
    except Skipped:
        _say(name, "skipped")
    except Exception as error:
        _say(name, type(error).__name__ + ": " + str(error))
    else:
        _say(name, "passed")


def _find(name, instance):
    """The function of a fixture."""
    of = type(instance).__name__ + "." + name
    if instance is not None and of in _fixtures:
        return getattr(instance, name), _fixtures[of]
    for module in _modules:
        found = getattr(module, name, None)
        if found is not None and name in _fixtures:
            return found, _fixtures[name]
    import pytest

    found = pytest.builtin_fixtures.get(name)
    if found is None:
        raise Skipped("no fixture " + name)
    return found, ()


class _Request:
    def __init__(self, param):
        self.param = param


def _variants(parameters, given, instance):
    """Each way that the parameters that are fixtures can be had: parametrized ones are several."""
    ways = [{}]
    for name in parameters:
        if name in given or name == "request":
            continue
        function, inner = _find(name, instance)
        options = getattr(function, "_params", None) or [None]
        options = [getattr(option, "values", (option,))[0] for option in options]
        ways = [{**way, name: option} for way in ways for option in options]
        ways = [{**way, **more} for way in ways for more in _variants(inner, given, instance)]
    return ways


def _arguments(parameters, given, way, instance, made, ends):
    arguments = {}
    for name in parameters:
        if name in given:
            arguments[name] = given[name]
            continue
        if name not in made:
            function, inner = _find(name, instance)
            needed = [one for one in inner if one != "request"]
            inside = _arguments(needed, given, way, instance, made, ends)
            if "request" in inner:
                inside["request"] = _Request(way.get(name))
            result = function(**inside)
            if hasattr(result, "__next__") and hasattr(result, "send"):
                ends.append(result)
                result = next(result)
            made[name] = result
        arguments[name] = made[name]
    return arguments


def _sets(marks):
    """The arguments that `parametrize` gives, and whether such a test is skipped."""
    sets = [({}, False)]
    # The decorator that stands last varies fastest in pytest; here the order is any, but the same.
    for mark in marks:
        if mark.name != "parametrize":
            continue
        names, values = mark.args[:2]
        if isinstance(names, str):
            names = [name.strip() for name in names.split(",") if name.strip()]
        more = []
        for value in values:
            marks_of = getattr(value, "_marks", ())
            value = getattr(value, "values", value) if hasattr(value, "_marks") else (value,) if len(names) == 1 else value
            more.append((dict(zip(names, value)), any(mark.skips() for mark in marks_of)))
        sets = [({**a, **b}, s or t) for a, s in sets for b, t in more]
    return sets


def _marks(*of):
    marks = []
    for one in of:
        own = getattr(one, "pytestmark", [])
        marks.extend(own if isinstance(own, (list, tuple)) else [own])
    return marks


def _run(name, parameters, marks, start):
    """`start` makes an instance (or None), the function to call, and a function for the end."""
    if any(mark.skips() for mark in marks):
        _say(name, "skipped")
        return
    sets = _sets(marks)
    used = [one for mark in marks if mark.name == "usefixtures" for one in mark.args]
    number = 0
    for given, skipped in sets:
        try:
            ways = _variants([*parameters, *used], given, start()[0])
        except Skipped:
            ways = []
        if skipped or not ways:
            _say(name if len(sets) < 2 else f"{name}[{number}]", "skipped")
            number += 1
            continue
        for way in ways:
            def call():
                instance, function, end = start()
                ends = []
                made = {}
                _arguments(used, given, way, instance, made, ends)
                arguments = _arguments(parameters, given, way, instance, made, ends)
                try:
                    function(**arguments)
                finally:
                    for generator in reversed(ends):
                        next(generator, None)
                    if end is not None:
                        end()

            _outcome(name if len(sets) * len(ways) < 2 else f"{name}[{number}]", call)
            number += 1


def function(name, *parameters):
    module = _modules[0]
    test = getattr(module, name, None)
    if test is None:
        _say(name, "absent")
        return

    def start():
        setup = getattr(module, "setup_function", None)
        if setup is not None:
            setup(test)
        return None, test, getattr(module, "teardown_function", None) and (lambda: module.teardown_function(test))

    _run(name, parameters, _marks(module, test), start)


def _of_class(name):
    """The module, the class and the test's name of `Class.test`; no class where there is none such, which is said."""
    module = _modules[0]
    of, _, test = name.partition(".")
    kind = getattr(module, of, None)
    if kind is not None and hasattr(kind, test):
        return module, kind, test
    _say(name, "absent")
    return module, None, test


def method(name, *parameters):
    module, kind, test = _of_class(name)
    if kind is None:
        return

    def start():
        instance = kind()
        setup = getattr(instance, "setup_method", None)
        if setup is not None:
            try:
                setup(getattr(instance, test))
            except TypeError:
                setup()
        end = getattr(instance, "teardown_method", None)
        return instance, getattr(instance, test), end

    _run(name, parameters, _marks(module, kind, getattr(kind, test)), start)


def case(name, *parameters):
    module, kind, test = _of_class(name)
    if kind is None:
        return
    if any(mark.skips() for mark in _marks(module, kind, getattr(kind, test))):
        _say(name, "skipped")
        return

    def call():
        instance = kind(test)
        try:
            instance.setUp()
            getattr(instance, test)()
            instance.tearDown()
        finally:
            instance.doCleanups()

    _outcome(name, call)
