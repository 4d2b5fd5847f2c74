def f(x):
    try:
        if x == 0: return "ret"
        if x == 1: raise ValueError("v")
        if x == 2: raise KeyError("k")
        if x == 3: 1 / 0
        if x == 4: [][1]
    except ValueError as e:
        return "VE " + str(e)
    except (KeyError, IndexError) as e:
        return type(e).__name__ + " " + str(e)
    else:
        return "else"
    finally:
        print("finally", x)
for i in range(6):
    try:
        print(f(i))
    except ZeroDivisionError as e:
        print("outer", e)

class MyErr(Exception):
    def __init__(self, code):
        super().__init__("code", code)
        self.code = code
class Sub(MyErr): pass
try:
    raise Sub(5)
except MyErr as e:
    print(repr(e), e.code, e.args, isinstance(e, Sub))
try:
    try:
        raise KeyError("a")
    except KeyError as e:
        raise RuntimeError("b") from e
except RuntimeError as e:
    print(repr(e.__cause__), e.__context__ is e.__cause__)
try:
    try:
        raise KeyError("a")
    except KeyError:
        raise RuntimeError("b")
except RuntimeError as e:
    print(repr(e.__context__), e.__cause__)
def reraise():
    try:
        raise ValueError(1)
    except ValueError:
        raise
try:
    reraise()
except ValueError as e:
    print("re", e)
def nested():
    for i in range(5):
        try:
            if i == 1: continue
            if i == 3: break
            print(i)
        finally:
            print("f", i)
    return "done"
print(nested())
def fin_override():
    try:
        return 1
    finally:
        return 2
print(fin_override())
def gen_finally():
    try:
        yield 1
        yield 2
    finally:
        print("gen cleanup")
g = gen_finally()
print(next(g))
g.close()
try:
    raise
except RuntimeError as e:
    print(e)
try:
    raise "x"
except TypeError as e:
    print(e)
try:
    assert 1 == 2, "msg"
except AssertionError as e:
    print(repr(e))
try:
    {}["k"]
except KeyError as e:
    print(e, repr(e))
try:
    int("x")
except ValueError as e:
    print(e)
try:
    "a" + 1
except TypeError as e:
    print(e)
try:
    None.x
except AttributeError as e:
    print(e)
try:
    a, b = 1, 2, 3
except ValueError as e:
    print(e)
try:
    a, b = [1]
except ValueError as e:
    print(e)
try:
    for x in 5: pass
except TypeError as e:
    print(e)
try:
    len(5)
except TypeError as e:
    print(e)
try:
    f(1, 2, 3)
except TypeError as e:
    print(e)
try:
    5()
except TypeError as e:
    print(e)
def handler_scope():
    try:
        raise ValueError("gone")
    except ValueError as e:
        pass
    try:
        e
    except UnboundLocalError as x:
        print(x)
handler_scope()
try:
    try:
        raise ValueError("inner")
    finally:
        print("cleanup")
except ValueError as e:
    print("caught", e)
