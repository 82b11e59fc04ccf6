"""A console that knows nothing of Sluice but its schemas: sends a job with pika, checks what comes back.

Usage: foreign_console.py HOST PORT VHOST USER PASSWORD_FILE TENANT
Prints one JSON object: the ids and types of everything heard about the job, and its outcome.
"""

import datetime
import json
import sys
import uuid

import pika

DEADLINE_SECONDS = 60


def main(host, port, vhost, user, password_file, tenant):
    with open(password_file, encoding="utf-8") as file:
        credentials = pika.PlainCredentials(user, file.read().strip())
    parameters = pika.ConnectionParameters(host, int(port), vhost, credentials)
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    channel.confirm_delivery()
    job = str(uuid.uuid4())
    envelope = {
        "specversion": "1.0",
        "id": job,
        "type": "jobs.connect-tenant.v1",
        "source": "/console/foreign",
        "subject": tenant,
        "time": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "datacontenttype": "application/json",
        "data": {
            "customer": "contoso",
            "claimedDomains": ["contoso.com"],
            "requestedBy": "admin@contoso.com",
        },
    }
    channel.basic_publish(
        "job",
        "connect-tenant",
        json.dumps(envelope),
        pika.BasicProperties(
            content_type="application/cloudevents+json",
            delivery_mode=2,
            message_id=job,
            type=envelope["type"],
            correlation_id=job,
        ),
        mandatory=True,
    )
    heard = []
    for queue in ("event.console", "result.console"):
        for method, properties, body in channel.consume(queue, inactivity_timeout=DEADLINE_SECONDS):
            if method is None:
                sys.exit(f"nothing more in {queue} after {DEADLINE_SECONDS} s")
            channel.basic_ack(method.delivery_tag)
            message = json.loads(body)
            if properties.correlation_id != job:
                continue
            assert properties.message_id == message["id"], "message_id repeats the id"
            assert properties.type == message["type"], "type repeats the type"
            assert properties.content_type == "application/cloudevents+json", properties.content_type
            heard.append(message)
            if message["data"].get("terminal") or message["type"].startswith("results."):
                break
        channel.cancel()
    connection.close()
    print(json.dumps({"job": job, "messages": heard}))


main(*sys.argv[1:])
