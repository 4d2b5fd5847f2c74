"""Queues of a program with one thread: what would wait for ever raises RuntimeError."""

from collections import deque as _deque
from heapq import heappop as _heappop, heappush as _heappush


class Empty(Exception):
    __module__ = "_queue"


class Full(Exception):
    pass


class Queue:
    def __init__(self, maxsize=0):
        self.maxsize = maxsize
        self.unfinished_tasks = 0
        self._init(maxsize)

    def _init(self, maxsize): self.queue = _deque()
    def _qsize(self): return len(self.queue)
    def _put(self, item): self.queue.append(item)
    def _get(self): return self.queue.popleft()
    def qsize(self): return self._qsize()
    def empty(self): return not self._qsize()
    def full(self): return 0 < self.maxsize <= self._qsize()

    def put(self, item, block=True, timeout=None):
        if self.maxsize > 0:
            _checked(block, timeout)
        if self.full():
            _no_wait(block, timeout)
            raise Full
        self._put(item)
        self.unfinished_tasks += 1

    def get(self, block=True, timeout=None):
        _checked(block, timeout)
        if self.empty():
            _no_wait(block, timeout)
            raise Empty
        return self._get()

    def put_nowait(self, item): self.put(item, block=False)
    def get_nowait(self): return self.get(block=False)

    def task_done(self):
        if self.unfinished_tasks <= 0:
            raise ValueError("task_done() called too many times")
        self.unfinished_tasks -= 1

    def join(self):
        if self.unfinished_tasks:
            raise RuntimeError("there is no other thread to wait for")


def _no_wait(block, timeout):
    if block and timeout is None:
        raise RuntimeError("there is no other thread to wait for")


def _checked(block, timeout):
    if block and timeout is not None and timeout < 0:
        raise ValueError("'timeout' must be a non-negative number")


class PriorityQueue(Queue):
    def _init(self, maxsize): self.queue = []
    def _put(self, item): _heappush(self.queue, item)
    def _get(self): return _heappop(self.queue)


class LifoQueue(Queue):
    def _init(self, maxsize): self.queue = []
    def _get(self): return self.queue.pop()


class SimpleQueue:
    __module__ = "_queue"

    def __init__(self): self._queue = _deque()
    def qsize(self): return len(self._queue)
    def empty(self): return not self._queue
    def put(self, item, block=True, timeout=None): self._queue.append(item)
    def put_nowait(self, item): self.put(item)

    def get(self, block=True, timeout=None):
        _checked(block, timeout)
        if not self._queue:
            _no_wait(block, timeout)
            raise Empty
        return self._queue.popleft()

    def get_nowait(self): return self.get(block=False)
