#!/usr/bin/env python3
"""The slow reference: what projections and signals must say, computed from nothing but what the input topics hold.

One plain file, Python 3.11, standard library only. It knows the contracts and the public look-up tables, and nothing of
the program: no journal, no checkpoint, none of its tables. Given are: the positions that `<input>.rejections` name as
refused, each projection's own `now`, and the configuration (observed days, detectors, sources).

Exit codes: 0 equal, 1 the answer is no, 2 usage or a file that cannot be read, 3 the broker or a topic is unreachable.
"""

import argparse, csv, functools, itertools, json, math, re, statistics, subprocess, sys
from collections import Counter, defaultdict, namedtuple
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo

LOOKUPS = Path(__file__).resolve().parents[2] / "shared/data/lookups"
INPUTS = ("incidents", "tag-breaches", "hospital")
VERDICTS = ("in", "rejected", "folded", "duplicate", "conflict", "superseded")
MEASURES = tuple((
    "knifeCrime knifeInjury knifeInjuryUnder25 knifeRobbery knifeHomicide possession robbery violence openViolence "
    "openWeapons hospitalAssault hospitalSharp hospitalKnife tagAlert tagBreach").split())
SPANS = {"24h": 24, "7d": 168, "28d": 672, "365d": 8760}  # hours
WINDOWS = (*SPANS, *("previous" + span for span in SPANS), "today", "yesterday", "total")
HOUR = 3_600_000  # milliseconds
STRANGE = (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)  # what odd values raise
named = "{}/{}@{}".format  # a position: topic (without the prefix), partition, offset
Record = namedtuple("Record", "position key headers value")  # bytes, or None; headers by name
# Hours are UTC's, since 1970; `finest` is the shortest window it counts in (hours); local days count those up to 168.
Event = namedtuple("Event", "place hour measures finest", defaults=[24])

# The rules of CONTRACTS §2; the seven groups of offences that can be knife crime are those of DOMAIN §1.1.
HOMICIDE, ROBBERY, POSSESSION = {"1", "4.1", "4.2", "4.10"}, {"34A", "34B"}, {"10C", "10D", "90"}
SEXUAL = {"19C", "19D", "19E", "19F", "19G", "19H", "17A", "17B", "20A", "20B"}
SEVEN_GROUPS = HOMICIDE | ROBBERY | SEXUAL | {"2", "3B", "5D", "8N", "8P", "8S"}
VIOLENCE = HOMICIDE | {"2", "3A", "3B", "5D", "5E", "8N", "8P", "8S", "36", "104", "105A"}
CLASSES = {
    "police-uk:violence-and-sexual-offences": ("openViolence",), "police-uk:possession-of-weapons": ("openWeapons",),
    "police-uk:robbery": ("robbery",), "mps:knifeCrime": ("knifeCrime",), "mps:knifeCrimeWithInjury": ("knifeInjury",)}

class Unreadable(Exception):
    """Accepted, but the contract gives it no meaning: the program should have refused it, or the reference errs."""

# --- Places -----------------------------------------------------------------------------------------------------------
class Places:
    """The areas that are counted, every code an authority ever had, and the force each source speaks for."""
    def __init__(self, lookups: Path = LOOKUPS, sources: Iterable[dict] = ()):
        def rows(name: str) -> list[dict]:
            return list(csv.DictReader((lookups / name).read_text("utf-8-sig").splitlines()))
        self.areas = {row["ons_code"]: (row["name"], row["force_area"]) for row in rows("areas_current.csv")}
        self.successor = {row["LADCD"]: row["LADCD_ACTIVE"] for row in rows("la_all_codes.csv")}
        codes = {row["force_area"]: "unattributed." + row["pfa_code"] for row in rows("areas_ext.csv")}
        self.unattributed = {entry["source"]: codes[entry["force"]] for entry in sources if entry.get("force")}
        self.sites = {(one["source"], site): one["sites"][site] for one in sources for site in one.get("sites") or ()}
        outlines = "".join(path.read_text("utf-8") for path in lookups.parent.glob("boundaries/lsoa_london/*.geojson"))
        self.output_areas = dict(re.findall(r'"LSOA21CD": "(\w+)".*?"LADCD_ACTIVE": "(\w+)"', outlines))

    def key(self, source: str, data: dict, site: str | None = None) -> str:
        """Where an event counts: as located, else the responsible area, else the site's, else unattributed."""
        location = data.get("location") or {}
        if location.keys() & {"latitude", "longitude", "easting", "northing"}:
            raise Unreadable("it has coordinates, and no outlines are loaded")
        located = location.get("area") or self.output_areas.get(location.get("lsoa"))
        code = located or data.get("responsibleArea") or self.sites.get((source, site))
        if code is not None and code not in self.successor:
            raise Unreadable("no authority ever had its area code")
        area = self.successor.get(code)
        return area if area in self.areas else self.unattributed.get(source, "unattributed")

