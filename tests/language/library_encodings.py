# Text that carries bytes: quoted-printable, uuencode, and the bases' errors.
import base64
import binascii
import io
from array import array


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


for data in (b"", b"hello world", b"\0\0x", bytes(range(45))):
    line = binascii.b2a_uu(data)
    print(line, binascii.b2a_uu(data, backtick=True), binascii.a2b_uu(line) == data)
show(lambda: binascii.b2a_uu(bytes(46)))
show(lambda: binascii.a2b_uu(b"#86)C\x7f"))
for data in (b"a=b \t\nlong " + b"x" * 80 + b" ", b".\n.a\r\n\xe9\x7f", b"tab\tend\t", b"under_score x"):
    print(binascii.b2a_qp(data), binascii.b2a_qp(data, True, False, True))
print(binascii.a2b_qp(b"a=3Db =20=\n.c=zz=4=", header=False), binascii.a2b_qp(b"a_b=5F", header=True))
print(binascii.crc_hqx(b"abc", 0x12345), binascii.hexlify(array("B", b"hi")))
print(base64.b32decode(b"M1023456", map01=b"L"), base64.b64encode(array("h", [1, -2])), base64.b64encode(memoryview(b"abc")))
show(lambda: base64.b32encode(""))
show(lambda: base64.b16encode([]))
show(lambda: base64.b85encode("a"))
show(lambda: base64.encodebytes("a"))
show(lambda: base64.encodebytes(array("h", [1])))
show(lambda: base64.b64encode(b"", altchars="*$"))
out = io.BytesIO()
base64.encode(io.BytesIO(b"x" * 60), out)
print(out.getvalue())
back = io.BytesIO()
base64.decode(io.BytesIO(out.getvalue()), back)
print(back.getvalue() == b"x" * 60)
