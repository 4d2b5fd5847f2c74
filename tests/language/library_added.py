# Parts of modules that handlers seldom ask for.
import asyncio
import base64
import collections
import contextlib
import operator
import os.path


def show(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, "|", error)


data = bytes(range(0, 256, 11)) + bytes(4) + b"    x"
show(lambda: [base64.b85encode(data), base64.b85decode(base64.b85encode(data)) == data, base64.b85encode(b"a", pad=True)])
show(lambda: [base64.a85encode(data, foldspaces=True, adobe=True, wrapcol=20), base64.a85encode(data)])
show(lambda: base64.a85decode(base64.a85encode(data, foldspaces=True), foldspaces=True) == data)
show(lambda: [base64.b32hexencode(data), base64.b32hexdecode(base64.b32hexencode(data)) == data])
show(lambda: base64.b85decode(b"a b"))
show(lambda: base64.a85decode(b"az"))
show(lambda: base64.a85decode(b"uuuuu"))

name = collections.UserString("Name")
show(lambda: [name, name + "x", "x" + name, name.upper(), name[1:3], name * 2, len(name), "am" in name, name == "Name"])
show(lambda: [name.split("a"), name.replace("N", "n"), hash(name) == hash("Name"), sorted({name: 1}), type(name.lower())])
show(lambda: [os.path.commonpath(["/a/b/c", "/a/b/d"]), os.path.commonpath(["a/b"]), os.path.splitdrive("/a"), os.path.exists("/none")])
show(lambda: os.path.commonpath(["/a", "b"]))


class Matrix:
    def __imatmul__(self, other):
        return "in place", other


show(lambda: operator.imatmul(Matrix(), 2))


class Waits:
    def __init__(self, name, answer=False):
        self.name, self.answer = name, answer

    async def __aenter__(self):
        print("enter", self.name)
        return self.name

    async def __aexit__(self, kind, value, trace):
        print("exit", self.name, kind and kind.__name__)
        return self.answer


async def left(word):
    print("left", word)


async def main():
    async with contextlib.AsyncExitStack() as stack:
        print(await stack.enter_async_context(Waits("a", True)))
        stack.push_async_callback(left, "one")
        stack.callback(print, "called")
        stack.enter_context(contextlib.suppress(KeyError))
        await stack.enter_async_context(Waits("b"))
        raise KeyError("inside")
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(5)


show(lambda: asyncio.run(main()))
