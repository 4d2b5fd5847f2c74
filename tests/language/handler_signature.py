"""Webhook signatures: hmac, constant time, JWT by hand, AWS signature 4."""
import base64
import hashlib
import hmac
import json
import time
from datetime import datetime, timezone
from urllib.parse import parse_qs, parse_qsl, quote, quote_plus, unquote, unquote_plus, urlencode, urljoin, urlparse, urlunparse


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class TokenError(ValueError):
    pass


def encode(claims, key):
    head = b64url(json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode())
    body = b64url(json.dumps(claims, separators=(",", ":")).encode())
    mac = hmac.new(key, f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{b64url(mac)}"


def decode(token, key, now):
    try:
        head, body, mac = token.split(".")
    except ValueError as e:
        raise TokenError("wrong number of segments") from e
    want = hmac.new(key, f"{head}.{body}".encode(), "sha256").digest()
    if not hmac.compare_digest(want, unb64url(mac)):
        raise TokenError("signature")
    claims = json.loads(unb64url(body))
    if claims.get("exp", now + 1) < now:
        raise TokenError(f"expired at {datetime.fromtimestamp(claims['exp'], tz=timezone.utc):%Y-%m-%dT%H:%M:%SZ}")
    return claims


def sign(key, text):
    return hmac.new(key, text.encode("utf-8"), hashlib.sha256).digest()


def signature4(secret, stamp, region, service, canonical):
    date = stamp[:8]
    scope = f"{date}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request"):
        key = sign(key, part)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def handler(event, context):
    body = event["body"]
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body)
    given = event["headers"].get("X-Hub-Signature-256", "")
    want = "sha256=" + hmac.new(b"secret", body if isinstance(body, bytes) else body.encode(), hashlib.sha256).hexdigest()
    return {"statusCode": 200 if hmac.compare_digest(given, want) else 401, "want": want}


token = encode({"sub": "42", "name": "Zoë", "exp": 1_700_000_000}, b"k")
print(token)
for t, k, n in [(token, b"k", 1), (token, b"x", 1), (token, b"k", 1.8e9), ("a.b", b"k", 1)]:
    try:
        print(decode(t, k, n))
    except TokenError as e:
        print(repr(e), repr(e.__cause__))
print(handler({"headers": {}, "body": '{"a":1}'}, None))
print(handler({"headers": {"X-Hub-Signature-256": "sha256=a8a1b5a6a8b2ed"}, "body": "eyJhIjoxfQ==", "isBase64Encoded": True}, None))
print(signature4("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20130524T000000Z", "us-east-1", "s3", "GET\n/test.txt\n\nhost:examplebucket.s3.amazonaws.com\n"))
url = urlparse("https://user:pw@example.com:8443/a%20b/c;p?x=1&y=&x=2&z=%C3%A9#frag")
print(url, url.hostname, url.port, url.username)
print(parse_qs(url.query), parse_qs(url.query, keep_blank_values=True), parse_qsl(url.query))
print(urlencode({"a": "b c", "d": ["1", "é"]}, doseq=True), urlencode([("k", 1.5), ("q", None)]), quote("a/b c~é"), quote("a/b", safe=""), quote_plus("a b&c"), unquote("%41%zz%C3%A9%FF"), unquote_plus("a+b%2B"))
print(urljoin("http://a/b/c/d", "../e?x"), urljoin("http://a/b/", "//h/p"), urlunparse(url._replace(netloc="h", query="")))
for name in ("md5", "sha256", "sha512"):
    h = hashlib.new(name, b"abc")
    h.update(b"d" * 20)
    print(name, h.hexdigest(), h.digest_size, h.block_size, h.name, h.copy().hexdigest() == h.hexdigest())
print(hmac.new(b"k" * 200, b"m", hashlib.sha512).hexdigest())
