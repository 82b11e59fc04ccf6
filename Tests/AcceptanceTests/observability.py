"""Watches a worker as its host does: as systemd, as an OpenTelemetry collector, and as Prometheus.

Usage: observability.py SETTINGS    a JSON file with `program`, `environment`, `login` (host, port, vhost, user, file), `tenant`

Starts `sluice worker`, sends it a job under a trace, waits for the result, scrapes it with promtool and a real Prometheus,
and ends it with SIGTERM. Spans are parsed by OpenTelemetry's own protocol buffers. Prints one JSON object.
"""

import http.client
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import pika
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

DEADLINE = time.monotonic() + 90
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def until(what, condition):
    while time.monotonic() < DEADLINE:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    sys.exit(f"no {what} in time")


class Collector(http.server.BaseHTTPRequestHandler):
    spans = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        request = json.loads(body)
        # The JSON encoding of ids is hexadecimal, which protocol buffers' own JSON takes for base64.
        strict = json_format.ParseDict(request, ExportTraceServiceRequest())
        assert self.path == "/v1/traces", self.path
        assert strict.resource_spans[0].scope_spans[0].spans
        for resource in request["resourceSpans"]:
            service = {a["key"]: a["value"]["stringValue"] for a in resource["resource"]["attributes"]}
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    span["service"] = service["service.name"]
                    span["words"] = {
                        a["key"]: a["value"]["stringValue"] for a in span.get("attributes", []) if "stringValue" in a["value"]
                    }
                    span["failed"] = span.get("status", {}).get("code") == 2
                    self.spans.append(span)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


