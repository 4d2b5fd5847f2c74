# What was compressed by others; and checksums.
import base64
import gzip
import zlib


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


text = zlib.decompress(base64.b64decode("eJx9klEKhjAMg6+yK/jrhToc+qD4M7w/Yivu04AvpXRJmmXLZbfU/foh2fKfLU22rnb1Y1n2Zy21bvXq88kkUEnQJTN2xCR/7GcNNIA05CIcBMTROIMpn8Yub0VHc3Ae5UGMSg4nxLiKCMJO1DdM8sQbMFpJBXK0oYbJxJ72PsxFs+YX4K2d2or4a/r4T214nxz+huPK"))
print(len(text), zlib.crc32(text), zlib.adler32(text), text[:40])
show(lambda: zlib.decompress(base64.b64decode("S0xKTiQXAQA="), -15))
show(lambda: zlib.decompress(base64.b64decode("eAEByAA3/8+wtOuJAsRCadoc9rpm0/i21LEAqeoOdVpcLoIQJCoI5wePf4k4XrCUI1VRglaLluik/vI6DJ/Fr9dghDeBa90KcwnLShJS5Npw5nIPyqTaHphAbBicJCeemFHVgUIEE2/rVxPBZrEyad1j/DXHl/8Ips2QCVBmp0Wt222IMcKw+HghFCtEVlVtiaqCvK2uOpV4+kU1pBTQJcJLQK46wSdyKYi6lzrqjTcXlwYHLtM6FGB611I75lV7UTTewZaB9KEzaqIUDQWXYaVerw=="))[:20])
show(lambda: zlib.decompress(base64.b64decode("eJxLTBwFo2AUDHcAAPnYevg=")) == b"a" * 1000)
packed = base64.b64decode("H4sIAAAAAAACA32SUQqGMAyDr7Ir+OuFOhz6oPgzvD9iK+7TgC+ldEmaZctlt9T9+iHZ8p8tTbaudvVjWfZnLbVu9erzySRQSdAlM3bEJH/sZw00gDTkIhwExNE4gymfxi5vRUdzcB7lQYxKDifEuIoIwk7UN0zyxBswWkkFcrShhsnEnvY+zEWz5hfgrZ3aivhr+vhPbXifHB4+rdCoAgAA")
second = base64.b64decode("H4sIAAAAAAACAytOTc7PSwEAaREftgYAAAA=")
show(lambda: gzip.decompress(packed) == text)
show(lambda: zlib.decompress(second, 31))
show(lambda: gzip.decompress(second + second))
show(lambda: gzip.decompress(second + bytes(3)))
show(lambda: gzip.decompress(base64.b64decode("H4sICAUAAAAC/25hbWUudHh0AMtLzE1NAQCHzOBxBQAAAA==")))
show(lambda: gzip.decompress(b""))
show(lambda: gzip.decompress(b"hello"))
show(lambda: gzip.decompress(packed[:30]))
show(lambda: gzip.decompress(second[:-9]))
show(lambda: gzip.decompress(second[:-3]))
show(lambda: gzip.decompress(second[:-1] + b"x"))
show(lambda: zlib.decompress(b"hello"))
show(lambda: zlib.decompress(b"x"))
show(lambda: zlib.decompress(base64.b64decode("eJxLBAAAYgBi")[:-1]))
show(lambda: zlib.decompress(base64.b64decode("eJxLBAAAYgBi")))
show(lambda: zlib.decompress(base64.b64decode("eJxLBAAAYgBj")))
show(lambda: zlib.decompress(bytes([7]), -15))
show(lambda: zlib.decompress(bytes([1, 2, 0, 0, 0, 65]), -15))
show(lambda: zlib.decompress(bytes([1, 2, 0, 253, 255, 65, 66]), -15))
print(issubclass(gzip.BadGzipFile, OSError), issubclass(zlib.error, Exception))
