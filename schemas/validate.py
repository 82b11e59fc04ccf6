#!/usr/bin/env python3
"""Checks messages against the schemas beside this file.

    python3 schemas/validate.py FILE...       one message a file; the schema is the one its `type` names
    python3 schemas/validate.py --schemas     the schemas themselves

A fault is one line: FILE: MEMBER: REASON. Exit status: 0 without faults, 1 with faults, 2 for wrong use.
Needs the Python packages jsonschema[format] and referencing.
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent
BYTES_MAX = 1_048_576
DEPTH_MAX = 64

try:
    import jsonschema
    from jsonschema import Draft202012Validator, FormatChecker
    from referencing import Registry, Resource
except ImportError as error:
    sys.exit(print(f"validate.py: {error}; install the Python packages jsonschema[format] and referencing",
                   file=sys.stderr) or 2)


def ecma_pattern(validator, pattern, instance, schema):
    """`pattern` as JSON Schema means it: in ECMA 262 `$` is the very end, in Python also the place before a last line end."""
    if validator.is_type(instance, "string") and not re.search(re.sub(r"\$(?=\)|$)", r"\\Z", pattern), instance):
        yield jsonschema.ValidationError(f"{instance!r:.100} does not match {pattern!r:.100}")


# Registered, so that it also holds in schemas that are referred to and name the dialect themselves.
Validator = jsonschema.validators.validates("draft2020-12")(
    jsonschema.validators.extend(Draft202012Validator, {"pattern": ecma_pattern}))


def load_schemas():
    """All schemas by name: the path below schemas/ without `.json`, dots for slashes."""
    schemas = {}
    for path in sorted(ROOT.rglob("*.json")):
        relative = path.relative_to(ROOT)
        if relative.parts[0] != "examples":
            schemas[".".join(relative.with_suffix("").parts)] = json.loads(path.read_text(encoding="utf-8"))
    return schemas


def registry_of(schemas):
    return Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas.values())


def format_checker():
    checker = Draft202012Validator.FORMAT_CHECKER
    missing = {"date-time", "uri", "uri-reference"} - set(checker.checkers)
    if missing:
        sys.exit(print(f"validate.py: no checks for the formats {sorted(missing)}; install jsonschema[format]",
                       file=sys.stderr) or 2)
    return checker


class BadBody(Exception):
    """A body that no schema can speak about."""


def once(pairs):
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise BadBody(f"{name}: named twice in one object")
    return dict(pairs)


def depth(value):
    deepest, level = 0, [value]
    while level:
        deepest += 1
        inner = (v.values() if isinstance(v, dict) else v for v in level if isinstance(v, (dict, list)))
        level = [v for values in inner for v in values if isinstance(v, (dict, list))]
    return deepest


def read(body):
    """The message in a body, by the rules of the envelope that a schema cannot state."""
    if len(body) > BYTES_MAX:
        raise BadBody(f"body: {len(body)} bytes; {BYTES_MAX} are allowed")
    try:
        message = json.loads(body.decode("utf-8"), object_pairs_hook=once)
    except RecursionError:
        raise BadBody("body: nested too deep") from None
    except ValueError as error:
        raise BadBody(f"body: not JSON: {error}") from None
    try:
        json.dumps(message, ensure_ascii=False).encode("utf-8")
    except ValueError:
        raise BadBody("data: a string holds half a surrogate pair") from None
    if not isinstance(message, dict):
        raise BadBody("body: not a JSON object")
    if depth(message) > DEPTH_MAX:
        raise BadBody(f"body: nested deeper than {DEPTH_MAX}")
    return message


def leaves(error):
    """The errors under an error that say where the fault really is."""
    if error.validator in ("allOf", "$ref", "if", "dependentSchemas") and error.context:
        for inner in error.context:
            yield from leaves(inner)
    else:
        yield error


def lines(error):
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield f"{path}.{name}".lstrip(".") + ": missing"
    else:
        reason = "not allowed here" if error.validator == "not" else error.message[:300]
        yield f"{path or 'body'}: {reason}"


def faults(body, schemas, registry, checker):
    try:
        message = read(body)
    except BadBody as error:
        return [str(error)]
    kind = message.get("type")
    if not isinstance(kind, str) or kind not in schemas or "." not in kind.rpartition(".v")[0]:
        return [f"type: no schema is named {kind!r:.100}"]
    validator = Validator(schemas[kind], registry=registry, format_checker=checker)
    found = [leaf for error in validator.iter_errors(message) for leaf in leaves(error)]
    # A fault elsewhere makes members look unknown: it is told first.
    telling = [leaf for leaf in found if leaf.validator != "unevaluatedProperties"] or found
    return sorted({line for leaf in telling for line in lines(leaf)})


def check_messages(names):
    schemas = load_schemas()
    registry, checker = registry_of(schemas), format_checker()
    bad = 0
    for name in names:
        body = pathlib.Path(name).read_bytes()
        for line in faults(body, schemas, registry, checker):
            print(f"{name}: {line}")
            bad = 1
    return bad


def references(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref" and isinstance(inner, str):
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def check_schemas():
    schemas = load_schemas()
    registry, found = registry_of(schemas), []
    for name, schema in schemas.items():
        path = "/".join([*name.split(".")[:1], ".".join(name.split(".")[1:])]) \
            if name.split(".")[0] in ("jobs", "results", "events", "control") else name
        if schema.get("title") != name:
            found.append(f"{name}: title: it is not {name}")
        if schema.get("$id") != f"https://sluice.example/schemas/{path}.json":
            found.append(f"{name}: $id: it does not end in {path}.json")
        try:
            Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            found.append(f"{name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
        resolver = registry.resolver(base_uri=schema.get("$id", ""))
        for reference in references(schema):
            try:
                resolver.lookup(reference)
            except Exception as error:  # the library has several, all meaning that nothing is there
                found.append(f"{name}: $ref: {reference}: {type(error).__name__}")
    for line in found:
        print(line)
    return 1 if found else 0


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if arguments else 2
    if arguments == ["--schemas"]:
        return check_schemas()
    return check_messages(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
