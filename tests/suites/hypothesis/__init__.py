"""Tests of random examples are skipped: examples are found otherwise by each run."""

from pytest import Skipped


class _Any:
    """Stands for every strategy."""

    def __call__(self, *args, **kwargs):
        return self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __or__(self, other):
        return self

    def __iter__(self):
        return iter(())


anything = _Any()


def given(*args, **kwargs):
    def skipped(function):
        def test(*args, **kwargs):
            raise Skipped("random examples")

        return test

    return skipped


def example(*args, **kwargs):
    return lambda function: function


def settings(*args, **kwargs):
    return lambda function: function


settings.register_profile = settings.load_profile = settings
HealthCheck = note = event = assume = seed = anything