class Relay(http.server.BaseHTTPRequestHandler):
    """Stands before Exchange and notes the trace that each call belongs to."""

    target = None
    seen = []
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.seen.append(self.headers["traceparent"])
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        address = urllib.parse.urlsplit(self.target)
        connection = http.client.HTTPConnection(address.netloc, timeout=30)
        connection.request("POST", address.path.rstrip("/") + self.path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        connection.close()

    def log_message(self, *_):
        pass


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def connect(login):
    with open(login["file"], encoding="utf-8") as file:
        credentials = pika.PlainCredentials(login["user"], file.read().strip())
    return pika.BlockingConnection(
        pika.ConnectionParameters(login["host"], int(login["port"]), login["vhost"], credentials)
    )


def delete_queue(login, queue):
    connection = connect(login)
    connection.channel().queue_delete(queue)
    connection.close()


def send_job(login, tenant):
    connection = connect(login)
    channel = connection.channel()
    job = str(uuid.uuid4())
    envelope = {
        "specversion": "1.0", "id": job, "type": "jobs.connect-tenant.v1", "source": "/console/observed",
        "subject": tenant, "time": "2026-11-23T03:00:00Z", "datacontenttype": "application/json",
        "data": {"customer": "contoso", "claimedDomains": ["contoso.com"], "requestedBy": "admin@contoso.com"},
    }
    properties = pika.BasicProperties(
        content_type="application/cloudevents+json", delivery_mode=2, message_id=job, type=envelope["type"],
        headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"},
    )
    channel.basic_publish("job", "connect-tenant", json.dumps(envelope), properties, mandatory=True)
    for method, properties, body in channel.consume("result.console", inactivity_timeout=60):
        if method is None:
            sys.exit("no result in 60 s")
        channel.basic_ack(method.delivery_tag)
        if properties.correlation_id == job:
            break
    connection.close()
    return json.loads(body)["data"]["outcome"], (properties.headers or {}).get("traceparent")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def scrape_with_prometheus(folder, port):
    """What a real Prometheus makes of the page: the number of ready workers, and the names it knows."""
    with open(f"{folder}/prometheus.yml", "w", encoding="utf-8") as file:
        file.write(
            "global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: sluice\n  static_configs:\n"
            f"  - targets: ['127.0.0.1:{port}']\n"
        )
    own = free_port()
    server = subprocess.Popen(
        ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
         f"--web.listen-address=127.0.0.1:{own}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        def value():
            status, body = get(f"http://127.0.0.1:{own}/api/v1/query?query=" + urllib.parse.quote("sluice_worker_ready"))
            result = json.loads(body)["data"]["result"] if status == 200 else []
            return result and result[0]["value"][1]

        ready = until("scrape by Prometheus", value)
        names = json.loads(get(f"http://127.0.0.1:{own}/api/v1/label/__name__/values")[1])["data"]
        return ready, names
    finally:
        server.terminate()
        server.wait(20)


def main(path):
    with open(path, encoding="utf-8") as file:
        settings = json.load(file)
    folder = tempfile.mkdtemp(dir=os.path.dirname(path))
    collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    Relay.target = settings["environment"]["SLUICE_MICROSOFT_EXCHANGE_URL"]
    relay = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    threading.Thread(target=relay.serve_forever, daemon=True).start()
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(f"{folder}/notify")
    manager.settimeout(0.05)
    words = []

    def told(word):
        try:
            words.extend(manager.recv(4096).decode().split("\n"))
        except TimeoutError:
            pass
        return words.count(word)

    environment = settings["environment"] | {
        "NOTIFY_SOCKET": f"{folder}/notify", "WATCHDOG_USEC": "600000",
        "SLUICE_MICROSOFT_EXCHANGE_URL": f"http://127.0.0.1:{relay.server_port}",
        "SLUICE_MONITOR_LISTEN": "127.0.0.1:0", "SLUICE_LOG_FORMAT": "json",
        "SLUICE_TRACING_OTLP_URL": f"http://127.0.0.1:{collector.server_port}",
    }
    log = open(f"{folder}/log", "w+", encoding="utf-8")
    worker = subprocess.Popen([settings["program"], "worker"], env=environment, stdout=log, stderr=log)
    try:
        def lines():
            with open(f"{folder}/log", encoding="utf-8") as file:
                return [json.loads(line) for line in file.read().split("\n")[:-1]]

        port = until("port", lambda: next((line["port"] for line in lines() if "port" in line), None))
        base = f"http://127.0.0.1:{port}"
        until("READY", lambda: told("READY=1"))
        until("two signs of life", lambda: told("WATCHDOG=1") >= 2)
        alive, ready = get(f"{base}/livez"), get(f"{base}/readyz")
        fresh = get(f"{base}/metrics")[1]
        delete_queue(settings["login"], "job.no-op.0")
        missing = until("word of the missing queue", lambda: (lambda r: r[0] == 503 and r)(get(f"{base}/readyz")))
        apply = subprocess.run([settings["program"], "topology", "apply"], env=environment, capture_output=True, check=False)
        again = until("the queue's return", lambda: (lambda r: r[0] == 200 and r)(get(f"{base}/readyz")))
        outcome, traceparent = send_job(settings["login"], settings["tenant"])
        page = until("figures of the job", lambda: (lambda p: "sluice_job_decisions_total{" in p and p)(get(f"{base}/metrics")[1]))
        lint = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, text=True, check=False)
        prometheus = scrape_with_prometheus(folder, port)
        refused, _ = send_job(settings["login"], str(uuid.uuid4()))
        attempts = ["process job.connect-tenant"] * 2
        until("spans of the attempts", lambda: [s["name"] for s in Collector.spans if s["name"] in attempts] == attempts)
        until("spans of calls", lambda: any(s["name"].startswith("exchange.") for s in Collector.spans))
        worker.send_signal(signal.SIGTERM)
        until("STOPPING", lambda: told("STOPPING=1"))
        status = worker.wait(60)
    finally:
        worker.kill()
        worker.wait()
    print(json.dumps({
        "alive": alive, "ready": [ready, missing, again], "applied": apply.returncode, "outcome": outcome,
        "refused": refused, "traceparent": traceparent, "trace": TRACE,
        "lint": lint.stdout + lint.stderr, "lintStatus": lint.returncode, "prometheusReady": prometheus[0],
        "metrics": sorted(set(re.findall(r"^# TYPE (\w+)", page, re.M))), "known": prometheus[1],
        "labels": sorted(set(re.findall(r"[{,](\w+)=", page))), "spans": Collector.spans, "relayed": Relay.seen, "words": words,
        "zeros": len(re.findall(r'^sluice_job_decisions_total\{.*decision="bury".*\} 0$', fresh, re.M)),
        "logged": len(lines()), "status": status,
    }))


main(sys.argv[1])
