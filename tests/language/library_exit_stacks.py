from contextlib import *
import asyncio
class Raises:
    def __init__(self, error): self.error = error
    def __enter__(self): return self
    def __exit__(self, *details): raise self.error
def chain(error):
    while error is not None:
        yield repr(error)
        error = error.__context__
try:
    with ExitStack() as stack:
        stack.enter_context(Raises(IndexError(1)))
        stack.enter_context(Raises(KeyError(2)))
        stack.callback(lambda: 1 / 0)
        raise ValueError(3)
except Exception as e: print(list(chain(e)))
try:
    raise OSError("before")
except OSError:
    try:
        with ExitStack() as stack:
            stack.enter_context(Raises(IndexError(1)))
            stack.enter_context(Raises(KeyError(2)))
    except Exception as e: print(list(chain(e)))
async def main():
    async with nullcontext(3) as three: print(three)
    try:
        async with AsyncExitStack() as stack:
            stack.enter_context(Raises(IndexError(1)))
            stack.enter_context(Raises(KeyError(2)))
            raise ValueError(3)
    except Exception as e: print(list(chain(e)))
asyncio.run(main())
class Manager:
    def __enter__(self): pass
    def __exit__(self, *details): pass
class Missing(AbstractContextManager): pass
print(isinstance(Manager(), AbstractContextManager), isinstance(3, AbstractContextManager), issubclass(Manager, AbstractAsyncContextManager))
try: Missing()
except TypeError as e: print(e)
@contextmanager
def given(): yield 1
print(isinstance(given(), AbstractContextManager))
