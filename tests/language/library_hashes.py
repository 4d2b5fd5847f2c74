import hashlib, hmac, base64
for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s"):
    for data in (b"", b"d" * 145):
        h = hashlib.new(name, data)
        print(name, h.hexdigest(), h.digest_size, h.block_size, h.name)
    h.update(b"more"); c = h.copy(); c.update(b"x")
    print(h.hexdigest() == hashlib.new(name, b"d" * 145 + b"more").hexdigest(), c.hexdigest())
print(hashlib.blake2b(b"x", digest_size=16, key=b"secret", salt=b"s", person=b"p").hexdigest(), hashlib.blake2s(b"y", digest_size=8).hexdigest(), hashlib.sha3_256(b"a" * 136).hexdigest(), hashlib.sha512(b"q" * 112).hexdigest()[:16])
print([hmac.new(b"k" * 150, b"m", name).hexdigest() for name in ("sha1", "sha512")])
for bad in (lambda: hashlib.sha512("x"), lambda: hashlib.new("nope"), lambda: hashlib.blake2b(digest_size=65)):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
print(hashlib.sha256(usedforsecurity=False).name, hashlib.new("SHA-256").name if False else "", hashlib.pbkdf2_hmac("sha512", b"p", b"s", 2).hex())
