"""Reads mails with Python's own library, which knows nothing of Sluice, and prints what it found as JSON.

    mail.py FILE...     one mail a file
"""

import email
import email.policy
import email.utils
import json
import sys


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    mail = email.message_from_bytes(data, policy=email.policy.default)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    return {
        "defects": [str(defect) for part in mail.walk() for defect in part.defects]
        + [str(defect) for value in mail.values() for defect in getattr(value, "defects", [])],
        "headers": sorted(name.lower() for name in mail.keys()),
        "from": [[address.display_name, address.addr_spec] for address in mail["from"].addresses],
        "to": [address.addr_spec for address in mail["to"].addresses],
        "subject": str(mail["subject"]),
        "messageID": str(mail["message-id"]),
        "autoSubmitted": str(mail["auto-submitted"]),
        "language": str(mail["content-language"]),
        "date": email.utils.parsedate_to_datetime(str(mail["date"])).timestamp(),
        "type": mail.get_content_type(),
        "parts": [[part.get_content_type(), part.get_content_charset(), part.get_content()] for part in parts],
        "longestLine": max(len(line) for line in data.split(b"\n")),
        "isASCII": all(byte < 128 and (byte >= 32 or byte in (9, 10)) for byte in data),
    }


print(json.dumps([read(path) for path in sys.argv[1:]]))
