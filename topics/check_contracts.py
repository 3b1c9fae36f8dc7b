#!/usr/bin/env python3
"""Holds what stands in this folder, and what the program writes, against the schemas. Needs Debian's python3-jsonschema and
python3-yaml.

    python3 -m unittest topics/check_contracts.py        the folder itself
    topics/check_contracts.py TOPIC FILE                 records of a topic: one JSON object a line, in the form of examples

Exit codes of the second: 0 all keep the contract, 1 some do not (named), 2 usage.
"""

import base64, json, sys, unittest, urllib.parse, warnings
from pathlib import Path

import jsonschema, yaml

# A reference within a schema is joined to the schema's own name, which Python does for the schemes of this list only.
urllib.parse.uses_relative.append("urn")
# The resolver is deprecated in versions newer than Debian's, and its successor is not in Debian's.
warnings.simplefilter("ignore", DeprecationWarning)

HERE = Path(__file__).resolve().parent
FOLDERS = sorted(path for path in HERE.iterdir() if path.is_dir() and not path.name.startswith("__"))
INPUTS = ("incidents", "tag-breaches", "hospital")
SCHEMAS = {folder.name: json.loads((folder / "schema.json").read_text("utf-8")) for folder in FOLDERS}


def validator(topic: str) -> jsonschema.Draft202012Validator:
    store = {schema["$id"]: schema for schema in SCHEMAS.values()}
    resolver = jsonschema.RefResolver.from_schema(SCHEMAS[topic], store=store)
    return jsonschema.Draft202012Validator(SCHEMAS[topic], resolver=resolver)


def subject(topic: str, record: dict):
    """What a topic's schema describes: the event, the headers, or the frame."""
    headers, value = record["headers"], record["value"]
    if topic == "journal":
        return {"headers": headers, "lines": [json.loads(line) for line in value.splitlines()]}
    if topic.endswith(".rejections"):
        return headers
    if topic in INPUTS and "ce_type" in headers:
        attributes = {name[3:]: text for name, text in headers.items() if name.startswith("ce_")}
        return {**attributes, "datacontenttype": headers.get("content-type", "application/json"), "data": value}
    return value


def faults(topic: str, record: dict) -> list[str]:
    errors = validator(topic).iter_errors(subject(topic, record))
    return [f"{topic} {record.get('key')}: at {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
            for error in errors]


class Contracts(unittest.TestCase):
    def test_schemas_are_schemas(self):
        for topic, schema in SCHEMAS.items():
            jsonschema.Draft202012Validator.check_schema(schema)
            self.assertEqual(schema["$id"], f"urn:bellwether:{topic}:1")

    def test_every_folder_is_whole(self):
        for folder in FOLDERS:
            for name in ("README.md", "schema.json", "settings.json", "examples"):
                self.assertTrue((folder / name).exists(), f"{folder.name}/{name}")

    def test_examples_keep_their_contract(self):
        for folder in FOLDERS:
            examples = sorted((folder / "examples").glob("*.json"))
            self.assertTrue(examples, folder.name)
            for path in examples:
                with self.subTest(path.relative_to(HERE)):
                    self.assertEqual(faults(folder.name, json.loads(path.read_text("utf-8"))), [])

    def test_what_is_refused_breaks_the_schema_where_a_schema_can_say_so(self):
        # What depends on other members, on the clock, on a registry, or on what is loaded, no schema can say.
        beyond = {"timeReversed", "occurrenceTooLong", "inFuture", "beforeHistory", "unknownSource", "badAreaCode",
                  "placesNotLoaded", "tooLarge", "badTime", "locationMissing", "badRevision", "badPeriod"}
        for path in (path for topic in INPUTS for path in sorted((HERE / topic / "rejected").glob("*.json"))):
            file = json.loads(path.read_text("utf-8"))
            if file["code"] in beyond or "value" not in file["record"]:
                continue
            with self.subTest(path.relative_to(HERE)):
                self.assertNotEqual(faults(path.parts[-3], file["record"]), [])

    def test_broken_texts_are_broken(self):
        for path in sorted(HERE.glob("*/rejected/notJSON*.json")):
            record = json.loads(path.read_text("utf-8"))["record"]
            if "base64" in record:
                with self.subTest(path.name), self.assertRaises(ValueError):
                    json.loads(base64.b64decode(record["base64"]).decode("utf-8"))

    def test_asyncapi_speaks_of_these_topics_and_every_reference_leads_somewhere(self):
        document = yaml.safe_load((HERE / "asyncapi.yaml").read_text("utf-8"))
        self.assertTrue(document["asyncapi"].startswith("3.0"))
        self.assertEqual({channel["address"] for channel in document["channels"].values()}, set(SCHEMAS))
        for reference in references(document):
            with self.subTest(reference):
                path, _, fragment = reference.partition("#")
                target = document
                if path:
                    target = json.loads((HERE / path).read_text("utf-8"))
                for step in filter(None, fragment.split("/")):
                    target = target[step.replace("~1", "/").replace("~0", "~")]


def references(node):
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or arguments[0] not in SCHEMAS:
        print(__doc__, file=sys.stderr)
        return 2
    count, wrong = 0, []
    with open(arguments[1], encoding="utf-8") as file:
        for line in file:
            count += 1
            wrong += faults(arguments[0], json.loads(line))
    print("\n".join(wrong[:20]) or f"{count} records of {arguments[0]} keep the contract")
    return 1 if wrong or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
