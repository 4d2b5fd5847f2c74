"""Coroutines that run by turns."""

from collections import deque
from contextvars import copy_context
from heapq import heappop, heappush
from time import monotonic, sleep as _sleep
from _supplied import _generator_hooks


class CancelledError(BaseException):
    __module__ = "asyncio.exceptions"


class InvalidStateError(Exception):
    __module__ = "asyncio.exceptions"


class QueueEmpty(Exception):
    __module__ = "asyncio.queues"


class QueueFull(Exception):
    __module__ = "asyncio.queues"


TimeoutError = TimeoutError
FIRST_COMPLETED = "FIRST_COMPLETED"
FIRST_EXCEPTION = "FIRST_EXCEPTION"
ALL_COMPLETED = "ALL_COMPLETED"
_running = []


class Future:
    def __init__(self, *, loop=None):
        self._loop = _running[-1] if loop is None and _running else loop
        self._done = False
        self._cancelled = False
        self._result = None
        self._exception = None
        self._callbacks = []
        # What it was cancelled with, and the error that came of it.
        self._message = None
        self._cancellation = None

    def __class_getitem__(cls, item): return cls
    def done(self): return self._done
    def cancelled(self): return self._cancelled

    def result(self):
        if not self._done:
            raise InvalidStateError("Result is not set.")
        if self._cancelled:
            raise self._made_cancellation()
        if self._exception is not None:
            raise self._exception
        return self._result

    def exception(self):
        if not self._done:
            raise InvalidStateError("Exception is not set.")
        if self._cancelled:
            raise self._made_cancellation()
        return self._exception

    def _made_cancellation(self):
        error, self._cancellation = self._cancellation, None
        if error is None:
            error = CancelledError() if self._message is None else CancelledError(self._message)
        return error

    def set_result(self, result):
        if self._done:
            raise InvalidStateError("invalid state")
        self._result = result
        self._finish()

    def set_exception(self, exception):
        if self._done:
            raise InvalidStateError("invalid state")
        exception = exception() if isinstance(exception, type) else exception
        if type(exception) is StopIteration:
            raise TypeError("StopIteration interacts badly with generators and cannot be raised into a Future")
        self._exception = exception
        self._finish()

    def cancel(self, msg=None):
        if self._done:
            return False
        self._cancelled = True
        self._message = msg
        self._finish()
        return True

    def get_loop(self): return self._loop

    def _finish(self):
        self._done = True
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            self._soon(callback)

    def _soon(self, callback):
        loop = get_running_loop() if self._loop is None else self._loop
        loop.call_soon(callback, self)

    def add_done_callback(self, fn, *, context=None):
        if self._done:
            self._soon(fn)
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

# Each task has values of context variables of its own, in a program that has some.
_contexts = {}
_contexts["ContextVar"] = copy_context


class _Tasks:
    """Tasks in the order of their making that have not ended; those that have go many at a time."""

    def __init__(self):
        self._all = []
        self._ended = 0

    def add(self, task): self._all.append(task)

    def end(self, task):
        self._ended += 1
        if self._ended * 2 > len(self._all):
            kept = [one for one in self._all if one is not task and not one._done]
            # Some have gone that will say so later.
            self._ended -= len(self._all) - len(kept)
            self._all = kept

    def __len__(self): return len(self._all) - self._ended
    def __iter__(self): return iter([one for one in self._all if not one._done])


