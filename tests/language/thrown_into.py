# Exceptions thrown into generators: what they are made of, their context, and what is closed.
def show(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


def chain(error):
    names = []
    while error is not None:
        names.append(repr(error))
        error = error.__context__
    return names


def waits():
    try:
        yield 1
    except ValueError as error:
        yield repr(error)


def started(function, *args):
    made = function(*args)
    next(made)
    return made


show(lambda: started(waits).throw(ValueError, "told"))
show(lambda: started(waits).throw(ValueError, ValueError("own")))
show(lambda: started(waits).throw(ValueError("alone")))


def handles():
    try:
        raise KeyError("a")
    except KeyError:
        try:
            yield 1
        except ValueError as error:
            yield chain(error)


def delegates():
    try:
        raise KeyError("outer")
    except KeyError:
        yield from waits()


print(started(handles).throw(ValueError("b")))
try:
    started(delegates).throw(IndexError("c"))
except IndexError as error:
    print(chain(error))
try:
    raise RuntimeError("around")
except RuntimeError:
    try:
        started(waits).throw(IndexError("d"))
    except IndexError as error:
        print(chain(error))


def keeps_on(value):
    try:
        yield 1
    except GeneratorExit:
        print("told to end")
        if value:
            yield value


def outer(value):
    try:
        yield from keeps_on(value)
        print("not reached")
    except GeneratorExit:
        print("ends too")
        raise


for value in (None, 2):
    try:
        started(outer, value).throw(GeneratorExit)
    except BaseException as error:
        print(type(error).__name__, error)
