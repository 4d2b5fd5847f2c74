from http import HTTPStatus, HTTPMethod
print(HTTPStatus.OK, repr(HTTPStatus.NOT_FOUND), HTTPStatus(404).phrase, HTTPStatus.IM_A_TEAPOT.description, HTTPStatus.OK == 200, f"{HTTPStatus.OK}", HTTPStatus["BAD_REQUEST"].value, len(HTTPStatus), HTTPStatus.OK.name, HTTPStatus.INTERNAL_SERVER_ERROR >= 500, int(HTTPStatus.CREATED), {HTTPStatus.OK: 1}[200])
print(repr(HTTPMethod.GET), HTTPMethod.POST == "POST", str(HTTPMethod.PUT), HTTPMethod("DELETE").description)
import json
print(json.dumps({"statusCode": HTTPStatus.OK, "m": HTTPMethod.GET}))
try: HTTPStatus(299)
except ValueError as e: print(e)
from concurrent.futures import ThreadPoolExecutor, as_completed, wait, Future, TimeoutError
import concurrent.futures
def work(n):
    if n == 3: raise ValueError("three")
    return n * n
with ThreadPoolExecutor(max_workers=4) as pool:
    futures = {pool.submit(work, n): n for n in range(5)}
    for f in sorted(as_completed(futures), key=futures.get):
        try: print(futures[f], f.result())
        except ValueError as e: print(futures[f], "failed", e)
    print(list(pool.map(pow, [2, 3], [3, 2])), sorted(f.result() for f in wait([pool.submit(work, 9), pool.submit(work, 8)]).done))
    done, not_done = wait([pool.submit(work, 1)])
    print(len(done), len(not_done))
try: pool.submit(work, 1)
except RuntimeError as e: print(e)
f = concurrent.futures.Future(); f.add_done_callback(lambda f: print("called", f.result())); f.set_result(5); print(f.done(), f.exception())
import shlex, fnmatch
print(shlex.split("a 'b c' \"d \\\" e\" f\\ g ''"), shlex.quote("it's"), shlex.quote("plain-1.0/x"), shlex.join(["a b", "c"]), shlex.split("x # y", comments=True))
try: shlex.split("a 'b")
except ValueError as e: print(e)
for pat in ("*.py", "a?c", "[a-c]x", "[!a]*", "*a*b*", "[]]", "[z-a]", "a[", "[a-", "x[\\]y", "**", "", "[!]", "[]-a]", "[--0]", "[a&&b]", "[^x]"):
    print(pat, fnmatch.translate(pat), [n for n in ("a.py", "abc", "bx", "xb", "aab", "]", "a[", "x\\y", "") if fnmatch.fnmatch(n, pat)])
print(fnmatch.filter(["a.txt", "b.json"], "*.json"))
import queue
q = queue.PriorityQueue()
for x in (3, 1, 2): q.put(x)
print([q.get() for _ in range(3)], q.empty())
try: q.get_nowait()
except queue.Empty as e: print(repr(e))
q = queue.Queue(1); q.put(1)
try: q.put(2, block=False)
except queue.Full as e: print(repr(e))
import contextvars
v = contextvars.ContextVar("v", default=1)
t = v.set(2); ctx = contextvars.copy_context(); v.set(3)
print(ctx.run(v.get), v.get(), ctx[v]); v.reset(t); print(v.get())
from email.utils import formatdate, parsedate_to_datetime, format_datetime, parseaddr, formataddr
from datetime import datetime, timezone
print(formatdate(0), formatdate(1e9, usegmt=True), parsedate_to_datetime("Mon, 20 Nov 1995 19:12:08 -0500"), repr(parsedate_to_datetime("Mon, 20 Nov 1995 19:12:08 -0000")), repr(parsedate_to_datetime("20 Nov 95 19:12 GMT")), format_datetime(datetime(2024, 1, 2, tzinfo=timezone.utc)), format_datetime(datetime(2024, 1, 2)))
print(parseaddr("Joe <j@x.org>"), parseaddr('"A, B" <a@b>'), parseaddr("x@y"), formataddr(("A, B", "a@b")), formataddr(("Plain", "p@q")), formataddr(("Zoë", "z@q")), parseaddr(""))
import mimetypes, errno
print([mimetypes.guess_type(n) for n in ("a.json", "b.tar.gz", "c.tgz", "d", "e.HTML", "http://x/y.png", "data:text/css,x")], mimetypes.guess_extension("application/json"), errno.ENOENT, errno.errorcode[2])