class Task(Future):
    def __init__(self, coro, *, loop=None, name=None, context=None):
        super().__init__(loop=loop)
        if not hasattr(coro, "send"):
            raise TypeError(f"a coroutine was expected, got {coro!r}")
        if name is None:
            _names[0] += 1
            name = f"Task-{_names[0]}"
        self._coro = coro
        self._name = name
        self._waits_for = None
        self._must_cancel = False
        self._cancels = 0
        self._loop = loop = get_running_loop() if loop is None else loop
        loop._tasks.add(self)
        if context is None and _contexts:
            context = _contexts["ContextVar"]()
        self._context = context
        loop.call_soon(self._step, None)

    def _finish(self):
        self._loop._tasks.end(self)
        super()._finish()

    def get_name(self): return self._name
    def set_name(self, value): self._name = str(value)
    def get_coro(self): return self._coro

    def cancel(self, msg=None):
        if self._done:
            return False
        self._cancels += 1
        if self._waits_for is not None and self._waits_for.cancel(msg):
            return True
        self._must_cancel = True
        self._message = msg
        return True

    def uncancel(self):
        self._cancels = max(self._cancels - 1, 0)
        return self._cancels

    def cancelling(self):
        return self._cancels

    def _step(self, error):
        if self._done:
            return
        if self._must_cancel:
            if not isinstance(error, CancelledError):
                error = self._made_cancellation()
            self._must_cancel = False
        self._waits_for = None
        loop = self._loop
        before, loop._task = loop._task, self
        try:
            go, given = (self._coro.send, None) if error is None else (self._coro.throw, error)
            waits_for = go(given) if self._context is None else self._context.run(go, given)
        except StopIteration as stop:
            if self._must_cancel:
                # Asked for while it came to its end.
                self._must_cancel = False
                Future.cancel(self, self._message)
            else:
                self.set_result(stop.value)
        except CancelledError as cancellation:
            self._cancellation = cancellation
            Future.cancel(self)
        except (KeyboardInterrupt, SystemExit) as exception:
            self.set_exception(exception)
            raise
        except BaseException as exception:
            self.set_exception(exception)
        else:
            if waits_for is None:
                loop.call_soon(self._step, None)
            elif waits_for is self:
                loop.call_soon(self._step, RuntimeError(f"Task cannot await on itself: {self!r}"))
            else:
                self._waits_for = waits_for
                waits_for.add_done_callback(self._wake)
                if self._must_cancel and waits_for.cancel(self._message):
                    self._must_cancel = False
        finally:
            loop._task = before

    def _wake(self, future):
        try:
            future.result()
        except BaseException as error:
            self._step(error)
        else:
            self._step(None)

    def __repr__(self):
        state = "cancelled" if self._cancelled else "finished" if self._done else "pending"
        return f"<Task {state} name={self._name!r} coro={self._coro!r}>"


class TimerHandle:
    def __init__(self, when, order, callback, args, context):
        self._when = when
        self._order = order
        self._callback = callback
        self._args = args
        self._context = context if context is not None or not _contexts else _contexts["ContextVar"]()
        self._cancelled = False

    def cancel(self): self._cancelled = True
    def cancelled(self): return self._cancelled
    def when(self): return self._when
    def __lt__(self, other): return (self._when, self._order) < (other._when, other._order)


class AbstractEventLoop:
    def __init__(self):
        self._ready = deque()
        self._timers = []
        self._tasks = _Tasks()
        self._generators = []
        self._order = 0
        self._task = None
        self._closed = False

    def time(self): return monotonic()

    def _handle(self, when, callback, args, context):
        self._order += 1
        return TimerHandle(when, self._order, callback, args, context)

    def call_soon(self, callback, *args, context=None):
        handle = self._handle(0.0, callback, args, context)
        self._ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(self, delay, callback, *args, context=None):
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(self, when, callback, *args, context=None):
        handle = self._handle(when, callback, args, context)
        heappush(self._timers, handle)
        return handle

    # Asynchronous generators that have begun: what is left open is closed in the end.
    def begun(self, generator): self._generators.append(generator)
    def left(self, generator): self.call_soon(self._close_left, generator)
    def _close_left(self, generator): self.create_task(_closed(generator))

    async def shutdown_asyncgens(self):
        open_ones = [one for one in self._generators if one._state == "suspended"]
        self._generators = []
        if open_ones:
            await gather(*[one.aclose() for one in open_ones], return_exceptions=True)

    def create_future(self): return Future(loop=self)
    def create_task(self, coro, *, name=None, context=None): return Task(coro, loop=self, name=name, context=context)
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
            if handle._cancelled:
                continue
            if handle._context is None:
                handle._callback(*handle._args)
            else:
                handle._context.run(handle._callback, *handle._args)

    def _run(self, is_over):
        if _running:
            raise RuntimeError("Cannot run the event loop while another loop is running")
        if self._closed:
            raise RuntimeError("Event loop is closed")
        _running.append(self)
        _generator_hooks.append(self)
        try:
            while not is_over():
                self._once()
        finally:
            _running.pop()
            _generator_hooks.pop()

    def run_until_complete(self, future):
        task = ensure_future(future, loop=self)
        self._run(lambda: task._done)
        return task.result()

    def stop(self): self._stopping = True

    def run_forever(self):
        self._stopping = False
        self._run(lambda: self._stopping)


