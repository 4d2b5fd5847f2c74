import asyncio
async def add(a, b):
    await asyncio.sleep(0)
    return a + b
async def worker(name, n):
    for i in range(n):
        print(name, i)
        await asyncio.sleep(0.001 * (i + 1))
    return name
class CM:
    async def __aenter__(self): print("enter"); return 5
    async def __aexit__(self, t, v, tb): print("exit", t and t.__name__); return t is ValueError
class Count:
    def __init__(self, n): self.n = n
    def __aiter__(self): return self
    async def __anext__(self):
        if self.n == 0: raise StopAsyncIteration
        self.n -= 1
        await asyncio.sleep(0)
        return self.n
async def ret():
    async with CM() as x:
        return x + 1
async def main():
    print(await add(1, 2))
    print(await asyncio.gather(worker("a", 2), add(3, 4)))
    async with CM() as x: print(x)
    async with CM(): raise ValueError("boo")
    print(await ret())
    async for i in Count(3): print(i, end=" ")
    else: print("done")
    async for i in Count(5):
        if i == 3: continue
        if i == 1: break
        print(i)
    t = asyncio.create_task(add(5, 6))
    print(await t, t.done(), t.result())
    try: await asyncio.wait_for(asyncio.sleep(1), 0.01)
    except asyncio.TimeoutError: print("timeout")
    q = asyncio.Queue(2)
    async def producer():
        for i in range(4): await q.put(i)
        await q.put(None)
    async def consumer():
        while (item := await q.get()) is not None: print("got", item)
    await asyncio.gather(producer(), consumer())
    e = asyncio.Event()
    async def waiter(): await e.wait(); print("event")
    w = asyncio.create_task(waiter()); await asyncio.sleep(0); e.set(); await w
    lock = asyncio.Lock()
    async with lock: print(lock.locked())
    async def bad(): raise KeyError("k")
    try: await bad()
    except KeyError as x: print("caught", x)
    print(await asyncio.gather(bad(), add(1, 1), return_exceptions=True))
    try: await 5
    except TypeError as x: print(x)
    t = asyncio.create_task(asyncio.sleep(10)); await asyncio.sleep(0); t.cancel()
    try: await t
    except asyncio.CancelledError: print("cancelled", t.cancelled())
    d, p = await asyncio.wait([asyncio.create_task(add(1, 2))]); print(len(d), len(p))
    return "end"
print(asyncio.run(main()))
c = add(1, 2); print(type(c).__name__); c.close()
c = add(1, 2)
try:
    for x in c: pass
except TypeError as x: print(x)
c.close()
class A:
    def __await__(self):
        yield
        return 9
async def m2(): return await A(), [await add(i, i) for i in []] if False else 1
print(asyncio.run(m2()))
async def deep(n): return 0 if n == 0 else 1 + await deep(n - 1)
print(asyncio.run(deep(50)))
