"""The slow reference against the scenarios worked out by hand.

    python3 -m unittest discover -s replay -p 'check_*.py'

The look-up tables are taken from ../shared/data/lookups beside the package, or from the directory BELLWETHER_LOOKUPS.
"""

import contextlib
import io
import json
import os
import random
import sys
import tempfile
import unittest
from collections import Counter
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import reference
from reference import MEASURES, WINDOWS, Places, Record, instant

SCENARIOS = Path(__file__).resolve().parent / "scenarios"
LOOKUPS = Path(os.environ.get("BELLWETHER_LOOKUPS", reference.LOOKUPS))


def dump_line(record: Record) -> bytes:
    """What reference.load_line reads, in plain ASCII: each byte is one code point of a string."""
    def text(raw: bytes | None) -> str | None:
        return None if raw is None else raw.decode("latin-1")

    (topic, partition, offset), key, headers, value = record
    flat = [part for name, content in headers.items() for part in (name, text(content))]
    held = {"topic": topic, "partition": partition, "offset": offset, "ts": 0, "headers": flat, "key": text(key),
            "payload": text(value)}
    return json.dumps(held).encode("ascii") + b"\n"


def record_of(entry: dict) -> Record:
    """A record as a scenario writes it: the value is JSON, a text, or null for a tombstone."""
    def encoded(text: str | None) -> bytes | None:
        return None if text is None else text.encode("utf-8")

    value = json.dumps(entry["value"]) if isinstance(entry["value"], dict) else entry["value"]
    headers = {name: encoded(content) for name, content in entry["headers"].items()}
    position = (entry["topic"], entry["partition"], entry["offset"])
    return Record(position, encoded(entry["key"]), headers, encoded(value))


def rejection(topic: str, partition: int, offset: int, at: int = 0) -> Record:
    headers = {"topic": topic.encode(), "partition": b"%d" % partition, "offset": b"%d" % offset, "code": b"notJSON"}
    return Record((topic + ".rejections", 0, at), b"key", headers, None)


