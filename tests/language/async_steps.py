import asyncio
import types
async def numbers():
    try:
        got = yield 1
        print("got", got)
        yield 2
    except KeyError as e:
        print("caught", e)
        yield 3
def walk(step):
    try: step.send(None)
    except BaseException as e: return type(e).__name__, e.args
g = numbers()
print(walk(g.__anext__()), walk(g.asend("x")), walk(g.athrow(KeyError("k"))), walk(g.__anext__()), walk(g.__anext__()))
g = numbers()
print(walk(g.asend(1)), g.ag_running)
step = g.__anext__()
print(walk(step), walk(step), walk(g.aclose()), walk(g.__anext__()))
step = numbers().__anext__()
step.close()
print(walk(step))
@types.coroutine
def turn(value):
    got = yield value
    return got
async def waits():
    print("waits", await turn(5))
    return "done"
c = waits()
print(c.send(None))
try: c.send("y")
except StopIteration as e: print(e.value)
async def busy(g):
    await asyncio.sleep(0)
    return await g.__anext__()
async def slow():
    await asyncio.sleep(0.01)
    yield 1
async def both():
    g = slow()
    made = await asyncio.gather(busy(g), busy(g), return_exceptions=True)
    print(sorted(map(str, made)))
asyncio.run(both())
loop = asyncio.new_event_loop()
task = loop.create_task(asyncio.sleep(0, "slept"))
print(loop.run_until_complete(task))
loop.call_soon(print, "called")
loop.call_soon(loop.stop)
loop.run_forever()
loop.close()
try: loop.run_until_complete(task)
except RuntimeError as e: print(e)
class Policy(asyncio.DefaultEventLoopPolicy):
    def new_event_loop(self):
        print("a loop")
        return super().new_event_loop()
asyncio.set_event_loop_policy(Policy())
asyncio.run(asyncio.sleep(0))
asyncio.set_event_loop_policy(None)
try: asyncio.set_event_loop_policy(3)
except TypeError as e: print(e)
