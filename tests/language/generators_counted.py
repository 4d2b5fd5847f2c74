# Generators that wait inside `try`: some end, some are left behind, and those alone are closed.


def waits(name, times=1):
    try:
        for step in range(times):
            yield name, step
    finally:
        print("closed", name)


def ends():
    for pair in waits("ended", 2):
        print(pair)


def left():
    for pair in waits("left", 2):
        return pair


def raised():
    try:
        for pair in waits("raised"):
            raise ValueError(pair)
    except ValueError as error:
        print(error)


def never_begun():
    waits("never")


def outer(name):
    try:
        yield from waits(name, 2)
    finally:
        print("outer closed", name)


for turn in range(2):
    ends()
    print(left())
    raised()
    never_begun()
    kept = waits(f"kept {turn}")
    print(next(kept))
    ends()
    print(list(outer("through")))
    next(outer("dropped"))
    print(left())
    kept.close()
    print(left())
