"""Addresses and networks of the internet protocol, versions 4 and 6."""

from functools import total_ordering as _total_ordering


class AddressValueError(ValueError):
    pass


class NetmaskValueError(ValueError):
    pass


def ip_address(address):
    return _either(address, IPv4Address, IPv6Address, "an IPv4 or IPv6 address")


def ip_network(address, strict=True):
    return _either(address, lambda text: IPv4Network(text, strict), lambda text: IPv6Network(text, strict), "an IPv4 or IPv6 network")


def ip_interface(address):
    return _either(address, IPv4Interface, IPv6Interface, "an IPv4 or IPv6 interface")


def _either(address, four, six, what):
    for make in (four, six):
        try:
            return make(address)
        except (AddressValueError, NetmaskValueError):
            pass
    raise ValueError(f"{address!r} does not appear to be {what}")


def _parse4(text):
    if not text:
        raise AddressValueError("Address cannot be empty")
    octets = text.split(".")
    if len(octets) != 4:
        raise AddressValueError(f"Expected 4 octets in {text!r}")
    number = 0
    for octet in octets:
        if not octet:
            why = "Empty octet not permitted"
        elif not (octet.isascii() and octet.isdigit()):
            why = f"Only decimal digits permitted in {octet!r}"
        elif len(octet) > 3:
            why = f"At most 3 characters permitted in {octet!r}"
        elif octet != "0" and octet[0] == "0":
            why = f"Leading zeros are not permitted in {octet!r}"
        elif int(octet) > 255:
            why = f"Octet {int(octet)} (> 255) not permitted"
        else:
            number = number << 8 | int(octet)
            continue
        raise AddressValueError(f"{why} in {text!r}")
    return number


def _scope(text):
    """An IPv6 address and its scope, None where it has none."""
    address, mark, scope = text.partition("%")
    if mark and (not scope or "%" in scope):
        raise AddressValueError(f'Invalid IPv6 address: "{text!r}"')
    return address, scope if mark else None


def _parse6(text):
    if not text:
        raise AddressValueError("Address cannot be empty")
    parts = text.split(":")
    if len(parts) < 3:
        raise AddressValueError(f"At least 3 parts expected in {text!r}")
    if "." in parts[-1]:
        try:
            four = _parse4(parts.pop())
        except AddressValueError as error:
            raise AddressValueError(f"{error} in {text!r}") from None
        parts += [f"{four >> 16:x}", f"{four & 0xFFFF:x}"]
    if len(parts) > 9:
        raise AddressValueError(f"At most 8 colons permitted in {text!r}")
    gaps = [at for at in range(1, len(parts) - 1) if not parts[at]]
    if len(gaps) > 1:
        raise AddressValueError(f"At most one '::' permitted in {text!r}")
    if gaps:
        before, after = parts[:gaps[0]], parts[gaps[0] + 1:]
        if before and not before[0]:
            before = before[1:]
            if before:
                raise AddressValueError(f"Leading ':' only permitted as part of '::' in {text!r}")
        if after and not after[-1]:
            after = after[:-1]
            if after:
                raise AddressValueError(f"Trailing ':' only permitted as part of '::' in {text!r}")
        if len(before) + len(after) > 7:
            raise AddressValueError(f"Expected at most 7 other parts with '::' in {text!r}")
        parts = before + ["0"] * (8 - len(before) - len(after)) + after
    elif len(parts) != 8:
        raise AddressValueError(f"Exactly 8 parts expected without '::' in {text!r}")
    elif not parts[0]:
        raise AddressValueError(f"Leading ':' only permitted as part of '::' in {text!r}")
    elif not parts[-1]:
        raise AddressValueError(f"Trailing ':' only permitted as part of '::' in {text!r}")
    number = 0
    for part in parts:
        if not part or part.strip("0123456789abcdefABCDEF"):
            raise AddressValueError(f"Only hex digits permitted in {part!r} in {text!r}")
        if len(part) > 4:
            raise AddressValueError(f"At most 4 characters permitted in {part!r} in {text!r}")
        number = number << 16 | int(part, 16)
    return number


def _show4(number):
    return ".".join([str(number >> shift & 255) for shift in (24, 16, 8, 0)])


