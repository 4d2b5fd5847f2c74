from fleet import Schema, Field, order, Single, Machine
from fleet.schema import Other, Derived, Base
from fleet.single import Robot
print(order())
print(Schema.tag, Other.tag, hasattr(Schema, "dropped"), Schema.kept, Schema.options, Other.options, Derived.options)
print(Schema.describe(), Other.describe(), Derived.describe(), "a" in vars(Schema), Base.x)
print(Other().has("b"), Other().has("c"), Schema().has("a"))
print(Single() is Single(), Single().values)
print(isinstance(Robot(), Machine), isinstance(3, Machine), issubclass(int, Machine), Robot().run())
try:
    Machine()
except TypeError as error:
    print(error)
print(isinstance(Schema, type), Schema.__name__, Other.__bases__ == (Schema,))
class Mine(Schema, extra=1):
    e = Field()
print(Mine.describe(), Mine.tag, Mine.options)
