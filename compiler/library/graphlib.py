"""Graphs in an order in which nothing stands before what it needs."""


class CycleError(ValueError):
    pass


class TopologicalSorter:
    def __init__(self, graph=None):
        # Of each node: how many it waits for (-1: it is out, -2: it is done), and who waits for it.
        self._waits = {}
        self._followers = {}
        self._ready = None
        self._out = self._done = 0
        for node, predecessors in (graph or {}).items():
            self.add(node, *predecessors)

    def _add(self, node):
        if node not in self._waits:
            self._waits[node] = 0
            self._followers[node] = []

    def add(self, node, *predecessors):
        if self._ready is not None:
            raise ValueError("Nodes cannot be added after a call to prepare()")
        self._add(node)
        self._waits[node] += len(predecessors)
        for one in predecessors:
            self._add(one)
            self._followers[one].append(node)

    def prepare(self):
        if self._ready is not None:
            raise ValueError("cannot prepare() more than once")
        self._ready = [node for node, waits in self._waits.items() if waits == 0]
        cycle = self._cycle()
        if cycle:
            raise CycleError("nodes are in a cycle", cycle)

    def get_ready(self):
        if self._ready is None:
            raise ValueError("prepare() must be called first")
        ready, self._ready = tuple(self._ready), []
        for node in ready:
            self._waits[node] = -1
        self._out += len(ready)
        return ready

    def is_active(self):
        if self._ready is None:
            raise ValueError("prepare() must be called first")
        return self._done < self._out or bool(self._ready)

    def __bool__(self):
        return self.is_active()

    def done(self, *nodes):
        if self._ready is None:
            raise ValueError("prepare() must be called first")
        for node in nodes:
            if node not in self._waits:
                raise ValueError(f"node {node!r} was not added using add()")
            waits = self._waits[node]
            if waits >= 0:
                raise ValueError(f"node {node!r} was not passed out (still not ready)")
            if waits == -2:
                raise ValueError(f"node {node!r} was already marked done")
            self._waits[node] = -2
            self._done += 1
            for one in self._followers[node]:
                self._waits[one] -= 1
                if self._waits[one] == 0:
                    self._ready.append(one)

    def static_order(self):
        self.prepare()
        while self.is_active():
            ready = self.get_ready()
            yield from ready
            self.done(*ready)

    def _cycle(self):
        """The first cycle on a walk along the followers, depth first; its first node stands at both ends."""
        seen = set()
        for start in self._waits:
            path = []
            places = {}
            walks = []
            node = start
            while True:
                if node in seen:
                    if node in places:
                        return path[places[node]:] + [node]
                else:
                    seen.add(node)
                    walks.append(iter(self._followers[node]))
                    places[node] = len(path)
                    path.append(node)
                # On to the next follower, backwards where there is none.
                while path:
                    node = next(walks[-1], self)
                    if node is not self:
                        break
                    del places[path.pop()]
                    walks.pop()
                else:
                    break
        return None
