"""Coroutines that run by turns."""

from collections import deque
from heapq import heappop, heappush
from time import monotonic, sleep as _sleep


class CancelledError(BaseException):
    pass


class InvalidStateError(Exception):
    pass


class QueueEmpty(Exception):
    pass


class QueueFull(Exception):
    pass


TimeoutError = TimeoutError
FIRST_COMPLETED = "FIRST_COMPLETED"
FIRST_EXCEPTION = "FIRST_EXCEPTION"
ALL_COMPLETED = "ALL_COMPLETED"
_running = []


class Future:
    def __init__(self, *, loop=None):
        self._done = False
        self._cancelled = False
        self._result = None
        self._exception = None
        self._callbacks = []

    def __class_getitem__(cls, item): return cls
    def done(self): return self._done
    def cancelled(self): return self._cancelled

    def result(self):
        if not self._done:
            raise InvalidStateError("Result is not set.")
        if self._cancelled:
            raise CancelledError
        if self._exception is not None:
            raise self._exception
        return self._result

    def exception(self):
        if not self._done:
            raise InvalidStateError("Exception is not set.")
        if self._cancelled:
            raise CancelledError
        return self._exception

    def set_result(self, result):
        if self._done:
            raise InvalidStateError("invalid state")
        self._result = result
        self._finish()

    def set_exception(self, exception):
        if self._done:
            raise InvalidStateError("invalid state")
        self._exception = exception() if isinstance(exception, type) else exception
        self._finish()

    def cancel(self, msg=None):
        if self._done:
            return False
        self._cancelled = True
        self._finish()
        return True

    def _finish(self):
        self._done = True
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            get_running_loop().call_soon(callback, self)

    def add_done_callback(self, fn, *, context=None):
        if self._done:
            get_running_loop().call_soon(fn, self)
        else:
            self._callbacks.append(fn)

    def remove_done_callback(self, fn):
        before = len(self._callbacks)
        self._callbacks = [one for one in self._callbacks if one != fn]
        return before - len(self._callbacks)

    def __await__(self):
        if not self._done:
            yield self
        return self.result()

    __iter__ = __await__


_names = [0]


class Task(Future):
    def __init__(self, coro, *, name=None):
        super().__init__()
        if not hasattr(coro, "send"):
            raise TypeError(f"a coroutine was expected, got {coro!r}")
        if name is None:
            _names[0] += 1
            name = f"Task-{_names[0]}"
        self._coro = coro
        self._name = name
        self._waits_for = None
        self._must_cancel = False
        loop = get_running_loop()
        loop._tasks.append(self)
        loop.call_soon(self._step, None)

    def _finish(self):
        tasks = get_running_loop()._tasks
        if self in tasks:
            tasks.remove(self)
        super()._finish()

    def get_name(self): return self._name
    def set_name(self, value): self._name = str(value)
    def get_coro(self): return self._coro

    def cancel(self, msg=None):
        if self._done:
            return False
        if self._waits_for is not None and self._waits_for.cancel():
            return True
        self._must_cancel = True
        return True

    def _step(self, error):
        if self._done:
            return
        if self._must_cancel:
            error = CancelledError()
            self._must_cancel = False
        self._waits_for = None
        loop = get_running_loop()
        before, loop._task = loop._task, self
        try:
            waits_for = self._coro.throw(error) if error is not None else self._coro.send(None)
        except StopIteration as stop:
            self.set_result(stop.value)
        except CancelledError:
            Future.cancel(self)
        except Exception as exception:
            self.set_exception(exception)
        else:
            if waits_for is None:
                loop.call_soon(self._step, None)
            else:
                self._waits_for = waits_for
                waits_for.add_done_callback(self._wake)
                if self._must_cancel and waits_for.cancel():
                    self._must_cancel = False
        finally:
            loop._task = before

    def _wake(self, future):
        # The error itself comes out of the future, which the coroutine asks.
        self._step(None)


