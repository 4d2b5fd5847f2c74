"""API Gateway proxy: routes with converters, decorators, error mapping."""
import json
import logging
import re
import uuid
from functools import wraps
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

logging.basicConfig(level=logging.INFO, format="%(levelname)s:%(name)s:%(message)s")
logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


class HTTPError(Exception):
    status = 500

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details

    def body(self) -> Dict[str, Any]:
        return {"error": type(self).__name__, "message": str(self), **self.details}


class NotFound(HTTPError):
    status = 404


class BadRequest(HTTPError):
    status = 400


class Route(NamedTuple):
    method: str
    pattern: "re.Pattern[str]"
    handler: Callable[..., Any]


class Router:
    CONVERTERS = {"int": (r"\d+", int), "str": (r"[^/]+", str), "uuid": (r"[0-9a-f-]{36}", uuid.UUID)}

    def __init__(self) -> None:
        self.routes: List[Route] = []
        self.converters: Dict[str, Dict[str, Callable]] = {}

    def route(self, method: str, path: str):
        converters = {}

        def replace(match: "re.Match[str]") -> str:
            kind, name = match.group("kind") or "str", match.group("name")
            pattern, converters[name] = self.CONVERTERS[kind]
            return f"(?P<{name}>{pattern})"

        source = re.sub(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>", replace, path)

        def decorate(function):
            self.routes.append(Route(method, re.compile(source + r"\Z"), function))
            self.converters[function.__name__] = converters

            @wraps(function)
            def inner(*args, **kwargs):
                return function(*args, **kwargs)

            return inner

        return decorate

    def get(self, path):
        return self.route("GET", path)

    def post(self, path):
        return self.route("POST", path)

    def dispatch(self, event):
        allowed = set()
        for method, pattern, handler in self.routes:
            if m := pattern.match(event["path"]):
                if method != event["httpMethod"]:
                    allowed.add(method)
                    continue
                convert = self.converters[handler.__name__]
                return handler(event, **{k: convert[k](v) for k, v in m.groupdict().items()})
        if allowed:
            error = HTTPError("method not allowed", allow=sorted(allowed))
            error.status = 405
            raise error
        raise NotFound(f"no route for {event['path']!r}")


app = Router()
ITEMS: Dict[int, Dict[str, Any]] = {1: {"id": 1, "name": "lamp", "tags": ["a", "b"]}}


@app.get("/items/<int:item_id>")
def get_item(event, item_id: int):
    """One item."""
    try:
        return ITEMS[item_id]
    except KeyError as e:
        raise NotFound(f"item {item_id}", key=e.args[0]) from e


@app.get("/items")
def list_items(event):
    q = event.get("queryStringParameters") or {}
    limit = int(q.get("limit", "10"))
    return {"items": list(ITEMS.values())[:limit], "count": len(ITEMS)}


@app.post("/items")
def create(event):
    try:
        data = json.loads(event["body"])
    except json.JSONDecodeError as e:
        raise BadRequest("invalid JSON", line=e.lineno, column=e.colno, reason=e.msg) from None
    if not isinstance(data, dict) or not (missing := {"name"} - data.keys()) == set():
        raise BadRequest("missing fields", fields=sorted(missing))
    new = max(ITEMS) + 1
    ITEMS[new] = {"id": new, **data}
    return 201, ITEMS[new]


@app.get("/things/<uuid:thing>/<part>")
def thing(event, thing, part):
    return {"version": thing.version, "hex": thing.hex, "part": part}


def lambda_handler(event, context):
    try:
        result = app.dispatch(event)
    except HTTPError as e:
        logger.warning("%s -> %d %s", event["path"], e.status, e)
        status, result = e.status, e.body()
    except Exception:
        logger.exception("unexpected")
        status, result = 500, {"error": "internal"}
    else:
        status = 200
        if isinstance(result, tuple):
            status, result = result
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(result)}


for method, path, body in [
    ("GET", "/items/1", None), ("GET", "/items/9", None), ("GET", "/items", None), ("POST", "/items", '{"name": "x", "n": 1.50}'),
    ("POST", "/items", '{"nam'), ("POST", "/items", '{}'), ("POST", "/items", '[1]'), ("PUT", "/items", ""), ("GET", "/nope", None),
    ("GET", "/things/12345678-1234-4234-9234-123456789abc/leg%20x", None), ("GET", "/items/12x", None),
]:
    print(method, path, lambda_handler({"httpMethod": method, "path": path, "body": body}, None))
print(get_item.__doc__, get_item.__name__, get_item.__wrapped__ is not get_item)