class AbstractEventLoopPolicy:
    def get_event_loop(self): raise NotImplementedError
    def set_event_loop(self, loop): raise NotImplementedError
    def new_event_loop(self): raise NotImplementedError


class DefaultEventLoopPolicy(AbstractEventLoopPolicy):
    def __init__(self):
        self._loop = None

    def get_event_loop(self):
        if self._loop is None:
            self._loop = self.new_event_loop()
        return self._loop

    def set_event_loop(self, loop):
        self._loop = loop

    def new_event_loop(self):
        return AbstractEventLoop()


_policy = []


def get_event_loop_policy():
    if not _policy:
        _policy.append(DefaultEventLoopPolicy())
    return _policy[0]


def set_event_loop_policy(policy):
    if policy is not None and not isinstance(policy, AbstractEventLoopPolicy):
        raise TypeError(
            f"policy must be an instance of AbstractEventLoopPolicy or None, not '{type(policy).__name__}'"
        )
    _policy[:] = [] if policy is None else [policy]


def new_event_loop(): return _policy[0].new_event_loop() if _policy else AbstractEventLoop()


def get_running_loop():
    if not _running:
        raise RuntimeError("no running event loop")
    return _running[-1]


def get_event_loop(): return _running[-1] if _running else get_event_loop_policy().get_event_loop()
def set_event_loop(loop): get_event_loop_policy().set_event_loop(loop)


def run(main, *, debug=None):
    if _running:
        raise RuntimeError("asyncio.run() cannot be called from a running event loop")
    if not iscoroutine(main):
        raise ValueError(f"a coroutine was expected, got {main!r}")
    loop = new_event_loop()
    try:
        return loop.run_until_complete(main)
    finally:
        _end(loop)


def _end(loop):
    """What has not come to its end by now is cancelled, and has its `finally` run."""
    if loop._tasks:
        loop.run_until_complete(_cancel(list(loop._tasks)))
    if loop._generators:
        loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


async def _cancel(tasks):
    for task in tasks:
        task.cancel()
    await gather(*tasks, return_exceptions=True)


async def _closed(generator):
    await generator.aclose()


def iscoroutine(obj):
    return type(obj).__name__ == "coroutine"


def iscoroutinefunction(func):
    from inspect import iscoroutinefunction
    return iscoroutinefunction(func)


def isfuture(obj): return isinstance(obj, Future)
def all_tasks(loop=None): return {task for task in get_running_loop()._tasks if not task._done}
def create_task(coro, *, name=None, context=None): return Task(coro, name=name, context=context)
def current_task(loop=None): return get_running_loop()._task


def ensure_future(coro_or_future, *, loop=None):
    if isinstance(coro_or_future, Future):
        return coro_or_future
    if iscoroutine(coro_or_future):
        return Task(coro_or_future, loop=loop)
    if hasattr(type(coro_or_future), "__await__"):
        async def wait():
            return await coro_or_future
        return Task(wait(), loop=loop)
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
                outer.set_exception(child._made_cancellation())
                return
            if child._exception is not None:
                outer.set_exception(child._exception)
                return
        if left[0] == 0:
            results = []
            for one in children:
                if one._cancelled:
                    results.append(CancelledError("" if one._message is None else one._message))
                else:
                    results.append(one._result if one._exception is None else one._exception)
            if is_cancelled[0]:
                # Who cancelled it is told so, whatever became of the parts.
                outer.set_exception(children[-1]._made_cancellation() if children[-1]._cancelled else CancelledError())
            else:
                outer.set_result(results)

    for child in children:
        child.add_done_callback(done)
    is_cancelled = [False]

    def cancel(msg=None):
        if outer._done:
            return False
        any_cancelled = False
        for child in children:
            if child.cancel(msg):
                any_cancelled = True
        if any_cancelled:
            is_cancelled[0] = True
        return any_cancelled
    outer.cancel = cancel
    return outer