class TimerHandle:
    def __init__(self, when, order, callback, args):
        self._when = when
        self._order = order
        self._callback = callback
        self._args = args
        self._cancelled = False

    def cancel(self): self._cancelled = True
    def cancelled(self): return self._cancelled
    def when(self): return self._when
    def __lt__(self, other): return (self._when, self._order) < (other._when, other._order)


class AbstractEventLoop:
    def __init__(self):
        self._ready = deque()
        self._timers = []
        self._tasks = []
        self._order = 0
        self._task = None
        self._closed = False

    def time(self): return monotonic()

    def _handle(self, when, callback, args):
        self._order += 1
        return TimerHandle(when, self._order, callback, args)

    def call_soon(self, callback, *args, context=None):
        handle = self._handle(0.0, callback, args)
        self._ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(self, delay, callback, *args, context=None):
        return self.call_at(self.time() + delay, callback, *args)

    def call_at(self, when, callback, *args, context=None):
        handle = self._handle(when, callback, args)
        heappush(self._timers, handle)
        return handle

    def create_future(self): return Future()
    def create_task(self, coro, *, name=None, context=None): return Task(coro, name=name)
    def is_running(self): return bool(_running) and _running[-1] is self
    def is_closed(self): return self._closed
    def close(self): self._closed = True

    def _once(self):
        if not self._ready:
            while self._timers and self._timers[0]._cancelled:
                heappop(self._timers)
            if not self._timers:
                raise RuntimeError("everything waits, and nothing will happen")
            pause = self._timers[0]._when - self.time()
            if pause > 0:
                _sleep(pause)
            now = max(self.time(), self._timers[0]._when)
            while self._timers and self._timers[0]._when <= now:
                self._ready.append(heappop(self._timers))
        for _ in range(len(self._ready)):
            handle = self._ready.popleft()
            if not handle._cancelled:
                handle._callback(*handle._args)

    def run_until_complete(self, future):
        _running.append(self)
        try:
            task = future if isinstance(future, Future) else Task(future)
            while not task._done:
                self._once()
        finally:
            _running.pop()
        return task.result()


def new_event_loop(): return AbstractEventLoop()


def get_running_loop():
    if not _running:
        raise RuntimeError("no running event loop")
    return _running[-1]


_default = []


def get_event_loop():
    if _running:
        return _running[-1]
    if not _default:
        _default.append(AbstractEventLoop())
    return _default[0]


def set_event_loop(loop):
    _default[:] = [] if loop is None else [loop]


def run(main, *, debug=None):
    if _running:
        raise RuntimeError("asyncio.run() cannot be called from a running event loop")
    if not iscoroutine(main):
        raise ValueError(f"a coroutine was expected, got {main!r}")
    loop = AbstractEventLoop()
    try:
        return loop.run_until_complete(main)
    finally:
        # What has not come to its end by now is cancelled, and has its `finally` run.
        if loop._tasks:
            loop.run_until_complete(_cancel(list(loop._tasks)))
        loop.close()


async def _cancel(tasks):
    for task in tasks:
        task.cancel()
    await gather(*tasks, return_exceptions=True)


async def _nothing(): pass


def iscoroutine(obj):
    return type(obj).__name__ == "coroutine"


def iscoroutinefunction(func):
    from inspect import iscoroutinefunction
    return iscoroutinefunction(func)


def isfuture(obj): return isinstance(obj, Future)
def create_task(coro, *, name=None, context=None): return Task(coro, name=name)
def current_task(loop=None): return get_running_loop()._task


def ensure_future(coro_or_future, *, loop=None):
    if isinstance(coro_or_future, Future):
        return coro_or_future
    if iscoroutine(coro_or_future):
        return Task(coro_or_future)
    if hasattr(type(coro_or_future), "__await__"):
        async def wait():
            return await coro_or_future
        return Task(wait())
    raise TypeError("An asyncio.Future, a coroutine or an awaitable is required")


class _Turn:
    def __await__(self):
        yield None


