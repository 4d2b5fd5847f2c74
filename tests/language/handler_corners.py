"""Odd corners that the author of a handler meets."""
import asyncio, json, decimal, contextvars, concurrent.futures
def show(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
show(lambda: json.dumps({"é": "☃\u2028", (1): None, 1.5: [float("inf")], None: 1, True: 2}, ensure_ascii=False)); show(lambda: json.dumps({(1, 2): 3})); show(lambda: json.dumps([set()])); show(lambda: json.dumps(5, indent="--")); show(lambda: json.loads('{"a":1,"a":2}', object_pairs_hook=list)); show(lambda: json.loads("[1.10, 2]", parse_float=decimal.Decimal, parse_int=str)); show(lambda: json.loads("NaN")); show(lambda: json.loads(b'\xef\xbb\xbf{}')); show(lambda: json.loads("1 2")); show(lambda: json.loads("")); show(lambda: json.loads('"\t"')); show(lambda: json.loads(None)); show(lambda: json.dumps("x", default=1, allow_nan=False)); show(lambda: json.dumps(float("nan"), allow_nan=False))
ctx = contextvars.ContextVar("rid", default="-")
async def who(n): ctx.set(n); await asyncio.sleep(0); return ctx.get()
show(lambda: (asyncio.run(asyncio.wait_for(who("a"), 1)), ctx.get()))
async def main2(): return await asyncio.gather(who(1), who(2)), ctx.get()
show(lambda: asyncio.run(main2()))
with concurrent.futures.ThreadPoolExecutor(2) as ex: show(lambda: (list(ex.map(lambda x: x * 2, range(3))), [f.result() for f in concurrent.futures.as_completed([ex.submit(pow, 2, 3)])], repr(ex.submit(lambda: 1 / 0).exception())))
