def t(exc, tag):
    print("--", tag)
    try:
        try: raise exc
        except* ValueError as g: print("V", repr(g), g.exceptions)
        except* (TypeError, KeyError) as g: print("T", repr(g))
        else: print("else")
        finally: print("fin")
    except BaseException as e: print("left", repr(e))
t(ExceptionGroup("g", [ValueError(1), TypeError(2), OSError(3)]), 1)
t(ExceptionGroup("g", [ValueError(1), ExceptionGroup("h", [ValueError(2), KeyError("k")])]), 2)
t(ValueError("naked"), 3)
t(OSError("naked"), 4)
t(ExceptionGroup("g", [OSError(1)]), 5)
try:
    try: raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError: raise RuntimeError("new")
except ExceptionGroup as e: print(repr(e), e.exceptions)
try:
    try: raise ValueError(1)
    except* ValueError: raise RuntimeError("new")
except Exception as e: print(repr(e))
try:
    try: pass
    except* ValueError: print("no")
    else: print("else")
    try: raise ValueError(1)
    except* ExceptionGroup: pass
except TypeError as e: print(e)
def f():
    for i in range(2):
        try: raise ExceptionGroup("g", [ValueError(i)])
        except* ValueError as e: x = e.exceptions[0].args
    return x
print(f())
