"""The package of `email.utils`."""
