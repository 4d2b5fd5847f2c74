from .metas import Singleton, Checked
from .tools import late
import abc

class Single(metaclass=Singleton):
    def __init__(self):
        self.values = []

class Machine(metaclass=Checked):
    @abc.abstractmethod
    def run(self): ...

class Robot(Machine):
    kind = "Machine"
    def run(self):
        return late()
