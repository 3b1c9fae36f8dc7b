"""The signals of the slow reference: against R's numbers, the contract's examples, and wrong programs."""

import csv
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import check_scenarios
import reference
from check_scenarios import LOOKUPS, projection
from reference import DETECTORS, Event, Places, Record, instant, judge

GOLDEN = LOOKUPS.parent / "reference"
LAMBETH, INJURY = "E09000022", ("knifeInjury", "earsC2")
NOW = instant("2026-03-20T12:00:00Z")
RULES = reference.rules({"observedFrom": {"incidents": "2026-01-01"}})


def events(days: dict[str, int]) -> list[Event]:
    """So many knife injuries at noon of so many days of 2026."""
    return [Event(LAMBETH, instant(f"2026-{day}T12:00:00Z") // reference.HOUR, ("knifeInjury",))
            for day, count in days.items() for _ in range(count)]


class Numbers(unittest.TestCase):
    def rows(self, name: str) -> list[dict]:
        with open(GOLDEN / name, newline="") as file:
            return list(csv.DictReader(file))

    def setUp(self):
        matrix = self.rows("knife_borough_month_matrix.csv")
        self.months = [row[""] for row in matrix]
        self.counts = {area: [int(row[area]) for row in matrix] for area in matrix[0] if area}

    def said(self, name: str, row: dict) -> tuple:
        today = self.months.index(row["month"])
        parameters = DETECTORS[name][3] | {"minSigma": 0}  # R takes the deviation as it is
        return judge(name, parameters, self.counts[row["area"]][:today + 1])

    def test_alarms_and_thresholds_are_those_of_r(self):
        alarms = {"C1": 0, "C2": 0, "C3": 0}
        for row in self.rows("ears_c123_knife_borough_month.csv"):
            method = row["method"]
            said = self.said({"C3": "earsC3R"}.get(method, "ears" + method), row)
            self.assertEqual(said[4], row["alarm"] == "1", row)
            alarms[method] += said[4]
            if method != "C3":
                self.assertAlmostEqual(said[1], float(row["upperbound"]), 9)
        self.assertEqual(alarms["C3"], 99)
        self.assertTrue(all(alarms.values()))

    def test_scores_are_those_of_the_cdc(self):
        alarms = 0
        for row in self.rows("ears_c2_c3_cdcformula.csv"):
            self.assertAlmostEqual(self.said("earsC2", row)[2], float(row["c2"]), 9)
            said = self.said("earsC3", row)
            self.assertAlmostEqual(said[2], float(row["c3_cdc"]), 9)
            alarms += said[4]
        self.assertEqual(alarms, 152)

    def test_the_contracts_example(self):
        *numbers, interval, alarm = judge("earsC2", DETECTORS["earsC2"][3], [5, 5, 3, 3, 2, 2, 2, 0, 0, 9])
        self.assertEqual([round(number, 4) for number in numbers], [3.1429, 7.2998, 4.3542])
        self.assertEqual((interval, alarm, reference.severity("knifeInjury", interval)), (305, True, "medium"))

    def test_intervals_are_those_of_student(self):
        """P(T > t) = 1 / days with six degrees of freedom, from any printed table."""
        for t, days in ((1.439756, 10), (1.943180, 20), (3.142668, 100), (3.707428, 200), (5.207626, 1_000)):
            self.assertAlmostEqual(reference.recurrence(t * (8 / 7) ** 0.5), days, delta=1)
        self.assertEqual([reference.recurrence(score) for score in (20, 1_000)], [36_500] * 2)


class Episodes(unittest.TestCase):
    def standing(self, days: dict[str, int], now: int = NOW, rules: dict = RULES) -> dict:
        found = reference.standing(events(days), now, rules)
        return {first: degree for (*series, first), degree in found.items() if tuple(series) == INJURY}

    def test_an_episode_bridges_one_quiet_day_and_reaches_the_newest_three(self):
        self.assertEqual(self.standing({}), {})
        self.assertEqual(self.standing({"03-18": 4}), {"2026-03-18": "medium"})
        self.assertEqual(self.standing({"03-17": 4}), {})
        self.assertEqual(self.standing({"03-16": 5, "03-18": 5}), {"2026-03-16": "high"})
        self.assertEqual(self.standing({"03-15": 5, "03-18": 9}), {"2026-03-18": "medium"})
        self.assertEqual(self.standing({"03-20": 30}), {"2026-03-20": "high"})

    def test_at_the_threshold_is_no_alarm(self):
        rules = reference.rules({"detectors": {"earsC2": {"threshold": 3}}}, "2026-01-01")
        self.assertEqual(self.standing({"03-20": 3}, rules=rules), {})
        self.assertEqual(self.standing({"03-20": 4}, rules=rules), {"2026-03-20": "medium"})

    def test_days_are_judged_when_their_whole_baseline_was_observed(self):
        for first, judged in (("2026-03-11", True), ("2026-03-12", False)):
            rules = reference.rules({"observedFrom": {"incidents": first}})
            self.assertEqual(bool(self.standing({"03-20": 9}, rules=rules)), judged)
        self.assertEqual(self.standing({"03-20": 9}, rules=reference.rules({})), {})
        self.assertTrue(self.standing({"03-20": 9}, rules=reference.rules({}, "2026-03-11")))

    def test_hours_to_come_wait(self):
        today = events({"03-20": 9})
        self.assertEqual(reference.standing(today, NOW - reference.HOUR, RULES), {})
        longer = [event._replace(finest=8760) for event in today]
        self.assertEqual(reference.standing(longer, NOW, RULES), {})

    def test_settings(self):
        told = {"observedFrom": {"incidents": "2026-01-01"}, "detectors": {
            "earsC1": {"measures": ["robbery"]}, "earsC2": {"measures": None, "minSigma": 0.5},
            "earsC3": {"measures": ["knifeInjury"], "threshold": None}}}
        rules = reference.rules(told)
        self.assertEqual([*rules][:3], [("knifeCrime", "earsC2"), ("knifeInjury", "earsC2"), ("knifeInjury", "earsC3")])
        self.assertEqual(rules["robbery", "earsC1"][1], reference.EARS | {"lag": 0})
        self.assertEqual(rules[INJURY][1], reference.EARS | {"minSigma": 0.5})
        # Of seven quiet days: C3's score of the day after is that of the day.
        found = reference.standing(events({"03-18": 4}), NOW, rules)
        self.assertEqual(found["knifeInjury", "earsC3", "2026-03-18"], "low")

    def test_a_homicide_is_always_high(self):
        rules = reference.rules({"observedFrom": {"incidents": "2026-01-01"},
                                 "detectors": {"earsC2": {"measures": ["knifeHomicide"], "threshold": 1}}})
        homicides = [event._replace(measures=("knifeHomicide",)) for event in events({"03-20": 2})]
        self.assertEqual([*reference.standing(homicides, NOW, rules).values()], ["high"])


class WrongSignals(unittest.TestCase):
    """Ways in which a program's signals can be wrong, each called by its name."""

    GOOD = {"id": "sig_1", "revision": 1, "status": "raised", "area": LAMBETH, "measure": "knifeInjury",
            "detector": {"name": "earsC2", "version": 1, "parameters": reference.EARS}, "day": "2026-03-20",
            "days": ["2026-03-20"],
            "observed": 9, "baseline": [0, 0, 0, 0, 0, 0, 0], "expected": 0, "threshold": 3.0902,
            "score": 9, "recurrenceIntervalDays": 13059, "severity": "high", "raisedAt": "2026-03-20T12:00:00.000Z"}

    def record(self, **changes) -> Record:
        told = self.GOOD | changes
        headers = {"signal-id": told["id"], "revision": str(told["revision"]), "status": told["status"]}
        return Record(("hotspot-signals", 0, 7), told["area"].encode(), {k: v.encode() for k, v in headers.items()},
                      json.dumps(told).encode())

    def differences(self, *records: Record, listed: list | None = None, days: dict | None = None) -> list[str]:
        latest, differences = reference.load_signals(records)
        of_lambeth = events({"03-20": 9} if days is None else days)
        places = Places(LOOKUPS)
        measures = reference.counts(of_lambeth, NOW)
        told = projection(LAMBETH, "2026-03-20T12:00:00Z", measures, places, signals=listed)
        projections, _ = reference.load_projections([told])
        stands = reference.Standing({LAMBETH: of_lambeth}, {}, [], 0)
        return [*differences, *reference.compare(stands, projections, places, latest, RULES)]

    LISTED = [{"id": "sig_1", "measure": "knifeInjury", "severity": "high", "since": "2026-03-20T12:00:00.000Z"}]

    def expect(self, begins: str, *records: Record, **more):
        found = self.differences(*records, **{"listed": self.LISTED} | more)
        self.assertEqual(len(found), 1, found)
        self.assertIn(begins, found[0])

    def test_a_right_one_passes(self):
        self.assertEqual(self.differences(self.record(), listed=self.LISTED), [])
        lives = [("raised", 1), ("cleared", 2), ("raised", 3), ("updated", 4), ("withdrawn", 5)]
        records = [self.record(revision=revision, status=status) for status, revision in lives]
        self.assertEqual(self.differences(*records, days={"03-17": 1}), [])

    def test_numbers_that_do_not_follow(self):
        for member, wrong in (("expected", 0.0001), ("threshold", 3.0903), ("threshold", None), ("score", 9.0001),
                              ("recurrenceIntervalDays", 13060), ("recurrenceIntervalDays", None)):
            self.expect(f"divergent signal hotspot-signals/0@7: {member}: reference", self.record(**{member: wrong}))
        self.expect("divergent signal hotspot-signals/0@7: the baseline", self.record(baseline=[0] * 8))
        self.expect("divergent signal hotspot-signals/0@7: the baseline", self.record(day="2026-03-19"))
        low = [self.LISTED[0] | {"severity": "low"}]
        found = self.differences(self.record(severity="low"), listed=low)
        self.assertIn("severity low: reference high", found[0])
        series = f"{LAMBETH} signal knifeInjury earsC2 2026-03-20"
        self.assertIn(f"divergent {series}: reference high, program low", found[1])

    def test_what_is_not_in_alarm(self):
        quiet = self.record(observed=3, score=3, recurrenceIntervalDays=64, severity="low")
        self.assertIn("in alarm: False", self.differences(quiet, listed=self.LISTED)[0])

    def test_revisions_and_lives(self):
        self.expect("lost signal hotspot-signals/0@7: revision 2 after 0", self.record(revision=2))
        where, first = "signal hotspot-signals/0@7:", self.record()
        self.expect(f"lost {where} revision 3 after 1", first, self.record(revision=3, status="updated"))
        self.expect(f"duplicated {where} revision 1 after 1", first, self.record(status="updated"))
        self.expect("updated after None", self.record(status="updated"))
        self.expect("raised after raised", self.record(), self.record(revision=2))

    def test_names(self):
        other = self.record(days=["2026-03-19", "2026-03-20"])
        found = self.differences(self.record(), other, listed=self.LISTED)
        self.assertIn("sig_1 and E09000022 knifeInjury earsC2 2026-03-19 do not name each other", found[0])
        self.expect("its key or headers say something else", self.record()._replace(key=b"E09000023"))
        self.expect("unreadable signal hotspot-signals/0@7", self.record(), self.record()._replace(value=b"{}"))

    def test_what_stands(self):
        series = f"{LAMBETH} signal knifeInjury earsC2 2026-03-20"
        self.expect(f"unseen {series}: reference high, program None", listed=[])
        cleared = self.record(revision=2, status="cleared")
        self.expect(f"unseen {series}: reference high", self.record(), cleared, listed=[])
        self.expect(f"divergent {series}: reference None, program high", self.record(), days={"03-20": 1})
        changed = {"name": "earsC2", "version": 1, "parameters": reference.EARS | {"threshold": 3}}
        self.expect(f"divergent {series}: its parameters", self.record(detector=changed, threshold=3))

    def test_what_the_projection_lists(self):
        for listed in ([], self.LISTED * 2, [self.LISTED[0] | {"since": "2026-03-20T13:00:00.000Z"}]):
            self.expect(f"divergent {LAMBETH} signals: the topic has", self.record(), listed=listed)

    def test_a_signal_without_a_projection(self):
        latest, _ = reference.load_signals([self.record()])
        found = [*reference.compare(reference.Standing({}, {}, [], 0), {}, Places(LOOKUPS), latest, RULES)]
        self.assertEqual(found, [f"unseen {LAMBETH} signal knifeInjury earsC2 2026-03-20: no projection"])


class Files(unittest.TestCase):
    def test_comments_in_a_configuration(self):
        path = check_scenarios.SCENARIOS.parents[1] / "ops/config.example.json"
        told = reference.load_configuration(path)
        self.assertEqual(told["observedFrom"]["incidents"], "2026-01-01")
        self.assertEqual(told["sources"][0]["source"], "/police/metropolitan")


if __name__ == "__main__":
    unittest.main()
