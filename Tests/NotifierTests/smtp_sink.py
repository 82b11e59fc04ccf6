"""A real SMTP server on loopback that keeps what it gets: `aiosmtpd`, a foreign implementation.

    smtp_sink.py FOLDER     prints its port; each mail becomes FOLDER/<n>.eml, its envelope FOLDER/<n>.json

A recipient that begins with `nobody` does not exist (550), one that begins with `later` is refused for now (451) until there
is a file FOLDER/open. It ends when its input does.
"""

import json
import pathlib
import sys

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such user here"
        if address.startswith("later") and not (self.folder / "open").exists():
            return "451 4.3.0 come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        name = self.folder / str(self.count)
        name.with_suffix(".eml").write_bytes(envelope.original_content.replace(b"\r\n", b"\n"))
        name.with_suffix(".json").write_text(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos}))
        return "250 kept"


class AnyPort(Controller):
    """It connects to itself once to see that it lives; by default to port 0."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


controller = AnyPort(Sink(sys.argv[1]), hostname="127.0.0.1", port=0)
controller.start()
print(controller.port, flush=True)
sys.stdin.read()
controller.stop()
