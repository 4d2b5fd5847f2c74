# __getattr__ is asked where a property, a descriptor or __getattribute__ raises AttributeError too.


class Missing:
    def __get__(self, instance, owner):
        raise AttributeError("no value")


class Guarded:
    def __get__(self, instance, owner):
        raise AttributeError("no value")

    def __set__(self, instance, value):
        print("set", value)


class Asks:
    plain, data = Missing(), Guarded()

    @property
    def broken(self):
        return self.nothing.here

    @property
    def wrong(self):
        raise ValueError("wrong")

    def __getattr__(self, name):
        if name == "nothing":
            raise AttributeError("really nothing")
        return "asked " + name


class Both(Asks):
    def __getattribute__(self, name):
        if name == "hidden":
            raise AttributeError(name)
        return super().__getattribute__(name)


def show(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, "|", error, "|", error.__context__)


for made in (Asks(), Both()):
    show(lambda: (made.broken, made.plain, made.data, made.hidden))
    show(lambda: made.nothing)
    show(lambda: made.wrong)
    show(lambda: (hasattr(made, "nothing"), getattr(made, "nothing", "default"), made.other.upper()))
    show(lambda: object.__getattribute__(made, "other"))
    made.data = 1
show(lambda: Asks.plain)