async def wait_for(fut, timeout):
    if timeout is None:
        return await fut
    task = ensure_future(fut)
    if timeout <= 0:
        if not task._done:
            await _cancelled(task)
        try:
            return task.result()
        except CancelledError as error:
            raise TimeoutError from error
    waiter = Future()
    timer = get_running_loop().call_later(timeout, _wake_up, waiter, None)

    def done(_):
        _wake_up(waiter, None)
    task.add_done_callback(done)
    try:
        try:
            await waiter
        except CancelledError:
            if task._done:
                return task.result()
            task.remove_done_callback(done)
            await _cancelled(task)
            raise
        if task._done:
            return task.result()
        task.remove_done_callback(done)
        await _cancelled(task)
        try:
            return task.result()
        except CancelledError as error:
            raise TimeoutError from error
    finally:
        timer.cancel()


async def _cancelled(future):
    """Cancels it and waits until it is over."""
    waiter = Future()

    def done(_):
        _wake_up(waiter, None)
    future.add_done_callback(done)
    try:
        future.cancel()
        await waiter
    finally:
        future.remove_done_callback(done)


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
    inner = ensure_future(arg)
    if inner._done:
        return inner
    outer = Future()

    def inner_done(_):
        if outer._done:
            return
        if inner._cancelled:
            outer.cancel()
        elif inner._exception is not None:
            outer.set_exception(inner._exception)
        else:
            outer.set_result(inner._result)

    def outer_done(_):
        inner.remove_done_callback(inner_done)
    inner.add_done_callback(inner_done)
    outer.add_done_callback(outer_done)
    return outer


async def to_thread(func, /, *args, **kwargs):
    await _Turn()
    return func(*args, **kwargs)


def _run_in_executor(self, executor, func, *args):
    return ensure_future(to_thread(func, *args), loop=self)


setattr(AbstractEventLoop, "run_in_executor", _run_in_executor)


class Timeout:
    def __init__(self, when):
        self._when = when
        self._task = self._handle = None
        self._is_expired = False

    def when(self): return self._when
    def expired(self): return self._is_expired

    def reschedule(self, when):
        self._when = when
        if self._handle is not None:
            self._handle.cancel()
        self._handle = None
        if when is not None:
            loop = get_running_loop()
            self._handle = loop.call_soon(self._expire) if when <= loop.time() else loop.call_at(when, self._expire)

    async def __aenter__(self):
        self._task = current_task()
        if self._task is None:
            raise RuntimeError("Timeout should be used inside a task")
        self._cancels = self._task.cancelling()
        self.reschedule(self._when)
        return self

    def _expire(self):
        self._task.cancel()
        self._is_expired = True
        self._handle = None

    async def __aexit__(self, exc_type, exc, tb):
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if self._is_expired and self._task.uncancel() <= self._cancels and exc_type is CancelledError:
            raise TimeoutError from exc


def timeout(delay):
    return Timeout(None if delay is None else get_running_loop().time() + delay)


def timeout_at(when):
    return Timeout(when)