# --- What one record says ---------------------------------------------------------------------------------------------
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00Z")

def instant(text: str | None) -> int | None:
    """An RFC 3339 time with a zone as milliseconds since 1970, a finer fraction floored; None of None."""
    if text is None:
        return None
    if TIME.fullmatch(text) is None:
        raise Unreadable("it has a time that is not RFC 3339 with a zone")
    return (datetime.fromisoformat(text.upper()) - EPOCH) // timedelta(milliseconds=1)

def place_as_sent(data: dict) -> tuple:
    """The members that say where, for comparing content; `unknown: false` says nothing."""
    location = data.get("location")
    members = ("area", "lsoa", "latitude", "longitude", "precisionMetres", "method", "easting", "northing", "unknown")
    values = location and [location.get(member) for member in members]
    return values and tuple(None if value is False else value for value in values), data.get("responsibleArea")

def incident_measures(data: dict) -> tuple[str, ...]:
    if (code := data.get("offenceCode")) is None:
        return CLASSES.get(data["offenceClass"], ())
    blade = data.get("weapon") in ("knife", "otherBlade") and data.get("weaponUse") in ("used", "threatened")
    knife = blade and code in SEVEN_GROUPS
    injured = knife and data.get("injury") in ("minor", "serious", "fatal")
    counted = {
        "knifeCrime": knife, "knifeInjury": injured,
        "knifeInjuryUnder25": injured and data.get("victimAgeBand") in ("under18", "18-24"),
        "knifeRobbery": knife and code in ROBBERY, "knifeHomicide": knife and code in HOMICIDE,
        "possession": code in POSSESSION, "robbery": code in ROBBERY, "violence": code in VIOLENCE}
    return tuple(measure for measure, holds in counted.items() if holds)

