"""S3 event: keys decoded, routed by extension, lines parsed, counters."""
import os
import json
import re
import urllib.parse
from collections import Counter, defaultdict
from dataclasses import dataclass, field, fields, asdict, astuple, KW_ONLY, InitVar
from typing import ClassVar, Iterator, Optional, Union, Literal, TypedDict, Protocol, runtime_checkable, overload, cast, get_type_hints, TYPE_CHECKING
import enum

LINE = re.compile(r'''(?P<ip>\S+)\ \S+\ (?P<user>\S+)\ \[(?P<when>[^\]]+)\]\ "(?P<method>[A-Z]+)\ (?P<path>[^ "]+)[^"]*"\ (?P<status>\d{3})\ (?P<size>\d+|-)''', re.VERBOSE)


class Kind(enum.Flag):
    NONE = 0
    READ = enum.auto()
    WRITE = enum.auto()
    BOTH = READ | WRITE


class Record(TypedDict, total=False):
    bucket: str
    key: str


@runtime_checkable
class Parser(Protocol):
    def parse(self, text: str) -> Iterator[dict]: ...


@dataclass(slots=True)
class Access:
    ip: str
    method: str
    path: str
    status: int
    size: int = 0
    _: KW_ONLY
    user: Optional[str] = None
    seen: ClassVar[int] = 0

    def __post_init__(self):
        type(self).seen += 1

    @property
    def kind(self) -> Kind:
        return Kind.READ if self.method in ("GET", "HEAD") else Kind.WRITE


class LogParser:
    def parse(self, text):
        for number, line in enumerate(text.splitlines(), 1):
            if m := LINE.match(line):
                d = m.groupdict()
                size = 0 if d["size"] == "-" else int(d["size"])
                yield Access(d["ip"], d["method"], d["path"], int(d["status"]), size, user=None if d["user"] == "-" else d["user"])
            elif line.strip():
                raise ValueError(f"line {number}: cannot parse {line!r:.40}")


class JsonLines:
    def parse(self, text):
        yield from map(json.loads, filter(None, text.split("\n")))


PARSERS = {".log": LogParser, ".jsonl": JsonLines}


def objects(event):
    for record in event.get("Records", ()):
        match record:
            case {"eventSource": "aws:s3", "s3": {"bucket": {"name": bucket}, "object": {"key": key, **rest}}}:
                yield Record(bucket=bucket, key=urllib.parse.unquote_plus(key, encoding="utf-8")), rest.get("size", 0)
            case {"eventSource": source}:
                print("skipping", source)


STORE = {
    "logs/2024 01/a+b.log": '1.2.3.4 - bob [10/Oct/2000:13:55:36 -0700] "GET /x?q=1 HTTP/1.0" 200 2326\n5.6.7.8 - - [10/Oct/2000:13:55:37 -0700] "POST /y HTTP/1.1" 503 -\n',
    "data/é.jsonl": '{"a": 1}\n\n{"a": 2.5e3}\n',
    "bad.log": "nonsense\n",
}


def handler(event, context):
    results = defaultdict(list)
    for record, size in objects(event):
        name, ext = os.path.splitext(os.path.basename(record["key"]))
        parser = PARSERS.get(ext)
        if parser is None:
            results["skipped"].append(record["key"])
            continue
        assert isinstance(parser(), Parser)
        try:
            rows = list(parser().parse(STORE[record["key"]]))
        except (KeyError, ValueError) as e:
            results["failed"].append(f"{type(e).__name__}: {e}")
            continue
        results["rows"].append(len(rows))
        for row in rows:
            print(row, getattr(row, "kind", None))
    by_status = Counter()
    print(Access.seen, [f.name for f in fields(Access)], Kind.BOTH, Kind.READ in Kind.BOTH, Kind(3), ~Kind.READ, Kind.READ | Kind.WRITE == Kind.BOTH, list(Kind))
    return dict(results)


event = {"Records": [
    {"eventSource": "aws:s3", "s3": {"bucket": {"name": "b"}, "object": {"key": "logs/2024+01/a%2Bb.log", "size": 10}}},
    {"eventSource": "aws:s3", "s3": {"bucket": {"name": "b"}, "object": {"key": "data/%C3%A9.jsonl"}}},
    {"eventSource": "aws:s3", "s3": {"bucket": {"name": "b"}, "object": {"key": "bad.log"}}},
    {"eventSource": "aws:s3", "s3": {"bucket": {"name": "b"}, "object": {"key": "gone.log"}}},
    {"eventSource": "aws:s3", "s3": {"bucket": {"name": "b"}, "object": {"key": "x.png"}}},
    {"eventSource": "aws:sqs"}, {},
]}
print(json.dumps(handler(event, None), ensure_ascii=False))
a = Access("i", "GET", "/", 200)
try:
    a.other = 1
except AttributeError as e:
    print(e)
try:
    Access("i", "GET", "/", 200, 1, "u")
except TypeError as e:
    print(e)
print(asdict(a), astuple(a), a == Access("i", "GET", "/", 200), hasattr(a, "__dict__"))
