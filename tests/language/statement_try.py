# try, except, else, finally and how they are left.
def order(kind):
    trace = []
    try:
        trace.append("try")
        if kind == "raise":
            raise ValueError("v")
        if kind == "return":
            return trace
        if kind == "key":
            {}["missing"]
    except ValueError as error:
        trace.append("except " + str(error))
    except (KeyError, IndexError) as error:
        trace.append(repr(error))
    else:
        trace.append("else")
    finally:
        trace.append("finally")
    trace.append("after")
    return trace


for kind in ("", "raise", "return", "key"):
    print(kind, order(kind))


def swallow():
    for i in range(3):
        try:
            raise RuntimeError(i)
        finally:
            if i < 2:
                continue
            return i


print(swallow())


def override():
    try:
        return "try"
    finally:
        return "finally"


print(override())


def kept():
    x = 1
    try:
        return x
    finally:
        x = 2


print(kept())


def breaks():
    seen = []
    while True:
        try:
            seen.append(1)
            break
        finally:
            seen.append(2)
    return seen


print(breaks())


def unbinds():
    e = "outer"
    try:
        raise KeyError("k")
    except KeyError as e:
        pass
    try:
        return e
    except UnboundLocalError as error:
        return str(error)


print(unbinds())


def context():
    try:
        try:
            raise ValueError("first")
        except ValueError:
            raise KeyError("second")
    except KeyError as error:
        print(repr(error.__context__), error.__cause__, error.__suppress_context__)
    try:
        try:
            raise ValueError("first")
        except ValueError as error:
            raise KeyError("second") from error
    except KeyError as error:
        print(repr(error.__context__), repr(error.__cause__), error.__suppress_context__)
    try:
        raise TypeError
    except TypeError as error:
        print(error.__context__, error.args)


context()


def reraise():
    try:
        try:
            raise ValueError("again")
        except ValueError:
            try:
                raise KeyError("inner")
            except KeyError:
                pass
            raise
    except ValueError as error:
        return repr(error), error.__context__


print(reraise())


def nothing():
    try:
        raise
    except RuntimeError as error:
        return str(error)


print(nothing())


def inner_state():
    # Nothing is being handled behind a handler that was left by an exception.
    try:
        try:
            raise ValueError
        except ValueError:
            raise KeyError
    except KeyError:
        pass
    try:
        raise
    except RuntimeError as error:
        return str(error)


print(inner_state())


def calls_in_handler():
    def helper():
        try:
            raise
        except ValueError as error:
            return "helper saw " + str(error)

    try:
        raise ValueError("v")
    except ValueError:
        return helper()


print(calls_in_handler())


def nested_finally():
    out = []
    try:
        try:
            try:
                raise ValueError("x")
            finally:
                out.append("a")
        except ValueError:
            out.append("b")
            raise TypeError("y")
        finally:
            out.append("c")
    except TypeError as error:
        out.append(str(error))
        out.append(repr(error.__context__))
    return out


print(nested_finally())


class Custom(Exception):
    def __init__(self, a, b):
        super().__init__(a, b)
        self.b = b


try:
    raise Custom(1, 2)
except Exception as error:
    print(type(error).__name__, error.args, error.b, isinstance(error, Custom))

try:
    raise 5
except TypeError as error:
    print(error)

try:
    try:
        1 / 0
    except "text":
        pass
except TypeError as error:
    print(error)


def asserts(value):
    try:
        assert value > 1, "too small: %d" % value
        assert value < 10
    except AssertionError as error:
        return "failed", str(error), error.args
    return "ok"


print(asserts(1), asserts(5), asserts(50))


def many():
    out = []
    for value in ("1", "x", None, "2"):
        try:
            out.append(int(value))
        except ValueError:
            out.append("value")
        except TypeError:
            out.append("type")
        else:
            out.append("fine")
    return out


print(many())


def generator():
    try:
        yield 1
        yield 2
    finally:
        print("closed")


for item in generator():
    if item == 1:
        continue
    print(item)
g = generator()
print(next(g))
g.close()


def deep(n):
    if n == 0:
        raise LookupError("bottom")
    try:
        deep(n - 1)
    except LookupError:
        if n % 2:
            raise
        raise LookupError("level %d" % n)


try:
    deep(4)
except LookupError as error:
    chain = []
    while error:
        chain.append(str(error))
        error = error.__context__
    print(chain)