def incident(kind: str, source: str, data: dict, places: Places):
    identity = ("incident", source, data["reference"])
    if why := {"incident.cancelled": "reason", "incident.transferred": "toForce"}.get(kind):
        return identity, (kind, data[why]), ()
    start, end = (instant(data.get(member) or data["occurredFrom"]) for member in ("occurredFrom", "occurredTo"))
    imprecise = data.get("imprecise") or False
    words = tuple(data.get(member) or "unknown" for member in ("weapon", "weaponUse", "injury", "victimAgeBand"))
    content = (start, end, instant(data.get("recordedAt")), data.get("offenceCode"), data.get("offenceClass"), words,
               place_as_sent(data), imprecise)
    if end - start > 12 * HOUR and not imprecise:
        raise Unreadable("it lasts more than 12 h and is not called imprecise")
    finest = 24 if end - start <= 12 * HOUR else 168 if end - start <= 25 * HOUR else 8760
    return identity, content, (Event(places.key(source, data), start // HOUR, incident_measures(data), finest),)

def tag_breach(kind: str, source: str, data: dict, places: Places):
    start, end = (instant(data.get(member) or data["occurredFrom"]) for member in ("occurredFrom", "occurredTo"))
    related = data.get("knifeRelated") is not False
    content = (data["kind"], data["state"], start, end, instant(data.get("detectedAt")),
               instant(data.get("uploadedAt")), related, place_as_sent(data))
    state = data["state"] if related and data["kind"] != "batteryLow" else None
    measures = {"alerted": ("tagAlert",), "confirmed": ("tagAlert", "tagBreach")}.get(state, ())
    return ("tag", source, data["reference"]), content, (Event(places.key(source, data), start // HOUR, measures),)

def hospital(kind: str, source: str, data: dict, places: Places):  # responsibleArea is no member of its contract
    def assault(row: dict) -> tuple[tuple, Event]:
        assaulted, arrived = instant(row.get("assaultAt")), instant(row.get("arrivedAt"))
        mechanism, band = row["mechanism"], row.get("ageBand") or "unknown"
        measures = {"knife": ("hospitalSharp", "hospitalKnife"), "bottleOrGlass": ("hospitalSharp",)}.get(mechanism, ())
        content = (assaulted, arrived, mechanism, band, row.get("locationType"), place_as_sent(row))
        at = arrived if assaulted is None else assaulted
        return content, Event(places.key(source, row, data["site"]), at // HOUR, ("hospitalAssault", *measures))
    rows = [row | {"responsibleArea": None} for row in ([data] if kind == "hospital.attendance" else data["assaults"])]
    contents, events = zip(*map(assault, rows)) if rows else ((), ())
    if kind == "hospital.attendance":
        return ("attendance", source, data["reference"]), (data["site"], *contents), events
    return ("return", source, data["site"], data["periodStart"], data["periodEnd"]), contents, events

READERS: dict[tuple[str, str], Callable] = {
    **{("incidents", "incident." + kind): incident for kind in ("recorded", "amended", "cancelled", "transferred")},
    **{("hospital", "hospital." + kind): hospital for kind in ("attendance", "return")},
    ("tag-breaches", "tag.breach"): tag_breach}

def once(pairs: list[tuple]) -> dict:
    if len(members := dict(pairs)) != len(pairs):
        raise Unreadable("a member of it stands twice")
    return members

def read_event(record: Record, places: Places):
    """(identity, revision, content, events) of an accepted record: a CloudEvent in structured or binary mode."""
    try:
        data = json.loads(record.value.decode("utf-8-sig"), object_pairs_hook=once)
        structured = (record.headers.get("content-type") or b"").lower().startswith(b"application/cloudevents")
        if structured or "ce_type" not in record.headers:
            kind, source, data = (data[member] for member in ("type", "source", "data"))
        else:
            kind, source = (record.headers[name].decode("utf-8") for name in ("ce_type", "ce_source"))
        if (read := READERS.get((record.position[0], kind))) is None:
            raise Unreadable("its topic carries no such type")
        revision = data["revision"]
        if isinstance(revision, bool) or revision != int(revision) or not 1 <= revision <= 2**53:
            raise Unreadable("its revision is none")
        identity, content, events = read(kind, source, data, places)
        hash((identity, content))  # finds a list or an object where a word belongs
        return identity, int(revision), content, events
    except STRANGE as error:
        raise Unreadable(f"it does not follow the contract ({type(error).__name__})") from error

# --- What stands, and the verdict on each record ----------------------------------------------------------------------
# Events by area; verdicts by topic; records whose identity another partition spoke of too: the merge decides on them.
Standing = namedtuple("Standing", "events verdicts differences across")

def refusals(records: Iterable[Record]) -> tuple[set[tuple], list[str]]:
    """The positions that rejections name. The header `topic` may have the topics' prefix or not."""
    refused, differences = set(), []
    for record in records:
        topic = record.position[0].removesuffix(".rejections")
        try:
            of, partition, offset = (record.headers[name].decode() for name in ("topic", "partition", "offset"))
            position = (topic, int(partition), int(offset))
        except STRANGE:
            differences.append(f"unreadable {named(*record.position)}: no topic, partition and offset")
            continue
        if not of.endswith(topic):
            differences.append(f"stray {named(*record.position)}: it refuses another topic's record")
        elif position in refused:
            differences.append(f"duplicated {named(*position)}: refused twice")
        refused.add(position)
    return refused, differences

def replay(records: Iterable[Record], refused: set[tuple], places: Places) -> Standing:
    """Gives each input record its verdict, in the order of its partition; what stands at the end is what counts."""
    known: dict[tuple, tuple] = {}  # identity → revision, content, events, partition
    verdicts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(VERDICTS, 0))
    differences, found, last, across = [], set(), {}, 0
    for record in records:
        topic, partition, offset = position = record.position
        if offset <= last.get((topic, partition), -1):
            differences.append(f"reordered {named(*position)}: read after offset {last[topic, partition]}")
        last[topic, partition] = offset
        verdicts[topic]["in"] += 1
        if position in refused:
            found.add(position)
            verdicts[topic]["rejected"] += 1
            continue
        try:
            identity, revision, content, events = read_event(record, places)
        except Unreadable as reason:
            differences.append(f"unreadable {named(*position)}: accepted, but {reason}")
            continue
        before = known.get(identity, (0, None, (), partition))
        across += before[3] != partition
        verdict = "duplicate" if content == before[1] else "conflict"
        if revision > before[0]:
            verdict, known[identity] = "folded", (revision, content, events, partition)
        elif revision < before[0]:
            verdict = "superseded"
        verdicts[topic][verdict] += 1
    differences += (f"stray {named(*position)}: refused, but not in the topic" for position in sorted(refused - found))
    by_area: dict[str, list[Event]] = defaultdict(list)
    for event in (event for _, _, events, _ in known.values() for event in events if event.measures):
        by_area[event.place].append(event)
    return Standing(dict(by_area), dict(verdicts), differences, across)

# --- Counts -----------------------------------------------------------------------------------------------------------
@functools.cache
def london_day(hour: int) -> int:
    """The local day (an ordinal) of an hour since 1970. London's offset is whole hours, so an hour is in one day."""
    return datetime.fromtimestamp(hour * 3600, ZoneInfo("Europe/London")).toordinal()

def counts(events: Iterable[Event], now: int) -> dict[str, dict[str, int]]:
    """Every measure in every window at `now` (milliseconds). Hours after now's wait everywhere but in `total`."""
    table = {measure: dict.fromkeys(WINDOWS, 0) for measure in MEASURES}
    for event in events:
        age, windows = now // HOUR - event.hour, ["total"]
        if age >= 0:
            windows += (("previous" if age >= hours else "") + name for name, hours in SPANS.items()
                        if hours >= event.finest and age < 2 * hours)
            days_ago = london_day(now // HOUR) - london_day(event.hour)
            if days_ago <= 1 and event.finest <= 168:
                windows.append("yesterday" if days_ago else "today")
        for measure, window in itertools.product(event.measures, windows):
            table[measure][window] += 1
    return table

# --- Signals ----------------------------------------------------------------------------------------------------------
# Of a detector: oldest and newest day of its baseline (in days before), what it judges unless told so, its parameters.
EARS = {"baseline": 7, "lag": 2, "threshold": 3.090232306167813, "minSigma": 1}
DETECTORS = {
    "earsC2": (9, 3, ["knifeCrime", "knifeInjury", "hospitalSharp", "tagBreach"], EARS),
    "earsC1": (7, 1, [], EARS | {"lag": 0}),
    "earsC3": (11, 1, [], EARS | {"threshold": 1.959963984540054}),
    "earsC3R": (11, 1, [], EARS | {"threshold": 1.959963984540054})}
STANDS, ENDED = ("raised", "updated"), ("cleared", "withdrawn")
AFTER = {"raised": (None, *ENDED), "updated": STANDS, "cleared": STANDS, "withdrawn": (*STANDS, "cleared")}

def judge(name: str, parameters: dict, counts: list[int]) -> tuple:
    """What a detector says of the last of the counts, of days in a row: expected, threshold, score, interval, alarm."""
    def excess(back: int) -> tuple:  # mean, deviation, and by how many deviations that day is over the mean
        day = len(counts) - 1 - back
        base = counts[day - parameters["lag"] - 7:day - parameters["lag"]]
        mean, sigma = sum(base) / 7, max(statistics.stdev(base), parameters["minSigma"])
        return mean, sigma, (counts[day] - mean) / sigma
    (mean, sigma, score), limit = excess(0), parameters["threshold"]
    if name in ("earsC1", "earsC2"):
        return mean, mean + limit * sigma, score, recurrence(score), counts[-1] > mean + limit * sigma
    terms = [max(0.0, excess(back)[2] - 1) for back in (0, 1, 2)]
    if name == "earsC3R":  # leaves today's term out, and its upper bound of today's count is never below 0
        return mean, None, sum(terms[1:]), None, sum(terms[1:]) > limit and counts[-1] > 0
    return mean, None, sum(terms), None, sum(terms) > limit

def recurrence(score: float) -> int:
    """⌊1 / P(T > score / √(8/7))⌋, at most a century of days; T: Student's t of six degrees of freedom."""
    t = score / math.sqrt(8 / 7)
    squared = 6 / (6 + t * t)
    tail = (1 - t / math.sqrt(6 + t * t) * (1 + squared / 2 + 3 * squared ** 2 / 8)) / 2
    return min(int(1 / tail), 36_500) if tail > 0 else 36_500

def severity(measure: str, interval: int | None) -> str:
    degree = "low" if interval is None or interval < 120 else "medium" if interval < 365 else "high"
    return "high" if measure == "knifeHomicide" else degree

def rules(configuration: dict, birth: str | None = None) -> dict[tuple[str, str], tuple[int, dict]]:
    """{(measure, detector): (the first day judged, an ordinal; parameters)}, in the order of every output. Nothing is
    judged of a topic for which neither the configuration nor the journal's birth says when observation began."""
    judged = {}
    for measure in MEASURES:
        topic = INPUTS[2 if measure.startswith("hospital") else 1 if measure.startswith("tag") else 0]
        observed = (configuration.get("observedFrom") or {}).get(topic) or birth or "9999-12-01"
        for name, (oldest, _, measures, parameters) in DETECTORS.items():
            told = (configuration.get("detectors") or {}).get(name) or {}
            if measure in (measures if told.get("measures") is None else told["measures"]):
                values = {key: value if told.get(key) is None else told[key] for key, value in parameters.items()}
                judged[measure, name] = (date.fromisoformat(observed).toordinal() + oldest, values)
    return judged

def standing(events: Iterable[Event], now: int, judged: dict) -> dict[tuple[str, str, str], str]:
    """{(measure, detector, first day): severity} of the episodes that reach the newest three days at `now`."""
    found = {}
    count = Counter((measure, london_day(event.hour)) for event in events for measure in event.measures
                    if event.finest <= 168 and event.hour <= now // HOUR)
    for (measure, name), (earliest, parameters) in judged.items():
        day = first = london_day(now // HOUR)
        alarms = []
        while day >= max(first - 2, earliest):
            said = judge(name, parameters, [count[measure, day - back] for back in range(11, -1, -1)])
            if said[4]:
                first, alarms = day, [*alarms, said[2:4]]
            day -= 1
        if alarms:
            found[measure, name, date.fromordinal(first).isoformat()] = severity(measure, max(alarms)[1])
    return found

def mistakes(told: dict) -> Iterator[str]:
    """What of a signal does not follow from its own `observed` and `baseline`."""
    name = told["detector"]["name"]
    oldest, newest = DETECTORS[name][:2]
    if len(told["baseline"]) != oldest - newest + 1 or told["day"] not in told["days"]:
        yield "the baseline has another length, or the peak is none of the days"
    said = judge(name, told["detector"]["parameters"], told["baseline"] + [0] * (newest - 1) + [told["observed"]])
    for member, ours in zip(("expected", "threshold", "score", "recurrenceIntervalDays"), said):
        if ours != told[member] and (ours is None or told[member] is None or abs(ours - told[member]) > 5.1e-5):
            yield f"{member}: reference {ours}, program {told[member]}"
    if told["severity"] != severity(told["measure"], said[3]) or not said[4]:
        yield f"severity {told['severity']}: reference {severity(told['measure'], said[3])}, in alarm: {said[4]}"

def load_signals(records: Iterable[Record]) -> tuple[dict[tuple, dict], list[str]]:
    """The latest record of each signal, by area, measure, detector and first day; and what is wrong with any."""
    latest, series_of, differences = {}, {}, []
    for record in records:
        where = f"signal {named(*record.position)}:"
        try:
            told = json.loads(record.value)
            series = (told["area"], told["measure"], told["detector"]["name"], told["days"][0])
            before = latest.get(series, {"id": told["id"], "revision": 0, "status": None})
            differences += (f"divergent {where} {mistake}" for mistake in mistakes(told))
            said = [record.key, *(record.headers.get(name) for name in ("signal-id", "revision", "status"))]
            if said != [str(told[member]).encode() for member in ("area", "id", "revision", "status")]:
                differences.append(f"divergent {where} its key or headers say something else")
            if series_of.setdefault(told["id"], series) != series or told["id"] != before["id"]:
                differences.append(f"divergent {where} {told['id']} and {' '.join(series)} do not name each other")
            if told["revision"] != before["revision"] + 1:
                kind = "lost" if told["revision"] > before["revision"] else "duplicated"
                differences.append(f"{kind} {where} revision {told['revision']} after {before['revision']}")
            if before["status"] not in AFTER[told["status"]]:
                differences.append(f"divergent {where} {told['status']} after {before['status']}")
            latest[series] = told
        except STRANGE as error:
            differences.append(f"unreadable {where} it does not follow the contract ({type(error).__name__})")
    return latest, differences

# --- The comparison ---------------------------------------------------------------------------------------------------
def load_projections(records: Iterable[Record]) -> tuple[dict[str, dict], list[str]]:
    """The latest projection of each key; a tombstone takes one away."""
    latest, differences = {}, []
    for record in records:
        key, partition = (record.key or b"").decode("utf-8", "replace"), record.position[1]
        if key in latest and latest[key][0] != partition:
            differences.append(f"duplicated {key}: it has projections in two partitions")
        try:
            latest[key] = (partition, json.loads(record.value) if record.value else None)
        except ValueError:
            differences.append(f"unreadable {named(*record.position)}: a projection that is no JSON")
    return {key: value for key, (_, value) in latest.items() if value is not None}, differences

def compare(stands: Standing, projections: dict, places: Places, signals: dict, judged: dict) -> Iterator[str]:
    """Each difference as a line: its kind, area, measure, window, the reference's number and the program's."""
    def flat(table: dict[str, dict]) -> dict[tuple[str, str], int]:
        return {(measure, window): count for measure, windows in table.items() for window, count in windows.items()}
    for area in sorted(stands.events.keys() | projections.keys() | {series[0] for series in signals}):
        events, projection = stands.events.get(area, []), projections.get(area)
        told = {key[1:]: signal for key, signal in signals.items() if key[0] == area and signal["status"] in STANDS}
        if projection is None:
            yield from (f"unseen {area} {measure} total: reference {windows['total']}, program has no projection"
                        for measure, windows in counts(events, 0).items() if windows["total"])
            yield from (f"unseen {area} signal {' '.join(series)}: no projection" for series in told)
            continue
        try:
            now = instant(projection["now"])
            ours, program = flat(counts(events, now)), flat(projection["measures"])
            harm = list(compare_harm(area, events, now, projection))
        except (Unreadable, *STRANGE) as error:
            yield f"unreadable {area}: a projection without a proper now and measures ({type(error).__name__})"
            continue
        if area not in places.areas and area.split(".")[0] != "unattributed":
            yield f"divergent {area}: no such area is counted"
        for member, name in zip(("area", "name", "force"), (area, *places.areas.get(area, ()))):
            if projection.get(member) != name:
                yield f"divergent {area} {member}: reference {name}, program {projection.get(member)}"
        for cell in dict.fromkeys((*ours, *program)):
            if ours.get(cell) != program.get(cell) or type(program.get(cell)) is not int:
                pair = f"reference {ours.get(cell)}, program {program.get(cell)} (now {projection['now']})"
                yield f"divergent {area} {' '.join(cell)}: {pair}"
        yield from harm
        due = standing(events, now, judged if area in places.areas else {})
        yield from compare_signals(area, due, told, projection.get("signals"), judged)

def compare_harm(area: str, events: Iterable[Event], now: int, projection: dict) -> Iterator[str]:
    """Hidden harm: null while either has not come, no day that police do not cover yet, and the counts of its 28 days."""
    told, sources = projection.get("hiddenHarm"), projection.get("sources") or {}
    police, hospitals = (instant(sources.get(topic, {}).get("received")) for topic in ("incidents", "hospital"))
    if told is None or police is None or hospitals is None:
        if told or (police is not None and hospitals is not None):
            yield f"divergent {area} hiddenHarm: {told}, with police of {police} and hospitals of {hospitals}"
        return
    end = london_day(instant(told["until"]) // HOUR)  # the day after the last one
    days = Counter(measure for event in events if event.finest <= 168 and event.hour <= now // HOUR
                   and end - 28 <= london_day(event.hour) < end for measure in event.measures)
    pair = days["hospitalKnife"], days["knifeInjury"]
    due = {"window": "28d", "until": told["until"], "hospitalKnife": pair[0], "knifeInjury": pair[1],
           "atLeast": max(pair), "atMost": sum(pair)}
    if told != due or end > london_day(police // HOUR):
        yield f"divergent {area} hiddenHarm: reference {due}, program {told} (now {projection['now']})"

def compare_signals(area: str, due: dict, told: dict, listed: list | None, judged: dict) -> Iterator[str]:
    """The signals that must stand against those that do in the topic, and those against what the projection lists."""
    for series in dict.fromkeys((*due, *told)):
        ours, program = due.get(series), told[series]["severity"] if series in told else None
        if ours != program:
            said = f"{area} signal {' '.join(series)}: reference {ours}, program {program}"
            yield ("divergent " if program else "unseen ") + said
        elif told[series]["detector"]["parameters"] != judged[series[:2]][1]:
            yield f"divergent {area} signal {' '.join(series)}: its parameters are not those in force"
    lines = [{"id": signal["id"], "measure": measure, "severity": signal["severity"], "since": signal["raisedAt"]}
             for measure, name in judged for series, signal in told.items() if series[:2] == (measure, name)]
    if listed != lines:
        yield f"divergent {area} signals: the topic has {lines}, the projection {listed}"

# --- Topics and dumps -------------------------------------------------------------------------------------------------
def load_line(line: bytes, prefix: str = "") -> Record:
    """A line of `kcat -J` or of a dump: the code points of its strings stand for bytes."""
    def raw(text: str | None) -> bytes | None:
        return None if text is None else text.encode("latin-1")
    held = json.loads(line.decode("latin-1"))
    flat = held.get("headers") or []
    headers = {name: raw(value) for name, value in zip(flat[::2], flat[1::2])}
    position = (held["topic"].removeprefix(prefix), held["partition"], held["offset"])
    return Record(position, raw(held.get("key")), headers, raw(held["payload"]))

def kcat(*arguments: str) -> Iterator[bytes]:
    with subprocess.Popen(["kcat", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        yield from process.stdout
    if process.returncode != 0:
        raise ConnectionError(f"kcat ended with {process.returncode}")

def reader(options: argparse.Namespace) -> Callable[[str], Iterator[Record]]:
    """A function from a topic's name, without prefix, to its records: in the dump files, or committed on a broker."""
    def read(topic: str) -> Iterator[Record]:
        lines = (line for path in options.dump or [] for line in path.open("rb") if topic.encode() in line)
        if not options.dump:
            lines = kcat(*consume, "-t", options.prefix + topic) if options.prefix + topic in there else ()
        for line in lines:
            if save:
                save.write(line)
            if (record := load_line(line, options.prefix)).position[0] == topic:
                yield record
    save = open(options.save, "wb", buffering=0) if options.save else None
    if not options.dump:
        common = ["-b", options.bootstrap_servers, *(part for setting in options.X for part in ("-X", setting))]
        consume = [*common, "-X", "isolation.level=read_committed", "-C", "-o", "beginning", "-e", "-q", "-J"]
        there = {topic["topic"] for topic in json.loads(b"".join(kcat(*common, "-L", "-J")))["topics"]}
        if not any(options.prefix + topic in there for topic in INPUTS):
            raise ConnectionError(f"no input topic is there (prefix {options.prefix!r})")
    return read

def load_configuration(path: Path | None) -> dict:
    """A configuration file: JSON in which comments may stand; a list is the registry of sources alone."""
    text_or_comment = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
    held = json.loads(text_or_comment.sub(lambda match: match[1] or " ", path.read_text("utf-8"))) if path else {}
    return {"sources": held} if isinstance(held, list) else held

def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="reference.py", description="The slow reference of projections and signals.")
    parser.add_argument("command", choices=("compare", "conservation"))
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--bootstrap-servers", metavar="HOST:PORT")
    place.add_argument("--dump", action="append", type=Path, metavar="FILE", help="read the topics from dumps instead")
    parser.add_argument("--prefix", default="", help="of the topics' names")
    parser.add_argument("-X", action="append", default=[], metavar="NAME=VALUE", help="any librdkafka property")
    parser.add_argument("--config", "--registry", type=Path, metavar="FILE", help="in force at the end; or its sources")
    parser.add_argument("--birth", metavar="DAY", help="of the journal: days are observed from then unless configured")
    parser.add_argument("--lookups", type=Path, default=LOOKUPS, metavar="DIR", help="the public look-up tables")
    parser.add_argument("--verdicts", type=Path, metavar="FILE", help='the program\'s: {"incidents":{"in":2,…}}')
    parser.add_argument("--save", type=Path, metavar="FILE", help="write what was read as a dump")
    parser.add_argument("--limit", type=int, default=40, help="how many differences to print; all are counted")
    options = parser.parse_args(arguments)
    try:
        configuration = load_configuration(options.config)
        places = Places(options.lookups, configuration.get("sources") or ())
        judged, read = rules(configuration, options.birth), reader(options)
        refused, differences = refusals(record for topic in INPUTS for record in read(topic + ".rejections"))
        stands = replay((record for topic in INPUTS for record in read(topic)), refused, places)
        differences += stands.differences
        if options.command == "compare":
            projections, strange = load_projections(read("borough-projections"))
            signals, wrong = load_signals(read("hotspot-signals"))
            differences += [*strange, *wrong, *compare(stands, projections, places, signals, judged)]
            print(f"{len(projections)} projections, {len(signals)} signals, {len(stands.events)} areas that count")
        for topic, told in json.loads(options.verdicts.read_text("utf-8") if options.verdicts else "{}").items():
            ours = stands.verdicts.get(topic, dict.fromkeys(VERDICTS, 0))
            differences += (f"verdict {topic} {verdict}: reference {ours[verdict]}, program {told.get(verdict)}"
                            for verdict in VERDICTS if told.get(verdict) != ours[verdict])
    except (OSError, *STRANGE) as reason:
        print(f"reference: cannot read what was given: {type(reason).__name__}: {reason}", file=sys.stderr)
        return 3 if isinstance(reason, ConnectionError) else 2
    differences += [] if stands.verdicts else ["nothing: no input topic holds a record, so nothing was checked"]
    more = [f"… and {len(differences) - options.limit} more"] if len(differences) > options.limit else []
    print("".join(line + "\n" for line in differences[:options.limit] + more), end="")
    for topic, tally in stands.verdicts.items():
        print(f"{topic}: in {tally['in']} =", " + ".join(f"{verdict} {tally[verdict]}" for verdict in VERDICTS[1:]))
    if stands.across:
        print(f"{stands.across} records share an identity across partitions: the merge order decides their verdicts")
    print(f"{len(differences)} differences" if differences else "no difference")
    return 1 if differences else 0

if __name__ == "__main__":
    sys.exit(main())
