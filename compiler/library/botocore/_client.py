"""Requests to the edge that the function runs at, and what becomes of its answers."""

import json
import os
from datetime import datetime, timezone

import _iotpy
from botocore import _xml
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError
from botocore.response import StreamingBody

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"

# What each type takes, and how an error names that.
_TYPES = {
    "s": (str, "<class 'str'>"),
    "i": (int, "<class 'int'>"),
    "l": (int, "<class 'int'>"),
    "b": (bool, "<class 'bool'>"),
    "m": (dict, "<class 'dict'>"),
    "S": (dict, "<class 'dict'>"),
    "L": ((list, tuple), "<class 'list'>, <class 'tuple'>"),
}


def quote(text, safe=""):
    out = []
    for character in text:
        if character in _PLAIN or character in safe:
            out.append(character)
        else:
            out.extend([f"%{byte:02X}" for byte in character.encode("utf-8")])
    return "".join(out)


def unquote(text):
    if "%" not in text:
        return text
    parts = text.split("%")
    out = bytearray(parts[0].encode("utf-8"))
    for part in parts[1:]:
        out.append(int(part[:2], 16))
        out += part[2:].encode("utf-8")
    return out.decode("utf-8")


def parse_time(text):
    """`Wed, 21 Oct 2015 07:28:00 GMT` or `2015-10-21T07:28:00.000Z`."""
    if text[3:4] == ",":
        _, day, month, year, clock, _ = text.split()
        hour, minute, second = clock.split(":")
        month = _MONTHS.index(month) + 1
        return datetime(int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=timezone.utc)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _http_time(value):
    if not isinstance(value, datetime):
        return str(value)
    day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][value.weekday()]
    return f"{day}, {value.day:02} {_MONTHS[value.month - 1]} {value.year} {value:%H:%M:%S} GMT"


class _Member:
    def __init__(self, text):
        name, self.place, there, self.kind = text.split(":")
        self.is_required = name.endswith("!")
        self.name = name.rstrip("!")
        self.there = there or self.name


class Operation:
    def __init__(self, name, method, target, takes, gives):
        self.name, self.method, self.target = name, method, target
        self._takes, self._gives = takes, gives

    def takes(self):
        if isinstance(self._takes, str):
            self._takes = {member.name: member for member in map(_Member, self._takes.split())}
        return self._takes

    def gives(self):
        if isinstance(self._gives, str):
            self._gives = [_Member(text) for text in self._gives.split()]
        return self._gives


def _check(operation, given):
    problems = []
    members = operation.takes()
    for member in members.values():
        if member.is_required and member.name not in given:
            problems.append(f'Missing required parameter in input: "{member.name}"')
    for name in given:
        if name not in members:
            problems.append(f'Unknown parameter in input: "{name}", must be one of: {", ".join(members)}')
    for name, value in given.items():
        kind = members[name].kind if name in members else None
        if kind == "B":
            if not isinstance(value, (bytes, bytearray, str)) and not hasattr(value, "read"):
                words = "<class 'bytes'>, <class 'bytearray'>, file-like object"
                problems.append(f"Invalid type for parameter {name}, value: {value}, type: {type(value)}, "
                                f"valid types: {words}")
        elif kind in _TYPES:
            wanted, words = _TYPES[kind]
            is_copy = name == "CopySource" and isinstance(value, dict)
            if not isinstance(value, wanted) and not is_copy or kind in "il" and isinstance(value, bool):
                problems.append(f"Invalid type for parameter {name}, value: {value}, type: {type(value)}, "
                                f"valid types: {words}")
            elif name in ("Key", "FunctionName") and not value:
                problems.append(f"Invalid length for parameter {name}, value: 0, valid min length: 1")
    if problems:
        raise ParamValidationError(report="\n".join(problems))


def body_bytes(value):
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, str):
        value = value.encode("utf-8")
    return bytes(value)


class Meta:
    def __init__(self, region_name, endpoint_url):
        self.region_name = region_name
        self.endpoint_url = endpoint_url


