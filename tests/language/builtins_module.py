import builtins
from builtins import range as r, str
print(builtins.len([1]), list(r(3)), str(5), builtins.ValueError is ValueError, builtins.print is print)
import operator
print(operator.__not__(0), operator.__add__(1, 2), operator.__and__(6, 3))
