# Packages around data and calls: iso8601, jsonpatch, jsonpointer, deepmerge, packaging, backoff, retrying, tenacity.
import iso8601, jsonpatch, jsonpointer, deepmerge, datetime
from packaging.version import Version, parse, InvalidVersion
from packaging.specifiers import SpecifierSet
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
import backoff, retrying, tenacity


def show(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, error)


show(lambda: iso8601.parse_date("2007-01-25T12:00:00Z"))
show(lambda: iso8601.parse_date("20070125 12:00:00.5+05:30"))
show(lambda: iso8601.parse_date("2007-13"))
show(lambda: iso8601.is_iso8601("2020-01-01"))
doc = {"foo": {"bar": [1, 2, {"a/b": 3, "m~n": 4}]}}
show(lambda: jsonpointer.resolve_pointer(doc, "/foo/bar/2/a~1b"))
show(lambda: jsonpointer.resolve_pointer(doc, "/foo/nope", "dflt"))
show(lambda: jsonpointer.resolve_pointer(doc, "/foo/nope"))
show(lambda: jsonpointer.set_pointer(doc, "/foo/bar/0", 9, inplace=False))
show(lambda: jsonpatch.make_patch({"a": [1, 2, 3], "b": 1}, {"a": [2, 3, 4], "c": {"x": 1}}))
show(lambda: jsonpatch.apply_patch({"a": 1}, [{"op": "add", "path": "/b", "value": [1]}, {"op": "test", "path": "/a", "value": 1}, {"op": "move", "from": "/a", "path": "/b/0"}, {"op": "replace", "path": "/b/1", "value": None}]))
show(lambda: jsonpatch.apply_patch({"a": 1}, [{"op": "test", "path": "/a", "value": 2}]))
show(lambda: jsonpatch.JsonPatch.from_string('[{"op":"remove","path":"/q"}]').apply({}))
show(lambda: deepmerge.always_merger.merge({"a": [1], "b": {"c": 1}}, {"a": [2], "b": {"d": 2}, "e": 5}))
show(lambda: sorted(map(Version, ["1.0", "1.0a1", "1.0.post1", "1.0.dev3", "2!0.1", "1.0rc1", "1.0+local.5"])))
show(lambda: Version("1.x"))
show(lambda: list(SpecifierSet(">=1.0,!=1.3.*,<2").filter(["0.9", "1.0", "1.3.1", "1.4", "2.0"])))
show(lambda: Requirement('requests[security,tests]>=2.8.1,==2.8.* ; python_version < "2.7"'))
show(lambda: canonicalize_name("Foo.Bar_baz"))
show(lambda: Version("1.2.3rc4.post5.dev6+ab.1").public)
show(lambda: Requirement("bad req"))
n = [0]


@tenacity.retry(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_none(), reraise=False)
def f():
    n[0] += 1
    raise ValueError(n[0])


try:
    f()
except tenacity.RetryError as error:
    print(type(error).__name__, error.last_attempt.attempt_number, repr(error.last_attempt.exception()), n)


@retrying.retry(stop_max_attempt_number=2)
def g():
    n[0] += 1
    raise KeyError(n[0])


show(g)


@backoff.on_exception(backoff.constant, ValueError, max_tries=3, interval=0, jitter=None)
def h():
    n[0] += 1
    raise ValueError(n[0])


show(h)
