"""Network namespaces that stand for hosts: each has a link of its own to this one, with an address at both ends.

    network_hosts.py COUNT PORT...

Whoever runs in such a host reaches the ports of this machine's loopback at the other end of its link, and, as plain http is for
loopback alone, at its own 127.0.0.1 too. Prints the hosts as one line of JSON, then heeds `cut N` and `mend N`, each answered
with a line, and takes everything down when its input ends. Needs root and iproute2.
"""

import asyncio
import ctypes
import json
import os
import secrets
import socket
import struct
import subprocess
import sys

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
here = os.open("/proc/self/ns/net", os.O_RDONLY)


def ip(*arguments, check=True):
    run = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    if check and run.returncode:
        sys.exit(f"ip {' '.join(arguments)}: {run.stderr.strip()}")


class Host:
    """One namespace; its link is a pair of devices, one of them here."""

    def __init__(self, number, run):
        self.name, self.device = f"sluice-{run}-{number}", f"sl{run}{number}"
        # From the range kept for benchmarks of network devices (RFC 2544).
        self.gateway, self.address = f"198.18.{number}.1", f"198.18.{number}.2"
        ip("netns", "add", self.name)
        ip("link", "add", self.device, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        ip("address", "add", f"{self.gateway}/30", "dev", self.device)
        ip("link", "set", self.device, "up")
        ip("-n", self.name, "address", "add", f"{self.address}/30", "dev", "eth0")
        ip("-n", self.name, "link", "set", "eth0", "up")
        ip("-n", self.name, "link", "set", "lo", "up")

    def socket(self):
        """A socket that stays in the namespace it was made in; the thread comes back at once."""
        there = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        try:
            enter(there)
            return tcp()
        finally:
            enter(here)
            os.close(there)

    def remove(self):
        ip("netns", "delete", self.name, check=False)
        ip("link", "delete", self.device, check=False)


def enter(namespace):
    if libc.setns(namespace, CLONE_NEWNET):
        sys.exit(f"setns: {os.strerror(ctypes.get_errno())}")


def tcp():
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setblocking(False)
    return made


async def forward(listener, address, make, target):
    """Hands every connection to an address on to the target, by a socket of `make`."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    return await asyncio.start_server(lambda reader, writer: carry(reader, writer, make(), target), sock=listener)


async def carry(reader, writer, far, target):
    ends = [writer]
    # Stands for the client's own socket: what it holds when the client resets is gone.
    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    try:
        await asyncio.get_running_loop().sock_connect(far, target)
        there, back = await asyncio.open_connection(sock=far)
        ends.append(back)
        async with asyncio.TaskGroup() as group:
            group.create_task(pump(reader, back))
            group.create_task(pump(there, writer))
    except (OSError, ExceptionGroup):
        pass  # A connection that breaks is what the test is about.
    finally:
        for end in ends:
            end.transport.abort()
        if len(ends) == 1:
            far.close()


async def pump(source, sink):
    while data := await source.read(65536):
        sink.write(data)
        await sink.drain()
    sink.write_eof()


async def main(hosts, ports):
    servers = []
    for host in hosts:
        for port in ports:
            for listener, address, make, target in (
                (tcp(), (host.gateway, port), tcp, ("127.0.0.1", port)),
                (host.socket(), ("127.0.0.1", port), host.socket, (host.gateway, port)),
            ):
                servers.append(await forward(listener, address, make, target))
    print(json.dumps([{"name": host.name, "gateway": host.gateway} for host in hosts]), flush=True)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := (await orders.readline()).decode().split():
        ip("link", "set", hosts[int(line[1])].device, "down" if line[0] == "cut" else "up")
        print(*line, flush=True)
    for server in servers:
        server.close()


hosts = []
try:
    name = secrets.token_hex(3)
    for number in range(int(sys.argv[1])):
        hosts.append(Host(number, name))
    asyncio.run(main(hosts, [int(port) for port in sys.argv[2:]]))
finally:
    for host in hosts:
        host.remove()
