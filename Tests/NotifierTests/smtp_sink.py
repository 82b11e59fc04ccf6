"""A real SMTP server on loopback that keeps what it gets: `aiosmtpd`, a foreign implementation.

    smtp_sink.py FOLDER [--starttls|--tls CERTIFICATE-AND-KEY] [--password PASSWORD] [--plain-auth]    prints its port
    smtp_sink.py FOLDER --greeting LINE     says LINE in place of a greeting and closes; nothing at all when LINE is empty

Each mail becomes FOLDER/<n>.eml, its envelope FOLDER/<n>.json, each session's EHLO a line of FOLDER/hosts. A recipient that
begins with `nobody` does not exist (550), one that begins with `later` is refused for now (451) until there is a file
FOLDER/open; mail to `large` and `busy` is refused with 552 and 452 once it is there, and at `drop` the connection is cut.
A sender that begins with `banned` is refused (550). It ends when its input does.
"""

import argparse
import json
import os
import pathlib
import socket
import ssl
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


class Sink:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.count = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        with (self.folder / "hosts").open("a") as file:
            file.write(hostname + "\n")
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("banned"):
            return "550 5.7.1 sender is not welcome"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such user here"
        if address.startswith("drop"):
            server.transport.abort()
        if address.startswith("later") and not (self.folder / "open").exists():
            return "451 4.3.0 come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("large"):
            return "552 5.3.4 too large"
        if envelope.rcpt_tos[0].startswith("busy"):
            return "452 4.3.1 disk is full"
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


def greet(line):
    """Answers every connection with one line, or keeps it waiting."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    kept = []

    def serve():
        while True:
            connection, _ = listener.accept()
            if line:
                connection.sendall(line.encode() + b"\r\n")
                connection.close()
            else:
                kept.append(connection)

    threading.Thread(target=serve, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


def serve(arguments):
    settings = {}
    if arguments.starttls or arguments.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.starttls or arguments.tls)
        settings = {"tls_context": context, "require_starttls": True} if arguments.starttls else {"ssl_context": context}
    if arguments.password:
        wanted = arguments.password.encode()
        settings["authenticator"] = lambda server, session, envelope, mechanism, data: AuthResult(
            success=data.login == b"sluice" and data.password == wanted, handled=False
        )
        settings |= {"auth_required": True, "auth_require_tls": not arguments.plain_auth}
    controller = AnyPort(Sink(arguments.folder), hostname="127.0.0.1", port=0, **settings)
    controller.start()
    print(controller.port, flush=True)
    sys.stdin.read()
    controller.stop()


parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--starttls")
parser.add_argument("--tls")
parser.add_argument("--password")
parser.add_argument("--plain-auth", action="store_true")
parser.add_argument("--greeting")
options = parser.parse_args()
if options.greeting is not None:
    greet(options.greeting)
serve(options)
