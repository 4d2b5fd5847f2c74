"""Logs as JSON with where errors come from, resources, abstract classes."""
import contextlib, functools, io, json, logging, sys, traceback, warnings, dataclasses, typing as t, abc, inspect
class JsonFormatter(logging.Formatter):
    def format(self, record):
        data = {"level": record.levelname, "msg": record.getMessage(), "logger": record.name}
        if record.exc_info:
            data["error"] = record.exc_info[0].__name__
            data["stack"] = [f"{f.name}:{f.lineno}" for f in traceback.extract_tb(record.exc_info[2])]
            data["text"] = self.formatException(record.exc_info).splitlines()[-1]
        for k in ("request_id", "user"):
            if hasattr(record, k): data[k] = getattr(record, k)
        return json.dumps(data)
out = io.StringIO(); h = logging.StreamHandler(out); h.setFormatter(JsonFormatter()); log = logging.getLogger("app.api"); log.addHandler(h); log.setLevel(logging.DEBUG); log.propagate = False
class Ctx(logging.LoggerAdapter):
    def process(self, msg, kw): kw["extra"] = {**self.extra, **kw.get("extra", {})}; return f"[{self.extra['request_id']}] {msg}", kw
alog = Ctx(log, {"request_id": "r-1"})
def inner(x):
    return 10 / x
def outer(x):
    try: return inner(x)
    except ZeroDivisionError as e:
        log.exception("division of %d", x, extra={"user": "bob"}); raise ValueError("bad x") from e
try: outer(0)
except ValueError: alog.error("failed", exc_info=True)
alog.info("plain %s", {"a": 1}); log.debug("%(k)s!", {"k": "v"}); log.warning("100%"); log.log(25, "odd level"); log.critical("x", exc_info=KeyError("given"))
print(out.getvalue())
class Filter(logging.Filter):
    def filter(self, r): return "secret" not in r.getMessage()
out.truncate(0); out.seek(0); h.addFilter(Filter()); log.info("secret"); log.info("open"); print(repr(out.getvalue()), log.isEnabledFor(10), log.getEffectiveLevel(), logging.getLevelName(25), log.hasHandlers())
def json_error(e):
    return {"type": type(e).__name__, "message": str(e), "trace": traceback.format_exception(type(e), e, e.__traceback__)[-1:], "cause": repr(e.__cause__), "line": e.__traceback__.tb_lineno}
try: outer(0)
except Exception as e: print(json.dumps(json_error(e), indent=1))
class Repo(abc.ABC):
    @abc.abstractmethod
    def get(self, k): ...
    @property
    @abc.abstractmethod
    def size(self) -> int: ...
class Mem(Repo):
    def __init__(self, **kw): self.d = kw
    def get(self, k): return self.d[k]
    size = property(lambda s: len(s.d))
try: Repo()
except TypeError as e: print(e)
print(Mem(a=1).get("a"), Mem().size, isinstance(Mem(), Repo), Repo.__abstractmethods__ == {"get", "size"})
class Half(Repo):
    def get(self, k): return k
try: Half()
except TypeError as e: print(e)
@t.runtime_checkable
class Closeable(t.Protocol):
    def close(self) -> None: ...
print(isinstance(io.StringIO(), Closeable), isinstance(5, Closeable))
class Res:
    def __init__(self, n, log): self.n, self.log = n, log
    def __enter__(self): self.log.append(f"+{self.n}"); return self
    def __exit__(self, *exc): self.log.append(f"-{self.n}:{exc[0].__name__ if exc[0] else None}"); return self.n == "b"
lg = []
with contextlib.ExitStack() as st:
    a = st.enter_context(Res("a", lg)); st.callback(lg.append, "cb"); st.enter_context(Res("b", lg)); st.push(lambda *e: lg.append(("push", e[0].__name__)) or False); raise RuntimeError("x")
print(lg)
with contextlib.suppress(KeyError, IndexError): {}["a"]
buf = io.StringIO()
with contextlib.redirect_stdout(buf): print("captured")
print(buf.getvalue().strip(), contextlib.nullcontext(5).__enter__())
@contextlib.contextmanager
def tx(name):
    print("begin", name)
    try: yield name
    except ValueError as e: print("rollback", e); raise
    else: print("commit")
    finally: print("end")
for bad in (0, 1):
    try:
        with tx("t") as n:
            if bad: raise ValueError("v")
    except ValueError as e: print("got", e)
@tx("deco")
def f(): return 1
print(f())
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always"); warnings.warn("old", DeprecationWarning); print(len(w), w[0].category.__name__, w[0].message)
def sig(a, /, b: int, *c, d=1, **e) -> str: ...
print(list(inspect.signature(sig).parameters), inspect.signature(sig).bind(1, 2, 3, d=4, z=5).arguments)
class V:
    def __set_name__(s, o, n): s.n = "_" + n
    def __get__(s, i, o=None): return s if i is None else getattr(i, s.n, None)
    def __set__(s, i, v):
        if v < 0: raise ValueError(f"{s.n[1:]} must be >= 0")
        setattr(i, s.n, v)
@dataclasses.dataclass
class Item:
    price: float = V(); qty: int = dataclasses.field(default=1)
try: print(Item(5.0), Item(-1))
except ValueError as e: print(e)
def gen():
    try:
        while True:
            x = yield
            if x is None: return "done"
            print("got", x)
    finally: print("cleanup")
g = gen(); next(g); g.send(1)
try: g.send(None)
except StopIteration as e: print(e.value)
def deleg(): r = yield from gen(); print("r", r); yield r
d = deleg(); next(d); d.send(2); print(d.send(None)); d.close()
print(*(f"{x!r:^{w}}" for x, w in zip(["a", 1, None], (7, 5, 9))), f"{3.14159:=+10.2f}|{1234567:,}|{255:#06x}|{0.5:%}|{'é':>3}|{12345.678:.3e}|{1e20:g}|{True:d}", sep="|")