async def sleep(delay, result=None):
    if delay <= 0:
        await _Turn()
        return result
    loop = get_running_loop()
    future = Future()
    handle = loop.call_later(delay, _wake_up, future, result)
    try:
        return await future
    finally:
        handle.cancel()


def _wake_up(future, result):
    if not future._done:
        future.set_result(result)


def gather(*coros_or_futures, return_exceptions=False):
    outer = Future()
    children = [ensure_future(one) for one in coros_or_futures]
    if not children:
        outer.set_result([])
        return outer
    left = [len(children)]

    def done(child):
        left[0] -= 1
        if outer._done:
            return
        if not return_exceptions:
            if child._cancelled:
                outer.set_exception(CancelledError())
                return
            if child._exception is not None:
                outer.set_exception(child._exception)
                return
        if left[0] == 0:
            results = []
            for one in children:
                if one._cancelled:
                    results.append(CancelledError())
                else:
                    results.append(one._result if one._exception is None else one._exception)
            outer.set_result(results)

    for child in children:
        child.add_done_callback(done)
    plain_cancel = outer.cancel

    def cancel(msg=None):
        if outer._done:
            return False
        any_cancelled = False
        for child in children:
            if child.cancel():
                any_cancelled = True
        return any_cancelled
    outer.cancel = cancel
    return outer


async def wait_for(fut, timeout):
    task = ensure_future(fut)
    if timeout is None:
        return await task
    if timeout <= 0 and not task._done:
        task.cancel()
        raise TimeoutError
    waiter = Future()
    timer = get_running_loop().call_later(timeout, _wake_up, waiter, None)

    def done(_):
        _wake_up(waiter, None)
    task.add_done_callback(done)
    try:
        await waiter
    except CancelledError:
        task.cancel()
        raise
    finally:
        timer.cancel()
    if task._done:
        return task.result()
    task.cancel()
    try:
        await task
    except CancelledError:
        pass
    raise TimeoutError


async def wait(fs, *, timeout=None, return_when=ALL_COMPLETED):
    fs = set(fs)
    if not fs:
        raise ValueError("Set of Tasks/Futures is empty.")
    waiter = Future()

    def done(one):
        finished = [f for f in fs if f._done]
        if len(finished) == len(fs) or return_when == FIRST_COMPLETED or (
            return_when == FIRST_EXCEPTION and one._exception is not None
        ):
            _wake_up(waiter, None)
    for one in fs:
        if one._done:
            done(one)
        else:
            one.add_done_callback(done)
    timer = None if timeout is None else get_running_loop().call_later(timeout, _wake_up, waiter, None)
    await waiter
    if timer is not None:
        timer.cancel()
    return {f for f in fs if f._done}, {f for f in fs if not f._done}


def as_completed(fs, *, timeout=None):
    queue = Queue()
    tasks = [ensure_future(one) for one in fs]
    for task in tasks:
        task.add_done_callback(queue.put_nowait)

    async def next_one():
        return (await queue.get()).result()
    for _ in tasks:
        yield next_one()


def shield(arg):
    return ensure_future(arg)


async def to_thread(func, /, *args, **kwargs):
    await _Turn()
    return func(*args, **kwargs)


class timeout:
    def __init__(self, delay):
        self._delay = delay
        self._expired = False

    async def __aenter__(self):
        self._task = current_task()
        self._handle = None
        if self._delay is not None:
            self._handle = get_running_loop().call_later(self._delay, self._expire)
        return self

    def _expire(self):
        self._expired = True
        self._task.cancel()

    def expired(self): return self._expired

    async def __aexit__(self, exc_type, exc, tb):
        if self._handle is not None:
            self._handle.cancel()
        if self._expired and exc_type is CancelledError:
            raise TimeoutError from exc
        return False


