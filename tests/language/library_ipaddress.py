import ipaddress as ip
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
for a in ("192.168.1.10", "8.8.8.8", "127.0.0.1", "169.254.1.1", "224.0.0.1", "240.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "2001:db8::1", "fe80::1", "::ffff:10.0.0.1", "2606:4700:4700::1111", "ff02::1", "fc00::1", "::", "1:2:3:4:5:6:7:8", "1::8", "100.64.0.1"):
    x = ip.ip_address(a)
    print(repr(x), x.version, int(x), x.is_private, x.is_global, x.is_loopback, x.is_multicast, x.is_link_local, x.is_reserved if x.version == 4 else "", x.is_unspecified, x.exploded, x.compressed, x.packed, x.reverse_pointer)
for n in ("10.0.0.0/8", "192.168.1.0/24", "192.168.1.0/255.255.255.0", "10.0.0.0/0.255.255.255", "2001:db8::/32", "1.2.3.4", "1.2.3.4/32", "0.0.0.0/0", "10.0.0.0/31"):
    x = ip.ip_network(n)
    print(repr(x), x.netmask, x.hostmask, x.broadcast_address, x.num_addresses, x.prefixlen, x.with_netmask, x.is_private, x[0], x[-1] if x.num_addresses > 1 else "", [str(h) for h, _ in zip(x.hosts(), range(3))])
for bad in ("1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.a", "", "1.2.3.4.5", ":::", "1::2::3", "12345::", "g::", "1:2:3", "1.2.3.4/33", "1.2.3.4/24", "1/2/3", "1.2.3.4/a", None, 5.5, ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1.2.3", "1:2:3:4:5:6:7::8:9"):
    t(lambda: ip.ip_address(bad)); t(lambda: ip.ip_network(bad)); t(lambda: ip.IPv4Address(bad)); t(lambda: ip.IPv6Address(bad)); t(lambda: ip.IPv4Network(bad))
net = ip.ip_network("10.1.0.0/16")
print(ip.ip_address("10.1.2.3") in net, ip.ip_address("10.2.0.0") in net, ip.ip_address("::1") in net, net.overlaps(ip.ip_network("10.0.0.0/8")), net.subnet_of(ip.ip_network("10.0.0.0/8")), net.supernet_of(ip.ip_network("10.1.1.0/24")), net.supernet(), list(net.subnets(new_prefix=18)), net == ip.ip_network("10.1.0.0/16"))
print(sorted(map(ip.ip_address, ["10.0.0.2", "9.9.9.9", "10.0.0.10"])), ip.ip_address("1.1.1.1") + 5, ip.ip_address("1.1.1.1") < ip.ip_address("1.1.1.2"), hash(ip.ip_address("1.2.3.4")) == hash(ip.IPv4Address(16909060)), len({ip.ip_address("1.1.1.1"), ip.ip_address("1.1.1.1")}))
t(lambda: ip.ip_address("1.1.1.1") < ip.ip_address("::1")); t(lambda: ip.ip_address("1.1.1.1") < 5); t(lambda: ip.ip_address("0.0.0.0") - 1)
print(list(ip.collapse_addresses([ip.ip_network("10.0.0.0/24"), ip.ip_network("10.0.1.0/24"), ip.ip_network("10.0.3.0/24")])), list(ip.summarize_address_range(ip.ip_address("10.0.0.1"), ip.ip_address("10.0.0.9"))))
i = ip.ip_interface("192.168.1.5/24"); print(repr(i), i.ip, i.network, i.netmask, i.with_netmask)
print(ip.IPv4Address(b"\x01\x02\x03\x04"), ip.ip_network((167772160, 8)), ip.IPv4Network("10.1.2.3/8", strict=False), [str(x) for x in ip.ip_network("10.0.0.0/30")], f"{ip.ip_address('1.1.1.1')}|")
