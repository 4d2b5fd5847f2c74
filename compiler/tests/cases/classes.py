class Base:
    kind = "base"
    label = kind + "!"

    def __init__(self, name):
        self.name = name
        self.__secret = 1


class Child(Base, flag=True):
    def __init__(self, name):
        super().__init__(name)

    @property
    def upper(self):
        return self.name.upper()

    @staticmethod
    def make():
        return __class__("x")
