from .metas import Registry

class Field:
    is_field = True
    def __set_name__(self, owner, name):
        self.name = name

def order():
    return Registry.made

class Schema(metaclass=Registry, strict=True):
    a = Field()
    dropped = 3
    kept = 4
    def has(self, name):
        return name in self.fields
class Other(Schema):
    b = Field()
    def has(self, name):
        return super().has(name) and __class__.tag
Base = Registry("Base", (object,), {"c": Field(), "x": 1})
class Derived(Base, strict=False):
    d = Field()
