"""Retries, backoff, circuit breaker, decorators with and without arguments."""
import functools
import itertools
import logging
import random
import time

logging.basicConfig(level=logging.DEBUG, format="%(levelname)s %(module)s %(funcName)s %(message)s")
logger = logging.getLogger()


class Throttled(Exception):
    def __init__(self, after=None):
        super().__init__(f"throttled (retry after {after})" if after else "throttled")
        self.after = after


def retry(function=None, /, *, times=3, on=(Exception,), base=0.001, jitter=None):
    if function is None:
        return functools.partial(retry, times=times, on=on, base=base, jitter=jitter)

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        delays = itertools.chain((base * 2 ** n for n in range(times - 1)), [None])
        for attempt, delay in enumerate(delays, start=1):
            try:
                return function(*args, **kwargs)
            except on as e:
                wrapper.attempts.append((attempt, type(e).__name__))
                if delay is None:
                    raise
                print(f"attempt {attempt} of {function.__qualname__}{args!r} failed with {e!r}, waiting {delay:.3f}s")
                time.sleep(delay * 0)

    wrapper.attempts = []
    return wrapper


class Breaker:
    def __init__(self, threshold=2):
        self.threshold, self.failures, self.state = threshold, 0, "closed"

    def __call__(self, function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            if self.state == "open":
                raise RuntimeError(f"circuit of {function.__name__} is open")
            try:
                result = function(*args, **kwargs)
            except Exception:
                self.failures += 1
                if self.failures >= self.threshold:
                    self.state = "open"
                raise
            self.failures = 0
            return result
        return wrapper


calls = itertools.count(1)


@retry
def flaky(x):
    """Fails twice."""
    n = next(calls)
    if n < 3:
        raise Throttled(n) if n % 2 else ConnectionError("reset")
    return x * n


@retry(times=2, on=(KeyError, IndexError))
def never(d):
    return d["missing"]


breaker = Breaker()


@breaker
@retry(times=1)
def broken():
    raise OSError(111, "Connection refused")


class Service:
    def __repr__(self):
        return "service"

    @retry(times=2)
    def call(self, ok):
        if not ok:
            raise TimeoutError("slow")
        return self

    @functools.cached_property
    def token(self):
        print("token made")
        return "t"

    @functools.lru_cache(maxsize=2)
    def cached(self, n):
        print("computing", n)
        return n * n


def handler(event, context):
    print(flaky("ab"), flaky.attempts, flaky.__doc__, flaky.__wrapped__.__name__)
    try:
        never({})
    except KeyError as e:
        print("gave up", repr(e), never.attempts)
    for _ in range(4):
        try:
            broken()
        except (OSError, RuntimeError) as e:
            print(type(e).__name__, e, getattr(e, "errno", None), breaker.state)
    s = Service()
    try:
        s.call(False)
    except TimeoutError as e:
        print("timeout", e, e.args)
    print(s.call(True) is s, s.token, s.token, [s.cached(n) for n in (1, 2, 1, 3, 2)], Service.cached.cache_info())
    random.seed(42)
    print([round(random.uniform(0, 2 ** n), 6) for n in range(5)], random.choice("abc"), random.sample(range(100), 5), random.randint(1, 6))
    try:
        logger.info("before")
        1 / 0
    except ZeroDivisionError:
        logger.exception("with trace %s", 1)
        logger.error("again", exc_info=True)
    return "done"


print(handler({}, None))
