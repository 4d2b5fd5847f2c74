# Encoders and decoders by name, whole and in parts.
import codecs


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


print(codecs.encode("hé"), codecs.encode(b"hi", "hex"), codecs.encode(b"x" * 60, "base64"), codecs.encode("Hello", "rot13"))
print(codecs.decode(b"h\xc3\xa9"), codecs.decode("6869", "hex"), codecs.decode(b"aGk=\n", "base64"), codecs.decode("Uryyb", "rot_13"))
print(codecs.encode("a", "utf-8-sig"), codecs.decode(codecs.BOM_UTF8 + b"a", "utf-8-sig"), codecs.decode(b"\xff", "latin-1"))
show(lambda: codecs.encode("a", "no-such"))
show(lambda: codecs.lookup("no-such"))
show(lambda: codecs.decode(b"\xff"))
for name in ("utf-8", "utf-16", "utf-16-be", "utf-8-sig", "latin-1", "utf-32"):
    info = codecs.lookup(name)
    text = "aé😀z" if name != "latin-1" else "aé"
    data = text.encode(name) if name != "utf-8-sig" else codecs.encode(text, name)
    decoder = info.incrementaldecoder()
    parts = [decoder.decode(data[at:at + 1]) for at in range(len(data))]
    print(info.name, parts, decoder.decode(b"", True), info.decode(data), info.encode("ab"))
    encoder = codecs.getincrementalencoder(name)()
    print([encoder.encode(c) for c in "ab"])
print(list(codecs.iterdecode([b"h\xc3", b"\xa9"], "utf-8")), list(codecs.iterencode(["a", "b"], "utf-16-le")))
