from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque
from dataclasses import dataclass
from pprint import pformat, pprint
from types import MappingProxyType, SimpleNamespace

words = "the quick brown fox jumped over a lazy dog".split()
pairs = list(zip(words, range(9)))
many = defaultdict(int, pairs)
pprint(many, width=40)
pprint(defaultdict(int))
pprint(Counter("senselessness"), width=20)
pprint(OrderedDict(pairs), width=30)
pprint(deque(pairs, maxlen=7), width=40)
pprint(deque(pairs[:3]), width=20)
pprint(ChainMap(dict(pairs[:3]), {"x": 1}), width=30)
pprint(MappingProxyType(dict(pairs)), width=30)
pprint(SimpleNamespace(**dict(pairs)), width=30)
pprint(UserDict(pairs), width=30)
pprint(UserList(pairs), width=30)
print(pformat([Counter(), OrderedDict()]))


@dataclass
class Tree:
    name: str
    below: object = None


tree = Tree("a rather long name", Tree("another one of them"))
pprint(tree, width=30)
tree.below.below = tree
pprint(tree, width=30)
