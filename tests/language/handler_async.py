import asyncio
import contextlib
import json
import time


class Client:
    def __init__(self, name):
        self.name = name
        self.open = 0

    async def __aenter__(self):
        self.open += 1
        print("open", self.name)
        return self

    async def __aexit__(self, kind, value, tb):
        self.open -= 1
        print("close", self.name, kind and kind.__name__)
        return kind is KeyError

    async def get(self, key, delay=0):
        await asyncio.sleep(delay)
        if key == "bad":
            raise ValueError(f"{self.name}: no {key}")
        return f"{self.name}/{key}"


async def pages(n):
    try:
        for i in range(n):
            await asyncio.sleep(0)
            yield list(range(i * 3, i * 3 + 3))
    finally:
        print("pages closed")


async def producer(queue, n):
    for i in range(n):
        await queue.put(i)
    await queue.put(None)


async def consumer(queue):
    total = 0
    while (item := await queue.get()) is not None:
        total += item
        queue.task_done()
    return total


@contextlib.asynccontextmanager
async def timed(label):
    print("start", label)
    try:
        yield label.upper()
    except LookupError as e:
        print("swallowed", repr(e))
    finally:
        print("end", label)


async def main(event):
    async with Client("c1") as c, Client("c2") as d:
        results = await asyncio.gather(c.get("a", 0.01), d.get("bad"), c.get("b"), return_exceptions=True)
        print(results)
        try:
            await asyncio.gather(c.get("x"), d.get("bad"))
        except ValueError as e:
            print("gather raised", e)
    async with Client("c3"):
        raise KeyError("swallowed")
    print([x async for page in pages(2) for x in page if x % 2], [p async for p in pages(1)])
    q = asyncio.Queue(maxsize=2)
    task = asyncio.create_task(consumer(q), name="consumer")
    await producer(q, 5)
    print(await task, task.done(), task.get_name(), task.result())
    async with timed("block") as label:
        print(label)
        raise IndexError("inside")
    try:
        await asyncio.wait_for(asyncio.sleep(10), timeout=0.01)
    except asyncio.TimeoutError as e:
        print("timeout", repr(e), asyncio.TimeoutError is TimeoutError)
    sem = asyncio.Semaphore(2)
    active = peak = 0

    async def limited(i):
        nonlocal active, peak
        async with sem:
            active += 1
            peak = max(peak, active)
            await asyncio.sleep(0.001)
            active -= 1
            return i * i

    print(await asyncio.gather(*(limited(i) for i in range(6))), peak)
    t = asyncio.create_task(asyncio.sleep(5))
    await asyncio.sleep(0)
    t.cancel()
    try:
        await t
    except asyncio.CancelledError as e:
        print("cancelled", t.cancelled(), repr(e))
    done, pending = await asyncio.wait([asyncio.create_task(limited(i)) for i in (1, 2)], return_when=asyncio.ALL_COMPLETED)
    print(sorted(t.result() for t in done), pending)
    lock = asyncio.Lock()
    async with lock:
        print(lock.locked())
    event_ = asyncio.Event()
    waiter = asyncio.create_task(event_.wait())
    await asyncio.sleep(0)
    event_.set()
    print(await waiter)
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(limited(3))
            tg.create_task(Client("g").get("bad"))
    except* ValueError as eg:
        print("group", eg, eg.exceptions)
    for coro in asyncio.as_completed([limited(7)]):
        print("completed", await coro)
    loop = asyncio.get_running_loop()
    fut = loop.create_future()
    loop.call_soon(fut.set_result, 5)
    print(await fut)
    async with asyncio.timeout(1):
        pass
    try:
        async with asyncio.timeout(0.001):
            await asyncio.sleep(1)
    except TimeoutError:
        print("timeout block")
    return json.dumps({"ok": True})


def handler(event, context):
    return asyncio.run(main(event))


print(handler({}, None))
try:
    asyncio.run(Client("z").get("bad"))
except ValueError as e:
    print(e)
