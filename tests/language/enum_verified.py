from enum import *
import enum
def wrong(check, kind, **members):
    try: print(list(verify(check)(kind("E", members))))
    except (ValueError, TypeError) as e: print(e)
wrong(UNIQUE, Enum, a=1, b=2)
wrong(UNIQUE, Enum, a=1, b=2, c=1)
wrong(CONTINUOUS, IntEnum, a=1, b=3, c=6)
wrong(CONTINUOUS, Flag, a=1, b=8)
wrong(CONTINUOUS, Flag, a=1, b=2)
wrong(NAMED_FLAGS, Flag, a=1, b=6)
wrong(NAMED_FLAGS, Flag, a=1, b=6, c=24)
wrong(NAMED_FLAGS, Flag, a=1, b=2, c=3)
try: verify(UNIQUE)(int)
except TypeError as e: print(e)
print(enum.show_flag_values(13), EnumCheck.UNIQUE)
