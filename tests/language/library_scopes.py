import ipaddress as ip
from ipaddress import ip_address, ip_interface, ip_network


def t(f):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__, e)


a = ip_address("fe80::1%eth0")
print(a, repr(a), a.scope_id, a.is_link_local, a == ip_address("fe80::1"), int(a) == int(ip_address("fe80::1")), len({a, ip_address("fe80::1%eth0")}))
for text in ("::1%", "::1%a%b", "::g%x", "1::2::3%x"): t(lambda: ip.IPv6Address(text))
print(ip_address("2002:c000:204::").sixtofour, ip_address("2001:0:4136:e378:8000:63bf:3fff:fdd2").teredo, ip_address("4000::").is_reserved)
four = ip_address("1.2.3.42")
print(f"{four:b} {four:_b} {four:#X} {four:#_n} {four:s} {four:>12s}|{ip_address('::1'):x} {four}")
t(lambda: f"{four:>12}")
one = ip_interface("10.0.0.5/24")
print(one, one.ip, one.hostmask, one.with_netmask, one.with_hostmask, one.network, one == four, ip_address("10.0.0.5") == one)
print(ip.IPv4Interface(("10.0.0.5", 8)), ip.IPv6Interface("2001:db8::1/32").exploded, one < ip_interface("10.0.0.6/24"), one <= one, one > ip_interface("10.0.0.0/8"))
for text in ("1.2.3.4/", "1.2.3.4/33", "1.2.3.4/8/8", "1.2.3.4/-1"): t(lambda: ip.IPv4Interface(text))
net = ip_network("192.0.2.0/28")
print(list(net.address_exclude(ip_network("192.0.2.1/32"))), net.compare_networks(ip_network("192.0.2.0/27")), ip_network(net))
t(lambda: list(net.address_exclude(ip_network("10.0.0.0/8")))); t(lambda: net.supernet(2, 24))
print(sorted([net, four, ip_network("::/8")], key=ip.get_mixed_type_key), ip.v4_int_to_packed(9)); t(lambda: ip.v6_int_to_packed(-1))
t(lambda: list(ip.summarize_address_range(net, net)))
