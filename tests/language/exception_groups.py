# split and subgroup of exception groups.


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


inner = ExceptionGroup("inner", [KeyError("k"), ValueError("v2")])
group = ExceptionGroup("outer", [ValueError("v1"), TypeError("t"), inner])
show(lambda: group.split(ValueError))
show(lambda: group.split((ValueError, KeyError)))
show(lambda: group.split(OSError))
show(lambda: group.split(Exception))
show(lambda: group.split(ExceptionGroup))
show(lambda: group.split(lambda e: isinstance(e, KeyError)))
show(lambda: group.subgroup(TypeError))
show(lambda: group.subgroup(OSError))
show(lambda: group.subgroup(lambda e: len(e.args) == 2))
show(lambda: group.split(5))
match, rest = group.split(KeyError)
print(match.message, match.exceptions, rest.exceptions, match.exceptions[0].message)