class Client:
    """A client of one service. Nothing is asked before the first call."""

    _service = ""
    _errors = ()

    def __init__(self, region_name=None, endpoint_url=None):
        self._region, self._endpoint, self._made = region_name, endpoint_url, None

    @property
    def meta(self):
        region = self._region or os.environ.get("AWS_REGION", "us-east-1")
        return Meta(region, self._endpoint or os.environ.get("AWS_ENDPOINT_URL", "http://localhost:4566"))

    @property
    def exceptions(self):
        if self._made is None:
            self._made = _Errors(self._errors)
        return self._made

    def close(self):
        pass

    def _call(self, operation, args, given, body=b"", headers=(), query=()):
        if args:
            raise TypeError(f"{_snake(operation.name)}() only accepts keyword arguments.")
        _check(operation, given)
        target, fields, pairs = operation.target, list(headers), list(query)
        members = operation.takes()
        for name, value in given.items():
            member = members[name]
            if member.place == "u":
                target = target.replace("{" + member.there + "}", quote(value, "/~" if name == "Key" else ""))
            elif member.place == "q":
                text = str(value).lower() if member.kind == "b" else str(value)
                pairs.append(f"{quote(member.there)}={quote(text)}")
            elif member.place == "h":
                text = _http_time(value) if member.kind == "t" else str(value)
                fields.append((member.there, text.lower() if member.kind == "b" else text))
            elif member.place == "m":
                fields.extend([(member.there + key, text) for key, text in value.items()])
        if pairs:
            target += ("&" if "?" in target else "?") + "&".join(pairs)
        region = self._region or ""
        head = "".join([f"{name}: {value}\n" for name, value in fields])
        try:
            answer = _iotpy.request(f"{self._service}/{region}", operation.method, target, head, body)
        except OSError:
            raise EndpointConnectionError(endpoint_url=self.meta.endpoint_url + target) from None
        status, lines, data = answer
        if operation.method == "HEAD":
            data = b""
        found = {}
        for line in lines.split("\n"):
            name, colon, value = line.partition(": ")
            if colon:
                found[name] = value
        metadata = self._metadata(status, found)
        if status >= 300:
            self._refuse(operation, status, found, data, metadata)
        return self._result(operation, status, found, data, metadata)

    def _metadata(self, status, headers):
        metadata = {}
        if "x-amzn-requestid" in headers:
            metadata["RequestId"] = headers["x-amzn-requestid"]
        elif "x-amz-request-id" in headers:
            metadata["RequestId"] = headers["x-amz-request-id"]
            metadata["HostId"] = headers.get("x-amz-id-2", "")
        metadata["HTTPStatusCode"] = status
        metadata["HTTPHeaders"] = headers
        metadata["RetryAttempts"] = 0
        return metadata

    def _result(self, operation, status, headers, data, metadata):
        result = {"ResponseMetadata": metadata}
        for member in operation.gives():
            if member.place == "c":
                result[member.name] = status
            elif member.place == "h" and member.there.lower() in headers:
                result[member.name] = _value(member.kind, headers[member.there.lower()])
            elif member.place == "m":
                start = member.there.lower()
                found = {name[len(start):]: value for name, value in headers.items() if name.startswith(start)}
                result[member.name] = found
        self._payload(operation, data, result)
        return result

    def _payload(self, operation, data, result):
        for member in operation.gives():
            if member.kind == "B":
                result[member.name] = StreamingBody(data, len(data))

    def _refuse(self, operation, status, headers, data, metadata):
        error = self._error(operation, status, headers, data)
        made = self.exceptions.from_code(error["Error"].get("Code"))
        raise made(
            {"Error": error.pop("Error"), "ResponseMetadata": metadata, **error}, operation.name
        )


def _can_paginate(self, operation_name):
    return operation_name in _PAGED


class Paginator:
    def __init__(self, client, operation_name):
        if operation_name not in _PAGED:
            from botocore.exceptions import OperationNotPageableError
            raise OperationNotPageableError(operation_name=operation_name)
        self._call = getattr(client, operation_name)
        self._facts = _PAGED[operation_name]

    def paginate(self, PaginationConfig=None, **kwargs):
        return PageIterator(self._call, self._facts, PaginationConfig or {}, kwargs)


# Names of the token given and answered, of the size of a page, and of what a page lists.
_PAGED = {
    "list_objects_v2": ("ContinuationToken", "NextContinuationToken", "MaxKeys", ("Contents", "CommonPrefixes")),
    "list_objects": ("Marker", "NextMarker", "MaxKeys", ("Contents", "CommonPrefixes")),
    "list_functions": ("Marker", "NextMarker", "MaxItems", ("Functions",)),
}


def _get_paginator(self, operation_name):
    return Paginator(self, operation_name)


setattr(Client, "get_paginator", _get_paginator)
setattr(Client, "can_paginate", _can_paginate)


class PageIterator:
    """The pages of a listing, asked for one by one."""

    def __init__(self, call, facts, config, kwargs):
        self._call = call
        self._facts = facts
        self._config = config
        self._kwargs = kwargs

    def __iter__(self):
        token, following, size, lists = self._facts
        kwargs = dict(self._kwargs)
        for name, said in ((size, "PageSize"), (token, "StartingToken")):
            if self._config.get(said) is not None:
                kwargs[name] = self._config[said]
        left = self._config.get("MaxItems")
        while left is None or left > 0:
            page = self._call(**kwargs)
            if left is not None:
                listed = page.get(lists[0], ())
                if len(listed) > left:
                    page[lists[0]] = listed[:left]
                left -= len(listed)
            yield page
            if not page.get(following):
                return
            kwargs[token] = page[following]

    def build_full_result(self):
        full = {}
        for page in self:
            for name in self._facts[3]:
                if name in page:
                    full.setdefault(name, []).extend(page[name])
        return full


def _snake(name):
    return "".join(["_" + letter.lower() if letter.isupper() else letter for letter in name]).lstrip("_")


def _value(kind, text):
    if kind in "il":
        return int(text)
    if kind == "b":
        return text == "true"
    if kind == "t":
        return parse_time(text)
    return text


class _Errors:
    """The classes of a service's errors, by their code."""

    ClientError = ClientError

    def __init__(self, names):
        self._names = names
        self._classes = {}

    def __getattr__(self, name):
        if name.startswith("_") or name not in self._names:
            known = ", ".join(sorted(self._names))
            raise AttributeError(f"<botocore.errorfactory.{self._kind()}Exceptions object> has no attribute {name}. "
                                 f"Valid exceptions are: {known}")
        return self.from_code(name)

    def _kind(self):
        return "S3" if "NoSuchKey" in self._names else "Lambda"

    def from_code(self, code):
        if code not in self._names:
            return ClientError
        if code not in self._classes:
            self._classes[code] = type(code, (ClientError,), {"__module__": "botocore.errorfactory"})
        return self._classes[code]
