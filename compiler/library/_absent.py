"""What stands for a module that cannot be here, in packages that import it and may never use it."""


class absent:
    def __init__(self, module):
        self._module = module

    def __getattr__(self, name):
        raise ModuleNotFoundError(f"No module named {self._module!r}", name=self._module)

    def __call__(self, *args, **kwargs):
        raise ModuleNotFoundError(f"No module named {self._module!r}", name=self._module)
