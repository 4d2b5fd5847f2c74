"""Paths as values, and graphs in order."""

import graphlib
import os
import pathlib
from pathlib import Path, PurePath, PurePosixPath


def show(function):
    try:
        print(repr(function()))
    except Exception as error:
        print(type(error).__name__, error)


TEXTS = ["", ".", "/", "//", "///", "a", "a/b.txt", "/a/b/../c.tar.gz", "a//b/./c/", "//net/x", ".bashrc", "a/.b.c", "x.", "..", "a/..", "x.y.", "/etc/passwd", "data/ümläut.JSON"]
for text in TEXTS:
    p = PurePosixPath(text)
    print(repr(p), str(p), p.parts, p.root, p.anchor, p.drive, repr(p.name), repr(p.suffix), p.suffixes, repr(p.stem), p.parent, list(p.parents), p.is_absolute(), hash(p) == hash(PurePosixPath(text)))
    show(lambda: p.with_name("n.txt")); show(lambda: p.with_suffix(".md")); show(lambda: p.with_suffix("")); show(lambda: p.with_stem("s"))
    show(lambda: p / "z/y"); show(lambda: "w" / p); show(lambda: p.joinpath("q", "/r", "s")); show(lambda: p.as_uri()); show(lambda: p.as_posix()); show(lambda: bytes(p))
    show(lambda: p.relative_to("/")); show(lambda: p.relative_to("a")); show(lambda: p.is_relative_to("/a")); show(lambda: p.parents[0])
for pattern in ("*", "*.py", "b.py", "a/*.py", "/a/*.py", "**/*.py", "/*/b.py", "?.py", "[ab].py", "", "/"):
    show(lambda: [PurePath(x).match(pattern) for x in ("a/b.py", "/a/b.py", "b.py", "/b.py", "a/b.pyc")])
print(PurePath("a") == PurePosixPath("a"), PurePath("a") == "a", sorted([PurePath("b"), PurePath("a/c"), PurePath("a")]), PurePath("a") < PurePath("b"))
print(type(PurePath("x")).__name__, type(Path("x")).__name__, isinstance(Path("x"), PurePosixPath), os.fspath(Path("a/b")), f"{Path('a')}", issubclass(Path, PurePath))
print({PurePath("a/b"): 1}[PurePath("a//b")], PurePath("a", "b", PurePath("c"), "d/e"), PurePath("a", "/b"), Path("x") / Path("y"))
show(lambda: PurePath(5)); show(lambda: PurePath("a") / 5); show(lambda: 5 / PurePath("a")); show(lambda: PurePath("a") < "b"); show(lambda: PurePath("a").with_name("x/y"))
show(lambda: PurePath("a").with_suffix("x")); show(lambda: PurePath("a").parents[1]); show(lambda: PurePath("/a/b/c").parents[:2]); show(lambda: PurePath("/a/b/c").parents[-1])
show(lambda: PurePath("a").relative_to()); show(lambda: PurePath("/a/b").relative_to("/a", "b")); show(lambda: len(PurePath("/a/b").parents)); show(lambda: PurePath("a").with_name("."))
print(os.path.join("a", Path("b")) if False else os.path.splitext("a.b"), pathlib.PurePath("a").is_reserved())

graph = {"D": {"B", "C"}, "B": ["A"], "C": ("A",)}
order = list(graphlib.TopologicalSorter({k: sorted(v) for k, v in graph.items()}).static_order())
print(order)
ts = graphlib.TopologicalSorter()
ts.add("x", "y", "z"); ts.add("y"); ts.add("x", "w")
show(ts.get_ready); show(ts.is_active)
ts.prepare()
while ts:
    ready = ts.get_ready()
    print(ready, ts.is_active())
    show(lambda: ts.done("x") if "x" not in ready else None)
    ts.done(*ready)
    show(lambda: ts.done(ready[0]))
show(lambda: ts.done("nope")); show(lambda: ts.add("new")); show(ts.prepare)
for bad in ({1: [2], 2: [3], 3: [1]}, {1: [1]}, {"a": ["b"], "b": ["c"], "c": ["b"], "d": []}):
    try:
        graphlib.TopologicalSorter(bad).prepare()
    except graphlib.CycleError as error:
        print(error, error.args[1], isinstance(error, ValueError))
