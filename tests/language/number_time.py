# The module time, as far as any two machines agree.
import time


def show(action, *args):
    try:
        print(repr(action(*args)))
    except Exception as error:
        print(type(error).__name__ + ":", error)


print(type(time.time()), type(time.time_ns()), type(time.monotonic()), type(time.monotonic_ns()), type(time.perf_counter()), type(time.perf_counter_ns()))
print(time.monotonic() <= time.monotonic(), time.perf_counter_ns() <= time.perf_counter_ns())
for value in (0, 0.0, -0.0, True, 0.001, -1, -0.001, float("nan"), float("inf"), 1e300, 10**400, 2**70, None, "1"):
    if value is True:
        continue
    show(time.sleep, value)
