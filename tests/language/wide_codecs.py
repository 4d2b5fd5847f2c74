for b,e in [(b"\x00\xd8","utf-16"),(b"\x00\xd8a\x00","utf-16"),(b"\x00\xdc","utf-16"),(b"\x00\xdc","utf-16-be"),(b"a","utf-16"),(b"\x00\x00\x11\x00\x01","utf-32"),(b"\x00\x00\x11\x00","utf-32"),(b"\x00\xd8\x00\x00","utf-32-le"),(b"a\x00","utf-32"),(b"\xfe\xff\xd8\x00","utf-16"),(b"\x00\xd8\x00","utf-16-le"),(b"\x00\x00\xfe\xff\x00\x00\x00a","utf-32")]:
    try: print(b.decode(e))
    except UnicodeDecodeError as x: print(e, x)
    print(ascii(b.decode(e,"replace")), repr(b.decode(e,"backslashreplace")), repr(b.decode(e,"ignore")))
for s in ("", "a", "h\xe9\u20ac\U0001f600"):
    for e in ("utf-16", "UTF_16LE", "utf-16-be", "utf32", "utf-32-le", "utf-32-be"):
        print(s.encode(e), s.encode(e).decode(e) == s, str(s.encode(e), e) == s)
print("é".encode("utf-8-sig"), b"\xef\xbb\xbfid,v".decode("utf-8-sig"), b"id".decode("UTF_8_SIG"), b"\xef\xbb".decode("utf-8-sig", "replace"), b"".decode("utf-8-sig"), "".encode("utf_8_sig"))
