#!/usr/bin/env python3
"""Checks schemas/asyncapi.yaml: its structure, its references, and that every schema is used.

    python3 schemas/check_asyncapi.py         prints what the document names, as JSON

The checks are structural, from the text of the AsyncAPI 3.0.0 specification and its AMQP bindings 0.3.0; they are no
full validation against AsyncAPI's own schema. Exit status: 0 without faults, 1 with faults, 2 for wrong use.
Needs the Python package PyYAML.
"""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent

try:
    import yaml
except ImportError as error:
    sys.exit(print(f"check_asyncapi.py: {error}; install the Python package PyYAML", file=sys.stderr) or 2)

TOP = {"asyncapi", "id", "info", "defaultContentType", "servers", "channels", "operations", "components"}
CHANNEL = {"address", "title", "summary", "description", "messages", "parameters", "bindings", "servers"}
OPERATION = {"action", "channel", "title", "summary", "description", "messages", "bindings", "reply"}
MESSAGE = {"name", "title", "summary", "description", "contentType", "correlationId", "headers", "payload", "traits",
           "bindings", "examples"}


class Document:
    def __init__(self):
        self.faults = []
        self.files = {}
        self.used = set()
        self.tree = self.load(ROOT / "asyncapi.yaml")

    def load(self, path):
        if path not in self.files:
            text = path.read_text(encoding="utf-8")
            self.files[path] = yaml.safe_load(text) if path.suffix == ".yaml" else json.loads(text)
        return self.files[path]

    def fault(self, place, reason):
        self.faults.append(f"asyncapi.yaml: {place}: {reason}")

    def follow(self, reference, base):
        """The file and the value that a reference leads to; None when it leads nowhere."""
        file, _, pointer = reference.partition("#")
        path = (base.parent / file).resolve() if file else base
        if not path.is_file():
            return None
        value = self.load(path)
        for part in filter(None, pointer.split("/")):
            part = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(value, dict) or part not in value:
                return None
            value = value[part]
        if path.suffix == ".json":
            self.used.add(path)
        return path, value

    def check_references(self, value, base, seen):
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str):
                target = self.follow(reference, base)
                if target is None:
                    self.fault(reference, f"leads nowhere, from {base.name}")
                elif (target[0], reference) not in seen:
                    seen.add((target[0], reference))
                    self.check_references(target[1], target[0], seen)
            for inner in value.values():
                self.check_references(inner, base, seen)
        elif isinstance(value, list):
            for inner in value:
                self.check_references(inner, base, seen)

    def resolved(self, value):
        while isinstance(value, dict) and set(value) == {"$ref"}:
            target = self.follow(value["$ref"], ROOT / "asyncapi.yaml")
            value = target[1] if target else {}
        return value

    def known(self, place, value, names):
        for name in value:
            if name not in names and not name.startswith("x-"):
                self.fault(place, f"`{name}` is not a member here")

    def check_structure(self):
        self.known("top", self.tree, TOP)
        if self.tree.get("asyncapi") != "3.0.0":
            self.fault("asyncapi", "it is not 3.0.0")
        for name in ("title", "version"):
            if not self.tree.get("info", {}).get(name):
                self.fault(f"info.{name}", "missing")
        for name, channel in self.tree["channels"].items():
            self.known(f"channels.{name}", channel, CHANNEL)
            self.check_channel(name, channel)
        for name, operation in self.tree["operations"].items():
            self.known(f"operations.{name}", operation, OPERATION)
            if operation.get("action") not in ("send", "receive"):
                self.fault(f"operations.{name}.action", "it is neither send nor receive")
            channel = self.resolved(operation.get("channel", {}))
            if channel not in list(self.tree["channels"].values()):
                self.fault(f"operations.{name}.channel", "it is no channel of this document")
            for message in operation.get("messages", []):
                if message["$ref"].split("/messages/")[0] != operation["channel"]["$ref"]:
                    self.fault(f"operations.{name}.messages", f"{message['$ref']} is not of its channel")
            self.check_binding(f"operations.{name}", operation)
        for name, message in self.tree["components"]["messages"].items():
            self.known(f"components.messages.{name}", message, MESSAGE)
            schema = self.payload(message)
            if message.get("name") != name or schema.get("title") != name:
                self.fault(f"components.messages.{name}", "key, name and the payload's title differ")

    def check_channel(self, name, channel):
        amqp = channel.get("bindings", {}).get("amqp", {})
        self.check_binding(f"channels.{name}", channel)
        if amqp.get("is") not in ("routingKey", "queue"):
            self.fault(f"channels.{name}.bindings.amqp.is", "it is neither routingKey nor queue")
        for parameter in channel.get("parameters", {}):
            if "{" + parameter + "}" not in channel["address"]:
                self.fault(f"channels.{name}.parameters.{parameter}", "the address does not use it")
        if channel["address"].count("{") != len(channel.get("parameters", {})):
            self.fault(f"channels.{name}.address", "it uses an undeclared parameter")

    def check_binding(self, place, value):
        binding = value.get("bindings", {}).get("amqp")
        if binding is None or binding.get("bindingVersion") != "0.3.0":
            self.fault(f"{place}.bindings.amqp", "missing, or not of version 0.3.0")

    def payload(self, message):
        return self.resolved(message.get("payload", {}).get("schema", {}))

    def check_use(self):
        for path in sorted(ROOT.rglob("*.json")):
            relative = path.relative_to(ROOT)
            if relative.parts[0] != "examples" and path not in self.used:
                self.fault(str(relative), "no channel leads to this schema")

    def names(self):
        channels = self.tree["channels"].values()
        amqp = [channel["bindings"]["amqp"] for channel in channels]
        return {
            "exchanges": sorted({binding["exchange"]["name"] for binding in amqp if "exchange" in binding}),
            "queues": sorted({binding["queue"]["name"] for binding in amqp if "queue" in binding}),
            "addresses": sorted(channel["address"] for channel in channels),
            "parameters": {name: sorted(parameter["enum"]) for channel in channels
                           for name, parameter in channel.get("parameters", {}).items()},
            "messages": sorted(self.tree["components"]["messages"]),
            "headers": sorted({name for trait in self.tree["components"]["messageTraits"].values()
                               for name in trait["headers"]["properties"]}),
        }


def main(arguments):
    if arguments:
        print(__doc__.strip())
        return 0 if arguments[0] in ("-h", "--help") else 2
    document = Document()
    document.check_structure()
    document.check_references(document.tree, ROOT / "asyncapi.yaml", set())
    document.check_use()
    for fault in document.faults:
        print(fault)
    if not document.faults:
        print(json.dumps(document.names(), indent=2))
    return 1 if document.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
