"""unicodedata, of ASCII: its tables are larger than a device. Packages that import it have this."""


def normalize(form, unistr, /):
    if form not in ("NFC", "NFKC", "NFD", "NFKD"):
        raise ValueError("invalid normalization form")
    if not unistr.isascii():
        raise NotImplementedError("unicodedata.normalize() is available for ASCII only")
    return unistr


def __getattr__(name):
    raise ModuleNotFoundError("No module named 'unicodedata'", name="unicodedata")
