# Methods are compared and hashed by their object, not by what it equals.
def show(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


class Sensor:
    def __init__(self, pin):
        self.pin = pin

    def __eq__(self, other):
        return self.pin == other.pin

    def read(self):
        return self.pin

    def spot(self):
        return "a place"

    place = property(spot, doc="Where it is.")

    @classmethod
    @property
    def kind(cls):
        return cls.__name__.lower()


class Lamp(Sensor):
    @classmethod
    def told(cls):
        return super().kind


a, b, items = Sensor(1), Sensor(1), [1]
print(a == b, a.read == b.read, a.read == a.read, hash(a.read) == hash(a.read))
print(len({a.read, a.read, b.read}), {a.read: "known"}[a.read], len({items.append, items.append}))
show(lambda: hash(a))
print(Sensor.place.__doc__, a.place, Sensor.kind, Lamp.kind, Lamp(2).kind, Lamp.told())
