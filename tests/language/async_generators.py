# Asynchronous generators and comprehensions.
import asyncio


async def count(n, log=None):
    try:
        for i in range(n):
            await asyncio.sleep(0)
            got = yield i
            if got is not None:
                print("got", got)
    finally:
        print("closing", n)


async def outer(n):
    async for x in count(n):
        if x % 2:
            continue
        yield x * 10
    yield "end"


class Managed:
    async def __aenter__(self):
        print("enter")
        return self

    async def __aexit__(self, kind, value, trace):
        print("exit", kind and kind.__name__)
        return True

    async def items(self):
        yield "a"
        async with self as inside:
            yield inside is self
            raise KeyError("inside")
        yield "after"


async def main():
    async for x in count(3):
        print("item", x)
    else:
        print("else")
    print([x async for x in count(3)], {x: x * 2 async for x in count(2)}, {x async for x in count(2)})
    print([x + y async for x in count(2) for y in (1, 2) if y], [x async for x in outer(4) if x != 20])
    print([(x, y) for x in "ab" async for y in count(2)], [await asyncio.sleep(0, x) for x in (1, 2)])
    print([x async for x in Managed().items()])
    g = count(5)
    print(await g.__anext__(), await g.asend("hello"), await anext(g))
    try:
        print(await g.athrow(ValueError("thrown")))
    except ValueError as error:
        print("ValueError", error)
    try:
        await anext(g)
    except StopAsyncIteration:
        print("ended")
    print(await anext(g, "default"))
    g = count(2)
    print(await anext(g))
    await g.aclose()
    await g.aclose()
    print([x async for x in g], type(g).__name__, hasattr(g, "__aiter__"))

    async def stubborn():
        try:
            yield 1
        except GeneratorExit:
            yield 2

    g = stubborn()
    await anext(g)
    try:
        await g.aclose()
    except RuntimeError as error:
        print(error)

    async def stops():
        yield 1
        raise StopAsyncIteration

    try:
        print([x async for x in stops()])
    except RuntimeError as error:
        print(error)
    try:
        async for x in [1]:
            pass
    except TypeError as error:
        print(error)
    results = await asyncio.gather(*[collect(n) for n in range(3)])
    print(results)


async def collect(n):
    return [x async for x in outer(n)]


asyncio.run(main())
