"""An executor for tests: it speaks the frames of the real one and does what the job's data says.

succeed | wait (until the file `until` is there) | crash (with a report, killed by ABRT) | exit (with status 3)
| steps (remembers something, is killed, and answers with what it remembered) | taken (sends an event, until it is on record)
| tell (sends an event, remembers it once that is on record, and succeeds; interrupted when it is called off before)
| stubborn (says when it is asked to leave by TERM, and never ends) | garbage (lines that are no frames, then succeeds)
"""
import json
import os
import queue
import signal
import sys
import threading
import time

mutex = threading.Lock()
answers = queue.Queue()


def say(line):
    with mutex:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def outcome(job, **members):
    say(json.dumps({"job": job, "frame": "outcome", **members}))


def run(request):
    job, data = request["job"], request["data"]
    match data["do"]:
        case "wait":
            while not os.path.exists(data["until"]):
                time.sleep(0.01)
        case "crash":
            sys.stderr.write("Fatal error: a poison job\nat probe() in probe.swift:12\n")
            sys.stderr.flush()
            os.abort()
        case "exit":
            os._exit(3)
        case "stubborn":
            while True:
                time.sleep(60)
        case "steps":
            if "steps" not in request:
                say(json.dumps({"job": job, "frame": "steps", "steps": "half"}))
                os.abort()
            return outcome(job, outcome="succeeded", output={"steps": request["steps"]})
        case "taken":
            say(json.dumps({"job": job, "frame": "event", "event": "tenant.changed", "data": {}}))
            answers.get()
        case "tell":
            if "steps" not in request:
                say(json.dumps({"job": job, "frame": "event", "event": "tenant.changed", "data": {}}))
                if answers.get() != "taken":
                    return outcome(job, outcome="interrupted")
                say(json.dumps({"job": job, "frame": "steps", "steps": "told"}))
        case "garbage":
            say("no frame at all")
            say(json.dumps({"job": job, "frame": "outcome", "outcome": "no such end"}))
    outcome(job, outcome="succeeded", output={"process": os.getpid()})


if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, lambda *_: os.write(2, b"asked to leave\n"))
for line in sys.stdin:
    frame = json.loads(line)
    if "data" in frame:
        threading.Thread(target=run, args=(frame,), daemon=True).start()
    elif "job" in frame:
        answers.put(frame["frame"])