def _show6(number):
    groups = [f"{number >> shift & 0xFFFF:x}" for shift in range(112, -1, -16)]
    best, best_at, run = 1, -1, 0
    for at, group in enumerate(groups):
        run = run + 1 if group == "0" else 0
        if run > best:
            best, best_at = run, at - run + 1
    if best_at < 0:
        return ":".join(groups)
    return f"{':'.join(groups[:best_at])}::{':'.join(groups[best_at + best:])}"


@_total_ordering
class _Address:
    def __init__(self, address):
        if isinstance(address, int):
            if address < 0:
                raise AddressValueError(f"{address} (< 0) is not permitted as an IPv{self.version} address")
            if address >> self.max_prefixlen:
                bits = self.max_prefixlen
                raise AddressValueError(f"{address} (>= 2**{bits}) is not permitted as an IPv{self.version} address")
            self._ip = address
        elif isinstance(address, bytes):
            if len(address) * 8 != self.max_prefixlen:
                size = self.max_prefixlen // 8
                raise AddressValueError(f"{address!r} (len {len(address)} != {size}) is not permitted as an IPv{self.version} address")
            self._ip = int.from_bytes(address, "big")
        else:
            text = str(address)
            if "/" in text:
                raise AddressValueError(f"Unexpected '/' in {address!r}")
            self._take(text)

    def _take(self, text):
        self._ip = self._parse(text)

    @property
    def packed(self):
        return self._ip.to_bytes(self.max_prefixlen // 8, "big")

    @property
    def compressed(self): return str(self)
    @property
    def exploded(self): return self._explode()
    @property
    def reverse_pointer(self): return self._reverse()

    def __int__(self): return self._ip
    def __str__(self): return self._show(self._ip)
    def __repr__(self): return f"{type(self).__name__}({str(self)!r})"
    def __hash__(self): return hash(hex(self._ip))

    def __format__(self, spec):
        """In base 2 or 16 with all its digits, or as text."""
        kind, flags, bits = spec[-1:], spec[:-1], self.max_prefixlen
        if kind in ("", "s"):
            return format(str(self), spec)
        if kind not in ("b", "n", "x", "X") or flags not in ("", "#", "_", "#_"):
            raise TypeError(f"unsupported format string passed to {type(self).__name__}.__format__")
        if kind == "n":
            kind = "b" if bits == 32 else "x"
        digits = bits if kind == "b" else bits // 4
        if "_" in flags:
            digits += digits // 4 - 1
        if "#" in flags:
            digits += 2
        return format(self._ip, f"{'#' if '#' in flags else ''}0{digits}{'_' if '_' in flags else ''}{kind}")

    def __eq__(self, other):
        if not isinstance(other, _Address):
            return NotImplemented
        return self._ip == other._ip and self.version == other.version

    def __lt__(self, other):
        if not isinstance(other, _Address):
            return NotImplemented
        if self.version != other.version:
            raise TypeError(f"{self} and {other} are not of the same version")
        return self._ip < other._ip

    def __add__(self, other):
        return type(self)(self._ip + other) if isinstance(other, int) else NotImplemented

    def __sub__(self, other):
        return type(self)(self._ip - other) if isinstance(other, int) else NotImplemented

    def _within(self, networks):
        return any(self in network for network in networks)

    @property
    def is_unspecified(self): return self._ip == 0


class _Four:
    version = 4
    max_prefixlen = 32
    _parse = staticmethod(_parse4)
    _show = staticmethod(_show4)


class _Six:
    version = 6
    max_prefixlen = 128
    _parse = staticmethod(_parse6)
    _show = staticmethod(_show6)


class IPv4Address(_Four, _Address):
    def _explode(self): return str(self)
    def _reverse(self): return ".".join(reversed(str(self).split("."))) + ".in-addr.arpa"

    @property
    def is_private(self): return self._within(_private4())
    @property
    def is_global(self): return self not in IPv4Network("100.64.0.0/10") and not self.is_private
    @property
    def is_multicast(self): return self._ip >> 28 == 14
    @property
    def is_reserved(self): return self._ip >> 28 == 15
    @property
    def is_loopback(self): return self._ip >> 24 == 127
    @property
    def is_link_local(self): return self._ip >> 16 == 0xA9FE


class IPv6Address(_Six, _Address):
    _scope_id = None

    def _take(self, text):
        address, self._scope_id = _scope(text)
        self._ip = self._parse(address)

    @property
    def scope_id(self): return self._scope_id

    def __str__(self):
        return self._show(self._ip) if self._scope_id is None else f"{self._show(self._ip)}%{self._scope_id}"

    def __hash__(self): return hash((self._ip, self._scope_id))

    def __eq__(self, other):
        same = _Address.__eq__(self, other)
        return same is True and self._scope_id == getattr(other, "_scope_id", None) if same is not NotImplemented else same

    @property
    def is_reserved(self):
        top = self._ip >> 120
        return top < 0x20 or 0x40 <= top < 0xFC or 0xFE00 <= self._ip >> 112 < 0xFE80

    @property
    def sixtofour(self):
        return IPv4Address(self._ip >> 80 & 0xFFFFFFFF) if self._ip >> 112 == 0x2002 else None

    @property
    def teredo(self):
        if self._ip >> 96 != 0x20010000:
            return None
        return IPv4Address(self._ip >> 64 & 0xFFFFFFFF), IPv4Address(~self._ip & 0xFFFFFFFF)

    def _explode(self): return ":".join([f"{self._ip >> shift & 0xFFFF:04x}" for shift in range(112, -1, -16)])
    def _reverse(self): return ".".join(reversed(self._explode().replace(":", ""))) + ".ip6.arpa"

    @property
    def ipv4_mapped(self): return IPv4Address(self._ip & 0xFFFFFFFF) if self._ip >> 32 == 0xFFFF else None

    @property
    def is_private(self):
        mapped = self.ipv4_mapped
        return self._within(_private6()) if mapped is None else mapped.is_private

    @property
    def is_global(self): return not self.is_private
    @property
    def is_multicast(self): return self._ip >> 120 == 255
    @property
    def is_loopback(self): return self._ip == 1
    @property
    def is_link_local(self): return self._ip >> 118 == 0x3FA
    @property
    def is_site_local(self): return self._ip >> 118 == 0x3FB


def _split(address):
    """An address and its prefix, None where it has none."""
    if isinstance(address, tuple):
        return address if len(address) > 1 else (address[0], None)
    if isinstance(address, (bytes, int)):
        return address, None
    parts = str(address).split("/")
    if len(parts) > 2:
        raise AddressValueError(f"Only one '/' permitted in {address!r}")
    return parts[0], parts[1] if len(parts) == 2 else None


@_total_ordering
class _Network:
    def __init__(self, address, strict=True):
        given, prefix = _split(address)
        self.network_address = self._address(given)
        bits = self.max_prefixlen
        self.prefixlen = bits if prefix is None else self._prefix(prefix)
        low = (1 << bits - self.prefixlen) - 1
        number = self.network_address._ip
        if number & low:
            if strict:
                raise ValueError(f"{self} has host bits set")
            self.network_address = self._address(number & ~low)
        self._last = number | low

    def _prefix(self, prefix):
        bits = self.max_prefixlen
        if isinstance(prefix, int):
            if not 0 <= prefix <= bits:
                raise NetmaskValueError(f"{prefix!r} is not a valid netmask")
            return prefix
        if prefix.isascii() and prefix.isdigit():
            if int(prefix) > bits:
                raise NetmaskValueError(f"{prefix!r} is not a valid netmask")
            return int(prefix)
        if self.version == 4:
            try:
                mask = _parse4(prefix)
            except AddressValueError:
                raise NetmaskValueError(f"{prefix!r} is not a valid netmask") from None
            for number in (mask, mask ^ 0xFFFFFFFF):
                rest = number ^ 0xFFFFFFFF
                if rest & rest + 1 == 0:
                    return 32 - rest.bit_length()
        raise NetmaskValueError(f"{prefix!r} is not a valid netmask")

    @property
    def broadcast_address(self): return self._address(self._last)
    @property
    def netmask(self): return self._address(self._mask())
    @property
    def hostmask(self): return self._address((1 << self.max_prefixlen - self.prefixlen) - 1)
    @property
    def num_addresses(self): return 1 << self.max_prefixlen - self.prefixlen
    @property
    def with_prefixlen(self): return f"{self.network_address}/{self.prefixlen}"
    @property
    def with_netmask(self): return f"{self.network_address}/{self.netmask}"
    @property
    def with_hostmask(self): return f"{self.network_address}/{self.hostmask}"
    @property
    def compressed(self): return str(self)
    @property
    def exploded(self): return f"{self.network_address.exploded}/{self.prefixlen}"

    def _mask(self):
        return (1 << self.max_prefixlen) - (1 << self.max_prefixlen - self.prefixlen)

    def __str__(self): return self.with_prefixlen
    def __repr__(self): return f"{type(self).__name__}({str(self)!r})"
    def __hash__(self): return hash((self.network_address._ip, self._mask()))

    def __eq__(self, other):
        if not isinstance(other, _Network):
            return NotImplemented
        return self.network_address == other.network_address and self.prefixlen == other.prefixlen

    def __lt__(self, other):
        if not isinstance(other, _Network):
            return NotImplemented
        self._same(other)
        return self._key() < other._key()

    def _key(self):
        return self.network_address._ip, self.prefixlen

    def _same(self, other):
        if self.version != other.version:
            raise TypeError(f"{self} and {other} are not of the same version")

    def __contains__(self, other):
        if isinstance(other, _Network) or self.version != other.version:
            return False
        return self.network_address._ip <= other._ip <= self._last

    def __iter__(self):
        for number in range(self.network_address._ip, self._last + 1):
            yield self._address(number)

    def __getitem__(self, n):
        number = self.network_address._ip + n if n >= 0 else self._last + n + 1
        if not self.network_address._ip <= number <= self._last:
            raise IndexError("address out of range")
        return self._address(number)

    def hosts(self):
        first, last = self.network_address._ip, self._last
        if self.prefixlen < self.max_prefixlen - 1:
            first += 1
            if self.version == 4:
                last -= 1
        for number in range(first, last + 1):
            yield self._address(number)

    def overlaps(self, other):
        return other.network_address._ip <= self._last and self.network_address._ip <= other._last

    def subnet_of(self, other):
        self._same(other)
        return other.network_address._ip <= self.network_address._ip and other._last >= self._last

    def supernet_of(self, other): return other.subnet_of(self)

    def subnets(self, prefixlen_diff=1, new_prefix=None):
        if self.prefixlen == self.max_prefixlen:
            yield self
            return
        if new_prefix is not None:
            if new_prefix < self.prefixlen:
                raise ValueError("new prefix must be longer")
            if prefixlen_diff != 1:
                raise ValueError("cannot set prefixlen_diff and new_prefix")
            prefixlen_diff = new_prefix - self.prefixlen
        if prefixlen_diff < 0:
            raise ValueError("prefix length diff must be > 0")
        prefix = self.prefixlen + prefixlen_diff
        if prefix > self.max_prefixlen:
            raise ValueError(f"prefix length diff {prefix} is invalid for netblock {self}")
        for number in range(self.network_address._ip, self._last + 1, 1 << self.max_prefixlen - prefix):
            yield type(self)((number, prefix))

    def supernet(self, prefixlen_diff=1, new_prefix=None):
        if self.prefixlen == 0:
            return self
        if new_prefix is not None:
            if new_prefix > self.prefixlen:
                raise ValueError("new prefix must be shorter")
            if prefixlen_diff != 1:
                raise ValueError("cannot set prefixlen_diff and new_prefix")
            prefixlen_diff = self.prefixlen - new_prefix
        prefix = self.prefixlen - prefixlen_diff
        if prefix < 0:
            raise ValueError(f"current prefixlen is {self.prefixlen}, cannot have a prefixlen_diff of {prefixlen_diff}")
        return type(self)((self.network_address._ip, prefix), False)

    def address_exclude(self, other):
        self._same(other)
        if not isinstance(other, _Network):
            raise TypeError(f"{other} is not a network object")
        if not other.subnet_of(self):
            raise ValueError(f"{other} not contained in {self}")
        whole = self
        while whole != other:
            low, high = whole.subnets()
            if other.subnet_of(low):
                yield high
                whole = low
            else:
                yield low
                whole = high

    def compare_networks(self, other):
        if self.version != other.version:
            raise TypeError(f"{self} and {other} are not of the same type")
        return (self._key() > other._key()) - (self._key() < other._key())

    @property
    def is_private(self):
        return any(self.subnet_of(network) for network in self._privates())

    @property
    def is_multicast(self): return self.network_address.is_multicast and self.broadcast_address.is_multicast
    @property
    def is_loopback(self): return self.network_address.is_loopback and self.broadcast_address.is_loopback
    @property
    def is_link_local(self): return self.network_address.is_link_local and self.broadcast_address.is_link_local


class IPv4Network(_Four, _Network):
    _address = IPv4Address
    def _privates(self): return _private4()


class IPv6Network(_Six, _Network):
    _address = IPv6Address
    def _privates(self): return _private6()


class _Interface:
    def __init__(self, address):
        super().__init__(_split(address)[0])
        self.network = self._network(address, False)

    @property
    def ip(self): return self._plain(self._ip)
    @property
    def netmask(self): return self.network.netmask
    @property
    def hostmask(self): return self.network.hostmask
    @property
    def with_prefixlen(self): return f"{self._show(self._ip)}/{self.network.prefixlen}"
    @property
    def with_netmask(self): return f"{self._show(self._ip)}/{self.netmask}"
    @property
    def with_hostmask(self): return f"{self._show(self._ip)}/{self.hostmask}"
    @property
    def exploded(self): return f"{self._explode()}/{self.network.prefixlen}"

    def __str__(self): return f"{self._plain.__str__(self)}/{self.network.prefixlen}"
    def __hash__(self): return hash((self._ip, self.network.prefixlen, int(self.network.network_address)))

    def __eq__(self, other):
        same = self._plain.__eq__(self, other)
        if same is NotImplemented or not same:
            return same
        return isinstance(other, _Interface) and self.network == other.network

    def __lt__(self, other):
        less = _Address.__lt__(self, other)
        if less is NotImplemented:
            return less
        if not isinstance(other, _Interface):
            return False
        return self.network < other.network or self.network == other.network and less

    def __gt__(self, other):
        less = self.__lt__(other)
        return less if less is NotImplemented else not less and not self == other

    def __le__(self, other):
        less = self.__lt__(other)
        return less if less is NotImplemented else less or self == other

    def __ge__(self, other):
        less = self.__lt__(other)
        return less if less is NotImplemented else not less


class IPv4Interface(_Interface, IPv4Address):
    _plain = IPv4Address
    _network = IPv4Network


class IPv6Interface(_Interface, IPv6Address):
    _plain = IPv6Address
    _network = IPv6Network


_private = {}


def _private4():
    if 4 not in _private:
        _private[4] = [IPv4Network(text) for text in (
            "0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/29", "192.0.0.170/31",
            "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
            "255.255.255.255/32",
        )]
    return _private[4]


def _private6():
    if 6 not in _private:
        _private[6] = [IPv6Network(text) for text in (
            "::1/128", "::/128", "::ffff:0:0/96", "100::/64", "2001::/23", "2001:2::/48", "2001:db8::/32", "2001:10::/28",
            "fc00::/7", "fe80::/10",
        )]
    return _private[6]


def v4_int_to_packed(address): return _packed(address, 4, "IPv4")
def v6_int_to_packed(address): return _packed(address, 16, "IPv6")


def _packed(address, size, name):
    try:
        return address.to_bytes(size, "big")
    except OverflowError:
        raise ValueError(f"Address negative or too large for {name}") from None


def get_mixed_type_key(obj):
    if isinstance(obj, _Network):
        return obj.version, obj.network_address, obj.netmask
    return (obj.version, obj) if isinstance(obj, _Address) else NotImplemented


def summarize_address_range(first, last):
    if not isinstance(first, _Address) or not isinstance(last, _Address):
        raise TypeError("first and last must be IP addresses, not networks")
    if first.version != last.version:
        raise TypeError(f"{first} and {last} are not of the same version")
    if first > last:
        raise ValueError("last IP address must be greater than first")
    network = IPv4Network if first.version == 4 else IPv6Network
    start, end, bits = first._ip, last._ip, first.max_prefixlen
    while start <= end:
        zeros = bits if start == 0 else (start & -start).bit_length() - 1
        size = min(zeros, (end - start + 1).bit_length() - 1)
        yield network((start, bits - size))
        start += 1 << size


def collapse_addresses(addresses):
    spans = []
    for one in addresses:
        network = one if isinstance(one, _Network) else (IPv4Network if one.version == 4 else IPv6Network)(one._ip)
        spans.append((network.network_address, network.broadcast_address))
    spans.sort()
    merged = []
    for first, last in spans:
        if merged and first._ip <= merged[-1][1]._ip + 1:
            if last > merged[-1][1]:
                merged[-1][1] = last
        else:
            merged.append([first, last])
    return iter([network for first, last in merged for network in summarize_address_range(first, last)])
