"""Answers SPF questions with pyspf, which shares nothing with us.

usage: foreign_spf.py HOST:PORT FILE

A question is a line of the file: `IP SENDER HELO`; the answer is a line with the result.
"""

import sys

import dns.resolver
import spf

host, port = sys.argv[1].rsplit(":", 1)
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port, resolver.lifetime = [host], int(port), 5
dns.resolver.default_resolver = resolver
dns.resolver.query = dns.resolver.resolve  # the old name is gone from newer releases


def strings(name, kind, strict=True, timeout=5):
    """Texts as pyspf wants them, and the name errors it does not expect taken as 'no such name'."""
    try:
        return original(name, kind, strict, timeout)
    except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel):
        return []


original, spf.DNSLookup = spf.DNSLookup, strings
for line in open(sys.argv[2], encoding="utf-8"):
    address, sender, helo = line.split()
    print(spf.check2(i=address, s=sender, h=helo)[0])
