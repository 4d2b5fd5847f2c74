# Asynchronous context managers made of generators, and closing.
import asyncio
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager


@asynccontextmanager
async def manager(name, swallow=False):
    print("enter", name)
    try:
        await asyncio.sleep(0)
        yield name.upper()
    except ValueError as error:
        print("caught", error)
        if not swallow:
            raise
    finally:
        print("leave", name)


@asynccontextmanager
async def empty():
    if False:
        yield


@asynccontextmanager
async def twice():
    yield 1
    yield 2


class Own(AbstractAsyncContextManager):
    async def __aexit__(self, *exc_info):
        print("own", exc_info[0])


async def numbers():
    try:
        for number in range(5):
            yield number
    finally:
        print("numbers closed")


@manager("decorator")
async def decorated(x):
    return x + 1


async def main():
    async with manager("a") as a, manager("b") as b:
        print(a, b)
    async with manager("swallowed", swallow=True):
        raise ValueError("one")
    try:
        async with manager("raised"):
            raise ValueError("two")
    except ValueError as error:
        print("outside", error)
    try:
        async with manager("other"):
            raise KeyError("three")
    except KeyError as error:
        print("outside", error)
    for broken in (empty, twice):
        try:
            async with broken():
                print("inside")
        except RuntimeError as error:
            print(error)
    async with Own() as own:
        print(type(own).__name__)
    async with aclosing(numbers()) as stream:
        async for number in stream:
            if number == 2:
                break
    print(await decorated(1), await decorated(2))


asyncio.run(main())