class TaskGroup:
    def __init__(self):
        self._parent = None
        self._tasks = _Tasks()
        self._errors = []
        # KeyboardInterrupt or SystemExit of a task.
        self._worst = None
        self._is_leaving = self._is_aborting = self._has_cancelled_parent = False
        self._waiter = None

    def __repr__(self):
        info = [""]
        if self._tasks:
            info.append(f"tasks={len(self._tasks)}")
        if self._errors:
            info.append(f"errors={len(self._errors)}")
        if self._is_aborting:
            info.append("cancelling")
        elif self._parent is not None:
            info.append("entered")
        return f"<TaskGroup{' '.join(info)}>"

    async def __aenter__(self):
        if self._parent is not None:
            raise RuntimeError(f"TaskGroup {self!r} has already been entered")
        self._parent = current_task()
        return self

    def create_task(self, coro, *, name=None, context=None):
        if self._parent is None:
            raise RuntimeError(f"TaskGroup {self!r} has not been entered")
        if self._is_leaving and not self._tasks:
            raise RuntimeError(f"TaskGroup {self!r} is finished")
        if self._is_aborting:
            raise RuntimeError(f"TaskGroup {self!r} is shutting down")
        task = Task(coro, name=name, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._is_done)
        return task

    def _abort(self):
        self._is_aborting = True
        for task in self._tasks:
            if not task._done:
                task.cancel()

    def _is_done(self, task):
        self._tasks.end(task)
        if self._waiter is not None and not self._tasks:
            _wake_up(self._waiter, True)
        error = task._exception
        if task._cancelled or error is None:
            return
        self._errors.append(error)
        if isinstance(error, (SystemExit, KeyboardInterrupt)) and self._worst is None:
            self._worst = error
        if not self._parent._done and not self._is_aborting and not self._has_cancelled_parent:
            # What stands in the block is cancelled too.
            self._abort()
            self._has_cancelled_parent = True
            self._parent.cancel()

    async def __aexit__(self, exc_type, exc, tb):
        self._is_leaving = True
        if isinstance(exc, (SystemExit, KeyboardInterrupt)) and self._worst is None:
            self._worst = exc
        cancellation = exc if exc_type is CancelledError else None
        if self._has_cancelled_parent and self._parent.uncancel() == 0:
            cancellation = None
        if exc_type is not None and not self._is_aborting:
            self._abort()
        while self._tasks:
            self._waiter = Future()
            try:
                await self._waiter
            except CancelledError as error:
                if not self._is_aborting:
                    cancellation = error
                    self._abort()
            self._waiter = None
        if self._worst is not None:
            raise self._worst
        if cancellation is not None and not self._errors:
            raise cancellation
        if exc_type is not None and exc_type is not CancelledError:
            self._errors.append(exc)
        if self._errors:
            errors, self._errors = self._errors, []
            raise BaseExceptionGroup("unhandled errors in a TaskGroup", errors)


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


class Condition:
    def __init__(self, lock=None):
        self._lock = Lock() if lock is None else lock
        self.locked = self._lock.locked
        self.acquire = self._lock.acquire
        self.release = self._lock.release
        self._waiters = deque()

    async def __aenter__(self):
        await self.acquire()

    async def __aexit__(self, exc_type, exc, tb):
        self.release()

    async def wait(self):
        if not self.locked():
            raise RuntimeError("cannot wait on un-acquired lock")
        self.release()
        try:
            future = Future()
            self._waiters.append(future)
            try:
                await future
                return True
            finally:
                self._waiters.remove(future)
        finally:
            cancelled = None
            while True:
                try:
                    await self.acquire()
                    break
                except CancelledError as error:
                    cancelled = error
            if cancelled is not None:
                raise cancelled

    async def wait_for(self, predicate):
        result = predicate()
        while not result:
            await self.wait()
            result = predicate()
        return result

    def notify(self, n=1):
        if not self.locked():
            raise RuntimeError("cannot notify on un-acquired lock")
        for future in self._waiters:
            if n <= 0:
                break
            if not future._done:
                n -= 1
                future.set_result(False)

    def notify_all(self):
        self.notify(len(self._waiters))


class Runner:
    def __init__(self, *, debug=None, loop_factory=None):
        self._loop = AbstractEventLoop()

    def __enter__(self): return self
    def __exit__(self, exc_type, exc, tb): self.close()
    def get_loop(self): return self._loop

    def run(self, coro, *, context=None):
        if not iscoroutine(coro):
            raise ValueError(f"a coroutine was expected, got {coro!r}")
        if _running:
            raise RuntimeError("Runner.run() cannot be called from a running event loop")
        return self._loop.run_until_complete(coro)

    def close(self):
        _end(self._loop)


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
