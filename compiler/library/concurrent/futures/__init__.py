"""Executors of a machine with one thread: what is submitted runs at once, and its future is done."""

FIRST_COMPLETED = "FIRST_COMPLETED"
FIRST_EXCEPTION = "FIRST_EXCEPTION"
ALL_COMPLETED = "ALL_COMPLETED"

TimeoutError = TimeoutError


class Error(Exception):
    __module__ = "concurrent.futures._base"


class CancelledError(Error):
    __module__ = "concurrent.futures._base"


class InvalidStateError(Error):
    __module__ = "concurrent.futures._base"


class BrokenExecutor(RuntimeError):
    __module__ = "concurrent.futures._base"


class Future:
    def __class_getitem__(cls, item): return cls

    __module__ = "concurrent.futures._base"

    def __init__(self):
        self._state = "PENDING"
        self._result = self._exception = None
        self._callbacks = []

    def __repr__(self):
        state = self._state.lower()
        if self._state != "FINISHED":
            return f"<Future at {id(self):#x} state={state}>"
        what = "raised" if self._exception is not None else "returned"
        shown = self._result if self._exception is None else self._exception
        return f"<Future at {id(self):#x} state={state} {what} {type(shown).__name__}>"

    def cancel(self):
        if self._state in ("RUNNING", "FINISHED"):
            return False
        if self._state == "PENDING":
            self._state = "CANCELLED"
            self._call_back()
        return True

    def cancelled(self): return self._state == "CANCELLED"
    def running(self): return self._state == "RUNNING"
    def done(self): return self._state in ("CANCELLED", "FINISHED")

    def _wait(self, timeout):
        if self._state == "CANCELLED":
            raise CancelledError
        if self._state != "FINISHED":
            if timeout is None:
                raise RuntimeError("there is no other thread to wait for")
            raise TimeoutError

    def result(self, timeout=None):
        self._wait(timeout)
        if self._exception is not None:
            raise self._exception
        return self._result

    def exception(self, timeout=None):
        self._wait(timeout)
        return self._exception

    def add_done_callback(self, fn):
        if self.done():
            fn(self)
        else:
            self._callbacks.append(fn)

    def set_running_or_notify_cancel(self):
        if self._state == "CANCELLED":
            return False
        self._state = "RUNNING"
        return True

    def set_result(self, result): self._finish(result, None)
    def set_exception(self, exception): self._finish(None, exception)

    def _finish(self, result, exception):
        if self.done():
            raise InvalidStateError(f"{self._state}: {self!r}")
        self._result, self._exception, self._state = result, exception, "FINISHED"
        self._call_back()

    def _call_back(self):
        for callback in self._callbacks:
            callback(self)


class Executor:
    __module__ = "concurrent.futures._base"

    def map(self, fn, *iterables, timeout=None, chunksize=1):
        futures = [self.submit(fn, *args) for args in zip(*iterables)]

        def results():
            for future in futures:
                yield future.result()

        return results()

    def shutdown(self, wait=True, *, cancel_futures=False): pass

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.shutdown(wait=True)
        return False


class ThreadPoolExecutor(Executor):
    __module__ = "concurrent.futures.thread"

    def __init__(self, max_workers=None, thread_name_prefix="", initializer=None, initargs=()):
        if max_workers is not None and max_workers <= 0:
            raise ValueError("max_workers must be greater than 0")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        self._max_workers = max_workers or 5
        self._initializer, self._initargs = initializer, initargs
        self._is_shut = False

    def submit(self, fn, /, *args, **kwargs):
        if self._is_shut:
            raise RuntimeError("cannot schedule new futures after shutdown")
        if self._initializer is not None:
            initializer, self._initializer = self._initializer, None
            initializer(*self._initargs)
        future = Future()
        future.set_running_or_notify_cancel()
        try:
            result = fn(*args, **kwargs)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        self._is_shut = True


def as_completed(fs, timeout=None):
    for future in dict.fromkeys(fs):
        future._wait(timeout) if not future.cancelled() else None
        yield future


class _Waited(tuple):
    """What `wait` gives."""

    __slots__ = ()
    done = property(lambda self: self[0])
    not_done = property(lambda self: self[1])

    def __repr__(self):
        return f"DoneAndNotDoneFutures(done={self[0]!r}, not_done={self[1]!r})"


def wait(fs, timeout=None, return_when=ALL_COMPLETED):
    if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        raise ValueError(f"Invalid return condition: {return_when!r}")
    fs = set(fs)
    done = {future for future in fs if future.done()}
    return _Waited((done, fs - done))