class TaskGroup:
    async def __aenter__(self):
        self._tasks = []
        return self

    def create_task(self, coro, *, name=None, context=None):
        task = Task(coro, name=name)
        self._tasks.append(task)
        return task

    async def __aexit__(self, exc_type, exc, tb):
        if exc is not None:
            for task in self._tasks:
                task.cancel()
        errors = []
        for task in self._tasks:
            try:
                await task
            except CancelledError:
                pass
            except Exception as error:
                errors.append(error)
                for other in self._tasks:
                    other.cancel()
        if errors:
            raise ExceptionGroup("unhandled errors in a TaskGroup", errors)
        return False


class _Waiters:
    def __init__(self):
        self._waiters = deque()

    async def _wait(self):
        future = Future()
        self._waiters.append(future)
        try:
            await future
        except CancelledError:
            if future in self._waiters:
                self._waiters.remove(future)
            raise

    def _wake_one(self):
        while self._waiters:
            future = self._waiters.popleft()
            if not future._done:
                future.set_result(True)
                return


class Event(_Waiters):
    def __init__(self):
        super().__init__()
        self._value = False

    def is_set(self): return self._value
    def clear(self): self._value = False

    def set(self):
        if not self._value:
            self._value = True
            while self._waiters:
                self._wake_one()

    async def wait(self):
        if not self._value:
            await self._wait()
        return True


class Lock(_Waiters):
    def __init__(self):
        super().__init__()
        self._locked = False

    def locked(self): return self._locked

    async def acquire(self):
        while self._locked:
            await self._wait()
        self._locked = True
        return True

    def release(self):
        if not self._locked:
            raise RuntimeError("Lock is not acquired.")
        self._locked = False
        self._wake_one()

    async def __aenter__(self):
        await self.acquire()

    async def __aexit__(self, exc_type, exc, tb):
        self.release()


class Semaphore(_Waiters):
    def __init__(self, value=1):
        super().__init__()
        if value < 0:
            raise ValueError("Semaphore initial value must be >= 0")
        self._value = value

    def locked(self): return self._value == 0

    async def acquire(self):
        while self._value <= 0:
            await self._wait()
        self._value -= 1
        return True

    def release(self):
        self._value += 1
        self._wake_one()

    async def __aenter__(self):
        await self.acquire()

    async def __aexit__(self, exc_type, exc, tb):
        self.release()


class BoundedSemaphore(Semaphore):
    def __init__(self, value=1):
        super().__init__(value)
        self._bound = value

    def release(self):
        if self._value >= self._bound:
            raise ValueError("BoundedSemaphore released too many times")
        super().release()


class Queue:
    def __init__(self, maxsize=0):
        self.maxsize = maxsize
        self._getters = _Waiters()
        self._putters = _Waiters()
        self._unfinished = 0
        self._finished = Event()
        self._finished.set()
        self._items = self._init()

    def __class_getitem__(cls, item): return cls
    def _init(self): return deque()
    def _take(self): return self._items.popleft()
    def _add(self, item): self._items.append(item)
    def qsize(self): return len(self._items)
    def empty(self): return not self._items
    def full(self): return 0 < self.maxsize <= len(self._items)

    async def put(self, item):
        while self.full():
            await self._putters._wait()
        self.put_nowait(item)

    def put_nowait(self, item):
        if self.full():
            raise QueueFull
        self._add(item)
        self._unfinished += 1
        self._finished.clear()
        self._getters._wake_one()

    async def get(self):
        while not self._items:
            await self._getters._wait()
        return self.get_nowait()

    def get_nowait(self):
        if not self._items:
            raise QueueEmpty
        item = self._take()
        self._putters._wake_one()
        return item

    def task_done(self):
        if self._unfinished <= 0:
            raise ValueError("task_done() called too many times")
        self._unfinished -= 1
        if self._unfinished == 0:
            self._finished.set()

    async def join(self):
        if self._unfinished > 0:
            await self._finished.wait()


class LifoQueue(Queue):
    def _init(self): return []
    def _take(self): return self._items.pop()


class PriorityQueue(Queue):
    def _init(self): return []
    def _take(self): return heappop(self._items)
    def _add(self, item): heappush(self._items, item)
