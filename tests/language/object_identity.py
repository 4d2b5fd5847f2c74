# `id`, `hash` and `repr` of an object name it for as long as it lives, whatever is collected meanwhile.


class Node:
    def __init__(self, name):
        self.name = name
        self.links = []


def garbage():
    return [[number, str(number)] for number in range(12)]


def stable():
    nodes = [Node(str(number)) for number in range(14)]
    ids = [id(node) for node in nodes]
    texts = [repr(node) for node in nodes]
    hashes = [hash(node) for node in nodes]
    for turn in range(8):
        garbage()
        assert [id(node) for node in nodes] == ids
    assert [repr(node) for node in nodes] == texts
    assert [hash(node) for node in nodes] == hashes
    print(len(set(ids)), len(set(texts)), len(set(hashes)) > 1)
    print(all(f"{id(node):x}" in text for node, text in zip(nodes, texts)))
    print(object.__hash__(nodes[0]) == hash(nodes[0]), object.__repr__(nodes[0]) == repr(nodes[0]))
    return nodes


def reach(node, seen):
    if id(node) in seen:
        return []
    seen.add(id(node))
    garbage()
    found = [node.name]
    for other in node.links:
        found += reach(other, seen)
    return found


def forgotten(nodes):
    ids = [id(node) for node in nodes]
    for turn in range(10):
        temporary = [Node("t") for _ in range(4)]
        for one in temporary:
            assert id(one) not in ids
        garbage()
    assert [id(node) for node in nodes] == ids
    print("kept", len(nodes))


def keys(nodes):
    visited = set()
    for node in nodes + nodes:
        visited.add(node)
    table = {node: node.name for node in nodes}
    by_id = {id(node): node.name for node in nodes}
    garbage()
    print(len(visited), nodes[2] in visited, Node("2") in visited)
    print([table[node] for node in nodes] == [by_id[id(node)] for node in nodes])
    pairs = {(node, 1): node.name for node in nodes}
    garbage()
    print([pairs[node, 1] for node in nodes][:3])
    things = [iter([]), (n for n in "x"), ValueError("x"), object(), nodes[0].__init__]
    print([things.index(one) for one in dict.fromkeys(things)])


nodes = stable()
nodes[0].links = nodes[1:4]
nodes[3].links = [nodes[0], nodes[5]]
print(reach(nodes[0], set()))
nodes[0].links = nodes[3].links = []
del nodes[3:9]
forgotten(nodes)
keys(nodes)

values = [0, 1, -1, 255, 1 << 20, (1 << 30) - 1, None, True, False, ..., NotImplemented, int, len, "a", "", "long text here",
    b"", (), print, ValueError, garbage, Node, [], {}, 1.5, 10**20, nodes[0], Node("x")]
print(len({id(value) for value in values}) == len(values))
print(id(7) == id(3 + 4), id(None) == id(None), id(True) == id(1 == 1), id(Node) == id(type(nodes[0])), id(garbage) == id(garbage))
