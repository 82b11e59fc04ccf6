"""A web server on loopback that answers as it is told, and checks signatures as the Standard Webhooks specification says.

    webhook_sink.py KEY [CERTIFICATE-AND-KEY]    prints its port; then a line of JSON for each request

The path says what happens: `/ok`, `/hang`, `/redirect`, `/status/503`, `/first/500` which fails once a webhook-id, `/huge` and
`/endless-head` which never stop answering, `/cut` which stops in the middle, and `/noise` which is no HTTP.
It ends when its input does.
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import ssl
import sys
import threading
import time

KEY = base64.b64decode(sys.argv[1].removeprefix("whsec_"))
seen = set()


class Sink(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        identifier, moment = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        digest = hmac.new(KEY, f"{identifier}.{moment}.".encode() + body, hashlib.sha256).digest()
        wanted = "v1," + base64.b64encode(digest).decode()
        record = {
            "path": self.path,
            "id": identifier,
            "signed": wanted in self.headers["webhook-signature"].split(" "),
            "fresh": abs(time.time() - int(moment)) < 300,
            "body": json.loads(body),
        }
        print(json.dumps(record), flush=True)
        self.answer(identifier)

    def answer(self, identifier):
        if self.path == "/hang":
            time.sleep(3600)
        if self.path in ("/huge", "/endless-head", "/cut", "/noise"):
            return self.misbehave()
        status, headers = 204, {}
        if self.path == "/redirect":
            status, headers = 307, {"location": "/ok"}
        elif self.path.startswith("/status/"):
            status, headers = int(self.path.split("/")[2]), {"retry-after": "7"}
        elif self.path.startswith("/first/") and identifier not in seen:
            seen.add(identifier)
            status = int(self.path.split("/")[2])
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("content-length", "0")
        self.end_headers()


    def misbehave(self):
        self.close_connection = True
        if self.path == "/noise":
            return self.wfile.write(b"220 smtp.example ESMTP\r\n" * 10)
        if self.path == "/cut":
            return self.wfile.write(b"HTTP/1.1 200 O")
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        if self.path == "/huge":
            self.wfile.write(b"content-length: 1000000000000\r\n\r\n")
        sent = 0
        try:
            while True:
                self.wfile.write(b"x: " + b"y" * 65000 + b"\r\n")
                sent += 65005
        except OSError:
            print(json.dumps({"path": self.path, "sent": sent}), flush=True)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sink)
server.daemon_threads = True
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
