"""Mocks replace what is found by its name, in text: tests with them are skipped."""

from pytest import Skipped

ANY = object()


def patch(*args, **kwargs):
    def skipped(function):
        def test(*args, **kwargs):
            raise Skipped("a mock")

        return test

    return skipped


def _object(*args, **kwargs):
    return patch()


patch.object = patch.dict = patch.multiple = _object


class Mock:
    def __init__(self, *args, **kwargs):
        raise Skipped("a mock")


MagicMock = Mock
