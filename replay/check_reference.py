"""What no scenario can show of the slow reference: wrong programs, hostile bytes, times, inputs without a scenario."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import check_scenarios
import reference
from check_scenarios import LOOKUPS, dump_line, full, projection, rejection, run
from reference import Places, Record, instant

DARTFORD = "E07000107"


def input_record(value: bytes | None) -> Record:
    return Record(("incidents", 5, 0), None, {}, value)


def projection_record(value: bytes | None) -> Record:
    return Record(("borough-projections", 0, 9), DARTFORD.encode(), {}, value)


def without_projections(dump: bytes) -> bytes:
    return b"".join(line for line in dump.splitlines(True) if b"borough-projections" not in line)


class WrongPrograms(unittest.TestCase):
    """What must be called a difference beside a wrong number."""

    def setUp(self):
        self.case = dict(check_scenarios.cases())["robbery-that-moved, case 2"]
        self.measures = self.case.projections[DARTFORD]

    def outcome(self, *more: Record) -> tuple[int, str]:
        return run(self.case.dump() + b"".join(map(dump_line, more)))

    def expect(self, line: str, *more: Record):
        code, out = self.outcome(*more)
        self.assertEqual(code, 1, out)
        self.assertIn(line, out)

    def projection(self, area: str, measures: dict, partition: int = 0) -> Record:
        return projection(area, self.case.now, measures, self.case.places, 9, partition)

    def changed(self, **members) -> Record:
        told = json.loads(self.projection(DARTFORD, self.measures).value)
        return projection_record(json.dumps(told | members).encode())

    def test_the_later_projection_is_the_one_compared(self):
        self.assertEqual(self.outcome(self.changed(now="2026-03-02T08:59:59Z"))[0], 0)
        line = f"divergent {DARTFORD} violence 24h: reference 0, program 1"
        self.expect(line, self.changed(now="2026-03-03T08:00:00Z"))

    def test_no_projection_where_something_counts(self):
        code, out = run(without_projections(self.case.dump()))
        self.assertEqual(code, 1)
        self.assertIn(f"unseen {DARTFORD} knifeCrime total: reference 2", out)
        self.expect(f"unseen {DARTFORD} robbery total: reference 1", projection_record(None))

    def test_a_projection_of_zeros_where_nothing_counts_is_right(self):
        self.assertEqual(self.outcome(self.projection("E09000004", full({})))[0], 0)

    def test_names(self):
        self.expect(f"divergent {DARTFORD} name: reference Dartford, program Bexley", self.changed(name="Bexley"))
        self.expect(f"divergent {DARTFORD} force: reference Kent, program Surrey", self.changed(force="Surrey"))
        self.expect(f"divergent {DARTFORD} area: reference {DARTFORD}, program E0", self.changed(area="E0"))

    def test_measures_and_windows_that_are_missing_or_too_many(self):
        less = {name: windows for name, windows in self.measures.items() if name != "tagBreach"}
        self.expect(f"divergent {DARTFORD} tagBreach total: reference 0, program None", self.changed(measures=less))
        more = self.measures | {"other": {"1h": 0}}
        self.expect(f"divergent {DARTFORD} other 1h: reference None, program 0", self.changed(measures=more))
        for told in ("2", 2.0):
            odd = self.measures | {"knifeCrime": self.measures["knifeCrime"] | {"7d": told}}
            self.expect(f"divergent {DARTFORD} knifeCrime 7d: reference 2, program {told}", self.changed(measures=odd))

    def test_projections_that_make_no_sense(self):
        for members in ({"now": "yesterday"}, {"now": None}, {"measures": [1]}):
            self.expect(f"unreadable {DARTFORD}: a projection without", self.changed(**members))
        self.expect("unreadable borough-projections/0@9", projection_record(b"{\xff"))
        self.expect(f"duplicated {DARTFORD}", self.projection(DARTFORD, self.measures, partition=1))
        self.expect("divergent E07000207: no such area is counted", self.projection("E07000207", full({})))

    def test_rejections(self):
        self.expect("stray incidents/5@7: refused, but not in the topic", rejection("incidents", 5, 7, 9))
        self.expect("duplicated incidents/0@1: refused twice", again := rejection("incidents", 0, 1, 9))
        other = again._replace(headers=again.headers | {"topic": b"hospital"})
        self.expect("stray incidents.rejections/0@9", other)
        self.expect("unreadable incidents.rejections/0@9", again._replace(headers={"topic": b"incidents"}))

    def test_an_accepted_record_without_meaning(self):
        def event(kind: str, **data) -> bytes:
            return json.dumps({"type": kind, "source": "/s", "data": {"reference": "a", "revision": 1} | data}).encode()

        good = {"offenceCode": "1", "responsibleArea": "E09000022", "occurredFrom": "2026-03-01T00:00:00Z"}
        kind = "incident.cancelled"
        cancelled = event(kind, reason="C1")
        half_a_day = event("incident.recorded", **good, occurredTo="2026-03-01T12:00:00Z")
        for value in (cancelled, event("incident.recorded", **good), half_a_day):
            self.assertEqual(reference.replay([input_record(value)], set(), self.case.places).differences, [])
        for value in (
            None, b"", b"{", b"\xff", b"[]", b"[" * 100_000, cancelled[:-3] + b"\xff" + cancelled[-3:],
            event("tag.breach", **good), event("incident.recorded"), event(kind),
            event(kind, reason="C1", reference=["a"]),
            *(event(kind, reason="C1", revision=no) for no in (True, "1", 1.5, 0, 2**53 + 1, 10**400, None)),
            cancelled.replace(b'"revision": 1', b'"revision": 1e999'),
            cancelled.replace(b'"revision": 1', b'"revision": 1, "revision": 2'),
            event("incident.recorded", **good | {"occurredFrom": "2026-03-01T00:00:00"}),
            event("incident.recorded", **good | {"occurredTo": "2026-03-01T12:00:00.001Z"}),
            event("incident.recorded", **good | {"responsibleArea": "E09000099"}),
            event("incident.recorded", **good | {"location": {"easting": 531000, "northing": 180000}}),
        ):
            with self.subTest(value and value[:200]):
                self.expect("unreadable incidents/5@0: accepted, but", input_record(value))

    def test_modes(self):
        """The content type says structured whatever else the headers hold; else a header ce_type says binary."""
        data = {"reference": "a", "revision": 1, "reason": "C1"}
        structured = json.dumps({"type": "incident.cancelled", "source": "/s", "data": data}).encode()
        attributes = {"ce_type": b"incident.cancelled", "ce_source": b"/s"}
        for content_type in (b"application/cloudevents+json; charset=utf-8", b"Application/CloudEvents+JSON"):
            record = Record(("incidents", 5, 0), None, attributes | {"content-type": content_type}, structured)
            self.assertEqual(reference.read_event(record, self.case.places)[:2], (("incident", "/s", "a"), 1))
        for headers, value in ((attributes, json.dumps(data).encode()), ({}, structured)):
            record = Record(("incidents", 5, 0), None, headers, value)
            self.assertEqual(reference.read_event(record, self.case.places)[:2], (("incident", "/s", "a"), 1))

    def test_order_and_emptiness(self):
        self.expect("reordered incidents/2@0: read after offset", self.case.records[0])
        self.expect("reordered incidents/2@8: read after offset 8", self.case.records[-1])
        code, out = run(b"")
        self.assertEqual((code, "nothing: no input topic holds a record" in out), (1, True))

    def test_verdicts(self):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "verdicts.json"
            for verdict in reference.VERDICTS:
                told = {"incidents": dict(self.case.verdicts["incidents"])}
                told["incidents"][verdict] += 1
                path.write_text(json.dumps(told))
                code, out = run(self.case.dump(), "--verdicts", str(path), command="conservation")
                self.assertEqual((code, f"verdict incidents {verdict}: reference" in out), (1, True), out)
            path.write_text('{"hospital":{"in":3}}')
            code, out = run(self.case.dump(), "--verdicts", str(path))
            self.assertEqual((code, "verdict hospital in: reference 0, program 3" in out), (1, True), out)

    def test_an_identity_in_several_partitions_is_pointed_out(self):
        first = self.case.records[0]
        code, out = self.outcome(first._replace(position=("incidents", 5, 0)))
        self.assertEqual((code, "\n1 records share an identity across partitions" in out), (0, True), out)

    def test_files_that_cannot_be_read(self):
        self.assertEqual(run(b'no JSON of "incidents"\n')[0], 2)
        self.assertEqual(run(self.case.dump(), "--verdicts", "/nowhere")[0], 2)

    def test_differences_are_all_counted_and_few_printed(self):
        code, out = run(without_projections(self.case.dump()), "--limit", "2")
        self.assertEqual((code, out.count("unseen"), "… and 4 more" in out, "6 differences" in out), (1, 2, True, True))


class Framing(unittest.TestCase):
    def test_hostile_bytes_come_back(self):
        every = bytes(range(256))
        for value in (None, b"", every, b"\n\r\n", b'{"a":"\\"', b"\xed\xa0\x80\xff", "é\u2028€".encode(), b"\0" * 9):
            headers = {"ce_id": value, 'a,"b"=\n': every, "none": None}
            record = Record(("incidents", 5, 2**60), value, headers, value)
            line = dump_line(record)
            self.assertEqual((line.count(b"\n"), reference.load_line(line)), (1, record))

    def test_the_same_line_with_raw_bytes(self):
        line = (b'{"topic":"p-incidents","partition":0,"offset":1,"tstype":"create","ts":2,"broker":1,'
                b'"headers":["h","\xff,="],"key":null,"payload":"\xc3\xa9\\u0000\xff"}\n')
        record = reference.load_line(line, "p-")
        self.assertEqual(record, Record(("incidents", 0, 1), None, {"h": b"\xff,="}, b"\xc3\xa9\0\xff"))

    def test_a_character_that_is_no_byte_is_refused(self):
        with self.assertRaises(ValueError):
            reference.load_line(b'{"topic":"t","partition":0,"offset":1,"ts":2,"key":null,"payload":"\\u20ac"}')

    def test_prefixes(self):
        _, case = next(check_scenarios.cases())
        dump = case.dump().replace(b'"topic": "', b'"topic": "try.')
        self.assertEqual(run(dump, "--prefix", "try.")[0], 0)
        self.assertEqual(run(dump)[0], 1)


class Times(unittest.TestCase):
    def test_instants(self):
        for text, milliseconds in {
            "1970-01-01T00:00:00Z": 0, "1970-01-01t01:00:00.0019+01:00": 1, "1969-12-31T23:59:59.9999z": -1,
            "2000-03-01T00:00:00Z": 951_868_800_000, "1970-01-01T00:00:00-00:30": 1_800_000,
            "1970-01-01T00:00:00.5Z": 500, "1970-01-01T00:00:00.05Z": 50,
        }.items():
            self.assertEqual(instant(text), milliseconds, text)

    def test_what_is_no_instant(self):
        for text in ("2026-03-01T21:14:05", "2026-03-01", "2026-03-01T21:14Z", "2026-02-29T00:00:00Z", "",
                     "2026-03-01T21:14:05+0100", "٢٠٢٦-03-01T21:14:05Z", "2026-03-01T21:14:05Z\n"):
            with self.assertRaises((reference.Unreadable, ValueError), msg=text):
                instant(text)


class OtherInputs(unittest.TestCase):
    """Tag breaches and hospitals, which no scenario holds yet."""

    NOW = instant("2026-03-10T12:30:00Z")

    def counted(self, topic: str, *events: tuple[str, str, dict], registry: list[dict] | None = None) -> dict:
        records = [Record((topic, 0, at), None, {}, json.dumps({"type": kind, "source": source, "data": data}).encode())
                   for at, (kind, source, data) in enumerate(events)]
        places = Places(LOOKUPS, registry or [])
        stands = reference.replay(records, set(), places)
        self.assertEqual(stands.differences, [])
        self.verdicts = {verdict: count for verdict, count in stands.verdicts[topic].items() if count}
        return {area: {measure: {window: count for window, count in windows.items() if count}
                       for measure, windows in reference.counts(events, self.NOW).items() if any(windows.values())}
                for area, events in stands.events.items()}

    def test_tag_breaches(self):
        breach = {"reference": "V-1", "revision": 1, "kind": "exclusionEntry", "state": "alerted", "device": "D",
                  "wearer": "P", "occurredFrom": "2026-03-10T11:00:00Z", "occurredTo": "2026-03-12T11:00:00Z",
                  "responsibleArea": "E09000022"}
        today = {"24h": 1, "7d": 1, "28d": 1, "365d": 1, "today": 1, "total": 1}

        def counted(*changes: dict) -> dict:
            return self.counted("tag-breaches", *(("tag.breach", "/em", breach | change) for change in changes))

        self.assertEqual(counted({}), {"E09000022": {"tagAlert": today}})
        found = counted({}, {"device": "another"}, {"revision": 2, "state": "confirmed"})
        self.assertEqual(found, {"E09000022": {"tagAlert": today, "tagBreach": today}})
        self.assertEqual(self.verdicts, {"in": 3, "folded": 2, "duplicate": 1})
        for change in ({"state": "excused"}, {"state": "withdrawn"}, {"kind": "batteryLow"}, {"knifeRelated": False}):
            self.assertEqual(counted({}, {"revision": 2} | change), {})

    def test_attendances(self):
        came = {"reference": "A-1", "revision": 1, "site": "RJZ01", "mechanism": "knife", "location": {"unknown": True},
                "arrivedAt": "2026-03-10T01:00:00Z", "assaultAt": "2026-03-09T23:30:00Z"}
        sites = [{"source": "/nhs", "force": "Metropolitan Police", "sites": {"RJZ01": "E09000022"}}]
        yesterday = {"24h": 1, "7d": 1, "28d": 1, "365d": 1, "yesterday": 1, "total": 1}
        every = {"hospitalAssault": yesterday, "hospitalSharp": yesterday, "hospitalKnife": yesterday}

        def counted(*changes: dict, registry: list[dict] | None = sites) -> dict:
            events = (("hospital.attendance", "/nhs", came | change) for change in changes)
            return self.counted("hospital", *events, registry=registry)

        self.assertEqual(counted({}), {"E09000022": every})
        self.assertEqual(counted({}, registry=None), {"unattributed": every})
        self.assertEqual(counted({"site": "RXX99"}), {"unattributed.E23000001": every})
        self.assertEqual(counted({"location": {"area": "E09000028"}}), {"E09000028": every})
        # No member of the contract: it neither says where nor makes a conflict.
        other = counted({"responsibleArea": "E09000028"}, {"responsibleArea": "E09000033"})
        self.assertEqual(other, {"E09000022": every})
        self.assertEqual(self.verdicts, {"in": 2, "folded": 1, "duplicate": 1})
        glass = counted({"assaultAt": None, "mechanism": "bottleOrGlass"})["E09000022"]
        self.assertEqual((glass.keys(), glass["hospitalSharp"]["today"]), ({"hospitalAssault", "hospitalSharp"}, 1))
        blunt = counted({}, {"revision": 3, "mechanism": "blunt"}, {"revision": 2})["E09000022"]
        self.assertEqual((blunt.keys(), self.verdicts["superseded"]), ({"hospitalAssault"}, 1))

    def test_returns(self):
        def row(day: int, mechanism: str = "knife") -> dict:
            at = f"2026-02-{day:02d}T12:00:00Z"
            return {"assaultAt": at, "mechanism": mechanism, "location": {"area": "E09000022"}}

        def sheet(revision: int, *rows: dict, end: str = "2026-02-28") -> tuple:
            period = {"site": "RJZ01", "periodStart": "2026-02-01", "periodEnd": end}
            return ("hospital.return", "/nhs", period | {"revision": revision, "assaults": list(rows)})

        def totals(*events: tuple) -> list[int]:
            measures = self.counted("hospital", *events).get("E09000022", {})
            names = ("hospitalAssault", "hospitalSharp", "hospitalKnife")
            return [measures.get(measure, {}).get("total", 0) for measure in names]

        self.assertEqual(totals(sheet(1, row(1), row(1), row(28, "blunt"))), [3, 2, 2])
        self.assertEqual(totals(sheet(1, row(1), row(2)), sheet(2, row(3, "blunt"))), [1, 0, 0])
        self.assertEqual(totals(sheet(2, row(1)), sheet(1, row(2)), sheet(2, row(1)), sheet(2, row(2))), [1, 1, 1])
        self.assertEqual(self.verdicts, {"in": 4, "folded": 1, "superseded": 1, "duplicate": 1, "conflict": 1})
        self.assertEqual(totals(sheet(1, row(1)), sheet(2)), [0, 0, 0])
        self.assertEqual(totals(sheet(1, row(1)), sheet(1, row(1), end="2026-02-27")), [2, 2, 2])


class HiddenHarm(unittest.TestCase):
    """Knife injuries that police and hospitals tell of, beside each other."""

    def test_the_days_and_what_they_count(self):
        def noon(day: str) -> int:
            return instant(day + "T12:00:00Z") // reference.HOUR

        days = ("2026-02-01", "2026-02-02", "2026-03-01", "2026-03-02")  # the second and the third are among the 28
        events = [reference.Event("E09000022", noon(day), (measure,)) for day in days
                  for measure in ("hospitalKnife", "knifeInjury")]
        events += [reference.Event("E09000022", noon("2026-03-01"), ("knifeInjury",), 8760),
                   reference.Event("E09000022", noon("2026-03-01"), ("hospitalKnife",))]
        harm = {"window": "28d", "until": "2026-03-02T00:00:00.000Z", "hospitalKnife": 3, "knifeInjury": 2,
                "atLeast": 3, "atMost": 5}
        came = {"received": "2026-03-02T09:00:00.000Z"}
        told = {"now": "2026-03-05T12:00:00.000Z", "hiddenHarm": harm, "sources": {"incidents": came, "hospital": came}}

        def differences(**changes) -> int:
            now = instant(told["now"])
            return len(list(reference.compare_harm("E09000022", events, now, told | changes)))

        self.assertEqual(differences(), 0)
        for member in ("hospitalKnife", "knifeInjury", "atLeast", "atMost"):
            self.assertEqual(differences(hiddenHarm=harm | {member: harm[member] + 1}), 1, member)
        self.assertEqual(differences(hiddenHarm=harm | {"until": "2026-03-01T00:00:00.000Z"}), 1)
        self.assertEqual(differences(hiddenHarm=None), 1)
        late = {"incidents": {"received": "2026-03-01T09:00:00.000Z"}, "hospital": came}
        self.assertEqual(differences(sources=late), 1)
        for topic in ("incidents", "hospital"):
            silent = told["sources"] | {topic: {"received": None}}
            self.assertEqual((differences(sources=silent), differences(sources=silent, hiddenHarm=None)), (1, 0))


class TheFile(unittest.TestCase):
    def test_it_stays_one_short_file_of_the_standard_library(self):
        lines = Path(reference.__file__).read_text("utf-8").splitlines()
        self.assertLess(len(lines), 520)
        imports = [line for line in lines if line.startswith(("import ", "from "))]
        words = {name for line in imports for name in line.split(" import ")[0].split(None, 1)[1].split(", ")}
        self.assertEqual(words - set(sys.stdlib_module_names), set())


if __name__ == "__main__":
    unittest.main()