def full(measures: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """All fifteen measures and eleven windows of the few that a scenario names; the others are 0."""
    windows = {window for told in measures.values() for window in told}
    assert measures.keys() <= set(MEASURES) and windows <= set(WINDOWS), "the scenario names what does not exist"
    return {measure: {window: measures.get(measure, {}).get(window, 0) for window in WINDOWS} for measure in MEASURES}


def projection(area: str, now: str, measures: dict, places: Places, at: int = 0, partition: int = 0,
               signals: list[dict] | None = None) -> Record:
    name, force = places.areas.get(area, (None, None))
    value = {"area": area, "name": name, "force": force, "now": now, "measures": measures, "signals": signals or []}
    return Record(("borough-projections", partition, at), area.encode(), {}, json.dumps(value).encode())


class Case:
    """One moment of a scenario: what had arrived, what was refused of it, what must be counted."""

    def __init__(self, directory: Path, told: dict):
        entries = json.loads((directory / "records.json").read_text("utf-8"))[:told.get("records")]
        self.records = [record_of(entry) for entry in entries]
        rejected = json.loads((directory / "rejected.json").read_text("utf-8"))
        refused = [(entry["topic"], entry["partition"], entry["offset"]) for entry in rejected]
        arrived = {record.position for record in self.records}
        self.refused = [position for position in refused if position in arrived]
        given = told.get("configuration") or told.get("registry")
        self.registry = directory / given if given else None
        self.configuration = reference.load_configuration(self.registry)
        self.signals = {area: [*map(tuple, signals)] for area, signals in told.get("signals", {}).items()}
        self.places = Places(LOOKUPS, self.configuration.get("sources") or ())
        self.now, self.verdicts = told["now"], told["verdicts"]
        self.projections = {area: full(measures) for area, measures in told["projections"].items()}

    def standing(self) -> dict[str, list[tuple]]:
        stands = reference.replay(self.records, set(self.refused), self.places)
        rules = reference.rules(self.configuration)
        return {area: [(*series, degree) for series, degree in
                       reference.standing(events, instant(self.now), rules).items()]
                for area, events in stands.events.items() if area in self.places.areas}

    def signal_records(self) -> list[Record]:
        """A program's signals without fault, revision 1 of each: the numbers are those of the episode's first day."""
        records = []
        rules = reference.rules(self.configuration)
        stands = reference.replay(self.records, set(self.refused), self.places)
        for area, signals in self.signals.items():
            for measure, name, first, degree in signals:
                days = Counter(reference.london_day(event.hour) for event in stands.events[area])
                day = date.fromisoformat(first).toordinal()
                counts = [days[day - back] for back in range(11, -1, -1)]
                parameters = rules[measure, name][1]
                expected, threshold, score, interval, _ = reference.judge(name, parameters, counts)
                oldest, newest = reference.DETECTORS[name][:2]
                told = {"id": f"{area} {measure} {first}", "revision": 1, "status": "raised", "area": area,
                        "measure": measure, "detector": {"name": name, "version": 1, "parameters": parameters},
                        "day": first, "days": [first], "observed": counts[-1],
                        "baseline": counts[11 - oldest:12 - newest],
                        "expected": expected, "threshold": threshold, "score": score,
                        "recurrenceIntervalDays": interval, "severity": degree, "raisedAt": self.now}
                headers = {"signal-id": told["id"].encode(), "revision": b"1", "status": b"raised"}
                position = ("hotspot-signals", 0, len(records))
                records.append(Record(position, area.encode(), headers, json.dumps(told).encode()))
        return records

    def counts(self, records: list[Record]) -> dict[str, dict[str, dict]]:
        stands = reference.replay(records, set(self.refused), self.places)
        return {area: reference.counts(events, instant(self.now)) for area, events in stands.events.items()}

    def dump(self) -> bytes:
        """Inputs, rejections and the projections that a program without fault would have published."""
        told = (rejection(*position, at) for at, position in enumerate(self.refused))
        signals = self.signal_records()
        listed = [json.loads(record.value) for record in signals]
        good = (projection(area, self.now, measures, self.places, at, signals=[
                    {"id": signal["id"], "measure": signal["measure"], "severity": signal["severity"],
                     "since": signal["raisedAt"]} for signal in listed if signal["area"] == area])
                for at, (area, measures) in enumerate(self.projections.items()))
        return b"".join(map(dump_line, (*self.records, *told, *good, *signals)))


def cases():
    for directory in sorted(SCENARIOS.iterdir()):
        for number, told in enumerate(json.loads((directory / "expected.json").read_text("utf-8"))["cases"], 1):
            yield f"{directory.name}, case {number}", Case(directory, told)


def run(dump: bytes, *arguments: str, command: str = "compare") -> tuple[int, str]:
    """The reference's command line over a dump: its exit code and what it printed."""
    with tempfile.TemporaryDirectory() as directory:
        (path := Path(directory) / "dump").write_bytes(dump)
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = reference.main([command, "--dump", str(path), "--lookups", str(LOOKUPS), *arguments])
        return code, out.getvalue()


class Scenarios(unittest.TestCase):
    maxDiff = None

    def test_there_are_four(self):
        names = {directory.name for directory in SCENARIOS.iterdir()}
        told = {"robbery-that-moved", "edges-of-windows", "places-and-offences", "runs-of-alarms"}
        self.assertLessEqual(told, names)

    def test_standing_signals_are_those_worked_out_by_hand(self):
        worked_out = 0
        for name, case in cases():
            with self.subTest(name):
                found = {area: signals for area, signals in case.standing().items() if signals}
                self.assertEqual(found, {area: signals for area, signals in case.signals.items() if signals})
                worked_out += sum(map(len, case.signals.values()))
        self.assertGreater(worked_out, 0)

    def test_counts_are_those_worked_out_by_hand(self):
        for name, case in cases():
            with self.subTest(name):
                found = case.counts(case.records)
                self.assertEqual(found, case.projections)

    def test_verdicts_are_those_worked_out_by_hand(self):
        for name, case in cases():
            with self.subTest(name):
                stands = reference.replay(case.records, set(case.refused), case.places)
                self.assertEqual((stands.verdicts, stands.differences), (case.verdicts, []))
                for tally in stands.verdicts.values():
                    self.assertEqual(tally["in"], sum(tally[verdict] for verdict in reference.VERDICTS[1:]))

    def test_the_merge_of_partitions_does_not_matter(self):
        for name, case in cases():
            for seed in range(5):
                with self.subTest(name, seed=seed):
                    queues = {}
                    for record in case.records:
                        queues.setdefault(record.position[1], []).append(record)
                    turns = [record.position[1] for record in case.records]
                    random.Random(seed).shuffle(turns)
                    merged = [queues[partition].pop(0) for partition in turns]
                    found = case.counts(merged)
                    self.assertEqual(found, case.projections)

    def test_a_right_program_passes(self):
        for name, case in cases():
            with self.subTest(name), tempfile.TemporaryDirectory() as directory:
                (verdicts := Path(directory) / "verdicts.json").write_text(json.dumps(case.verdicts))
                registry = ["--registry", str(case.registry)] if case.registry else []
                code, out = run(case.dump(), "--verdicts", str(verdicts), *registry)
                self.assertEqual(code, 0, out)
                self.assertIn("no difference", out)

    def test_each_wrong_number_is_found(self):
        for name, case in cases():
            stands = reference.replay(case.records, set(case.refused), case.places)
            loaded, _ = reference.load_projections(
                projection(area, case.now, measures, case.places) for area, measures in case.projections.items())
            self.assertEqual(list(reference.compare(stands, loaded, case.places, {}, {})), [], name)
            for area in case.projections:
                for measure in MEASURES:
                    for window in WINDOWS:
                        loaded[area]["measures"][measure][window] += 1
                        found = list(reference.compare(stands, loaded, case.places, {}, {}))
                        loaded[area]["measures"][measure][window] -= 1
                        self.assertEqual(len(found), 1, (name, area, measure, window))
                        self.assertTrue(found[0].startswith(f"divergent {area} {measure} {window}: "), found)


if __name__ == "__main__":
    unittest.main()
