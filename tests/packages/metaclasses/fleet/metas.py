from abc import ABCMeta, abstractmethod

class Registry(type):
    made = []

    def __new__(mcs, name, bases, attrs, **options):
        attrs["tag"] = name.lower()
        attrs.pop("dropped", None)
        fields = {k: v for k, v in attrs.items() if hasattr(v, "is_field")}
        for key in fields:
            del attrs[key]
        cls = super().__new__(mcs, name, bases, attrs)
        cls.fields = {**getattr(cls, "fields", {}), **fields}
        cls.options = mcs.sorted(options)
        return cls

    def __init__(cls, name, bases, attrs, **options):
        super().__init__(name, bases, attrs)
        cls.made.append((name, [base.__name__ for base in bases], sorted(key for key in attrs if not key.startswith("__"))))

    @classmethod
    def sorted(mcs, options):
        return sorted(options.items())

    def describe(cls):
        return f"{cls.__name__}: {sorted(cls.fields)}"


class Singleton(type):
    def __init__(cls, *args, **kwargs):
        cls.__instance = None
        super().__init__(*args, **kwargs)

    def __call__(cls):
        if cls.__instance is None:
            cls.__instance = super().__call__()
        return cls.__instance


class Checked(ABCMeta):
    def __instancecheck__(cls, instance):
        return getattr(instance, "kind", None) == cls.__name__

    def __subclasscheck__(cls, subclass):
        return subclass.__name__.startswith("Sub")
