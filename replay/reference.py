#!/usr/bin/env python3
"""The slow reference: what the projections must say, computed from nothing but what the input topics hold.

One plain file, Python 3.11, standard library only. It knows the contracts and the public look-up tables, and nothing of
the program: no journal, no checkpoint, none of its tables. Three things are taken as given: which positions the topics
`<input>.rejections` name as refused, each projection's own `now`, and the registry of sources.

Topics are read through `kcat -J`: one JSON object a line, in which only those bytes are escaped that JSON must have
escaped, so its strings are strings of bytes. Decoded as Latin-1, each key, header and value comes back exactly,
whatever it holds. A dump file is the same lines (README.md says how to write one).

    reference.py compare --bootstrap-servers HOST:PORT [--prefix P] [-X NAME=VALUE]…  projections and verdicts
    reference.py conservation …                                                       verdicts alone

Exit codes: 0 equal, 1 the answer is no, 2 usage or a file that cannot be read, 3 the broker or a topic is unreachable.
"""

import argparse, csv, functools, json, re, subprocess, sys
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Callable, Iterable, Iterator, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

try:
    LONDON = ZoneInfo("Europe/London")
except ZoneInfoNotFoundError:
    print("reference: this machine does not know Europe/London; install tzdata (from Debian or PyPI)", file=sys.stderr)
    sys.exit(2)

LOOKUPS = Path(__file__).resolve().parents[2] / "shared/data/lookups"
INPUTS = ("incidents", "tag-breaches", "hospital")
PROJECTIONS = "borough-projections"
VERDICTS = ("in", "rejected", "folded", "duplicate", "conflict", "superseded")
MEASURES = (
    "knifeCrime", "knifeInjury", "knifeInjuryUnder25", "knifeRobbery", "knifeHomicide", "possession", "robbery",
    "violence", "openViolence", "openWeapons", "hospitalAssault", "hospitalSharp", "hospitalKnife", "tagAlert",
    "tagBreach")
SPANS = {"24h": 24, "7d": 168, "28d": 672, "365d": 8760}  # hours
WINDOWS = (*SPANS, *("previous" + span for span in SPANS), "today", "yesterday", "total")
HOUR = 3_600_000  # milliseconds
named = "{}/{}@{}".format  # a position: topic, partition, offset

# The rules of CONTRACTS §2; the seven groups of offences that can be knife crime are those of DOMAIN §1.1.
HOMICIDE = {"1", "4.1", "4.2", "4.10"}
ROBBERY = {"34A", "34B"}
POSSESSION = {"10C", "10D", "90"}
SEXUAL = {"19C", "19D", "19E", "19F", "19G", "19H", "17A", "17B", "20A", "20B"}
SEVEN_GROUPS = HOMICIDE | ROBBERY | SEXUAL | {"2", "3B", "5D", "8N", "8P", "8S"}
VIOLENCE = HOMICIDE | {"2", "3A", "3B", "5D", "5E", "8N", "8P", "8S", "36", "104", "105A"}
CLASSES = {
    "police-uk:violence-and-sexual-offences": "openViolence", "police-uk:possession-of-weapons": "openWeapons",
    "police-uk:robbery": "robbery", "mps:knifeCrime": "knifeCrime", "mps:knifeCrimeWithInjury": "knifeInjury"}


class Unreadable(Exception):
    """Accepted, but the contract gives it no meaning: the program should have refused it, or the reference errs."""


class Unreachable(Exception):
    """The broker does not answer, or no input topic is there."""


class Record(NamedTuple):
    position: tuple[str, int, int]  # topic (without the prefix), partition, offset
    key: bytes | None
    headers: dict[str, bytes | None]
    value: bytes | None


class Event(NamedTuple):
    """One thing that counts: where, in which hour (since 1970, UTC), in which measures, and from which window on."""
    place: str
    hour: int
    measures: tuple[str, ...]
    finest: int = 24  # the shortest window it counts in, hours; local days count those of at most 168


# --- Places -----------------------------------------------------------------------------------------------------------
class Places:
    """The areas that are counted, every code an authority ever had, and the force each source speaks for."""

    def __init__(self, lookups: Path = LOOKUPS, registry: Path | None = None):
        def rows(name: str) -> list[dict]:
            with open(lookups / name, newline="", encoding="utf-8-sig") as file:
                return list(csv.DictReader(file))

        self.areas = {row["ons_code"]: (row["name"], row["force_area"]) for row in rows("areas_current.csv")}
        self.successor = {row["LADCD"]: row["LADCD_ACTIVE"] for row in rows("la_all_codes.csv")}
        force_codes = {row["force_area"]: row["pfa_code"] for row in rows("areas_ext.csv")}
        self.unattributed, self.sites, self.output_areas = {}, {}, {}
        for path in sorted((lookups.parent / "boundaries/lsoa_london").glob("*.geojson")):
            self.output_areas |= re.findall(r'"LSOA21CD": "(\w+)".*?"LADCD_ACTIVE": "(\w+)"', path.read_text("utf-8"))
        sources = json.loads(registry.read_text("utf-8")) if registry else []
        for entry in sources["sources"] if isinstance(sources, dict) else sources:
            if entry.get("force") is not None:
                self.unattributed[entry["source"]] = "unattributed." + force_codes[entry["force"]]
            for site, area in (entry.get("sites") or {}).items():
                self.sites[entry["source"], site] = area

    def key(self, source: str, data: dict, site: str | None = None) -> str:
        """Where an event counts: as located, else the responsible area, else the site's, else unattributed."""
        location = data.get("location") or {}
        if location.keys() & {"latitude", "longitude", "easting", "northing"}:
            raise Unreadable("it has coordinates, and no outlines are loaded")
        located = location.get("area") or self.output_areas.get(location.get("lsoa"))
        code = located or data.get("responsibleArea") or self.sites.get((source, site))
        if code is not None and code not in self.successor:
            raise Unreadable("no authority ever had its area code")
        current = self.successor.get(code)
        return current if current in self.areas else self.unattributed.get(source, "unattributed")


# --- What one record says ---------------------------------------------------------------------------------------------
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII)


def instant(text: str | None) -> int | None:
    """An RFC 3339 time with a zone as milliseconds since 1970, a finer fraction floored; None of None."""
    if text is None:
        return None
    match = TIME.fullmatch(text)
    if match is None:
        raise Unreadable("it has a time that is not RFC 3339 with a zone")
    year, month, day, hour, minute, second = map(int, match.group(1, 2, 3, 4, 5, 6))
    ahead = int(match.group(9) or 0) * 60 + int(match.group(10) or 0)
    minutes = ((date(year, month, day) - date(1970, 1, 1)).days * 24 + hour) * 60 + minute
    minutes += ahead if match.group(8) == "-" else -ahead
    return (minutes * 60 + second) * 1000 + int(((match.group(7) or "") + "000")[:3])


def place_as_sent(data: dict) -> tuple:
    """The members that say where, for comparing content; `unknown: false` says nothing."""
    location = data.get("location")
    members = ("area", "lsoa", "latitude", "longitude", "precisionMetres", "method", "easting", "northing", "unknown")
    values = location and [location.get(member) for member in members]
    return values and tuple(None if value is False else value for value in values), data.get("responsibleArea")


def incident_measures(data: dict) -> tuple[str, ...]:
    code = data.get("offenceCode")
    if code is None:
        measure = CLASSES.get(data["offenceClass"])
        return (measure,) if measure else ()
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
    if kind == "incident.cancelled":
        return identity, ("cancelled", data["reason"]), ()
    if kind == "incident.transferred":
        return identity, ("transferred", data["toForce"]), ()
    start = instant(data["occurredFrom"])
    end = instant(data.get("occurredTo") or data["occurredFrom"])
    imprecise = data.get("imprecise") or False
    words = tuple(data.get(member) or "unknown" for member in ("weapon", "weaponUse", "injury", "victimAgeBand"))
    content = (start, end, instant(data.get("recordedAt")), data.get("offenceCode"), data.get("offenceClass"), words,
               place_as_sent(data), imprecise)
    if end - start > 12 * HOUR and not imprecise:
        raise Unreadable("it lasts more than 12 h and is not called imprecise")
    finest = 24 if end - start <= 12 * HOUR else 168 if end - start <= 25 * HOUR else 8760
    return identity, content, (Event(places.key(source, data), start // HOUR, incident_measures(data), finest),)


def tag_breach(kind: str, source: str, data: dict, places: Places):
    start = instant(data["occurredFrom"])
    end = instant(data.get("occurredTo") or data["occurredFrom"])
    related = data.get("knifeRelated") is not False
    content = (data["kind"], data["state"], start, end, instant(data.get("detectedAt")),
               instant(data.get("uploadedAt")), related, place_as_sent(data))
    measures: tuple[str, ...] = ()
    if related and data["kind"] != "batteryLow":
        measures = {"alerted": ("tagAlert",), "confirmed": ("tagAlert", "tagBreach")}.get(data["state"], ())
    return ("tag", source, data["reference"]), content, (Event(places.key(source, data), start // HOUR, measures),)


def hospital(kind: str, source: str, data: dict, places: Places):
    def assault(row: dict) -> tuple[tuple, Event]:
        assaulted, arrived = instant(row.get("assaultAt")), instant(row.get("arrivedAt"))
        mechanism, band = row["mechanism"], row.get("ageBand") or "unknown"
        measures = ("hospitalAssault",)
        measures += ("hospitalSharp",) if mechanism in ("knife", "bottleOrGlass") else ()
        measures += ("hospitalKnife",) if mechanism == "knife" else ()
        content = (assaulted, arrived, mechanism, band, row.get("locationType"), place_as_sent(row))
        at = arrived if assaulted is None else assaulted
        return content, Event(places.key(source, row, data["site"]), at // HOUR, measures)

    if kind == "hospital.attendance":
        content, event = assault(data)
        return ("attendance", source, data["reference"]), (data["site"], content), (event,)
    rows = [assault(row) for row in data["assaults"]]
    identity = ("return", source, data["site"], data["periodStart"], data["periodEnd"])
    return identity, tuple(content for content, _ in rows), tuple(event for _, event in rows)


READERS: dict[tuple[str, str], Callable] = {
    **{("incidents", "incident." + kind): incident for kind in ("recorded", "amended", "cancelled", "transferred")},
    ("tag-breaches", "tag.breach"): tag_breach,
    ("hospital", "hospital.attendance"): hospital, ("hospital", "hospital.return"): hospital}


def parse(raw: bytes | None):
    def once(pairs: list[tuple]) -> dict:
        if len(members := dict(pairs)) != len(pairs):
            raise Unreadable("a member of it stands twice")
        return members

    if raw is None:
        raise Unreadable("it is a tombstone")
    return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=once)


def read_event(record: Record, places: Places):
    """(identity, revision, content, events) of an accepted record: a CloudEvent in structured or binary mode."""
    try:
        structured = (record.headers.get("content-type") or b"").lower().startswith(b"application/cloudevents")
        if structured or "ce_type" not in record.headers:
            envelope = parse(record.value)
            kind, source, data = envelope["type"], envelope["source"], envelope["data"]
        else:
            kind, source = (record.headers[name].decode("utf-8") for name in ("ce_type", "ce_source"))
            data = parse(record.value)
        read = READERS.get((record.position[0], kind))
        if read is None:
            raise Unreadable("its topic carries no such type")
        revision = data["revision"]
        if isinstance(revision, bool) or revision != int(revision) or not 1 <= revision <= 2**53:
            raise Unreadable("its revision is none")
        identity, content, events = read(kind, source, data, places)
        hash((identity, content))  # finds a list or an object where a word belongs
        return identity, int(revision), content, events
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise Unreadable(f"it does not follow the contract ({type(error).__name__})") from error


# --- What stands, and the verdict on each record ----------------------------------------------------------------------
class Standing(NamedTuple):
    events: dict[str, list[Event]]  # by area, those that count in a measure
    verdicts: dict[str, dict[str, int]]  # by input topic
    differences: list[str]
    across: int  # records whose identity another partition spoke of too: the journal's order decides their verdict


def refusals(records: Iterable[Record]) -> tuple[set[tuple], list[str]]:
    """The positions that rejections name. The header `topic` may have the topics' prefix or not."""
    refused: set[tuple] = set()
    differences = []
    for record in records:
        topic = record.position[0].removesuffix(".rejections")
        try:
            of, partition, offset = (record.headers[name].decode() for name in ("topic", "partition", "offset"))
            position = (topic, int(partition), int(offset))
        except (KeyError, AttributeError, ValueError):
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
    differences: list[str] = []
    found: set[tuple] = set()
    last: dict[tuple, int] = {}
    across = 0
    for record in records:
        topic, partition, offset = position = record.position
        tally = verdicts[topic]
        if offset <= last.get((topic, partition), -1):
            differences.append(f"reordered {named(*position)}: read after offset {last[topic, partition]}")
        last[topic, partition] = offset
        tally["in"] += 1
        if position in refused:
            found.add(position)
            tally["rejected"] += 1
            continue
        try:
            identity, revision, content, events = read_event(record, places)
        except Unreadable as reason:
            differences.append(f"unreadable {named(*position)}: accepted, but {reason}")
            continue
        before = known.get(identity)
        across += before is not None and before[3] != partition
        if before is None or revision > before[0]:
            known[identity] = (revision, content, events, partition)
            tally["folded"] += 1
        elif revision < before[0]:
            tally["superseded"] += 1
        else:
            tally["duplicate" if content == before[1] else "conflict"] += 1
    differences += (f"stray {named(*position)}: refused, but not in the topic" for position in sorted(refused - found))
    by_area: dict[str, list[Event]] = defaultdict(list)
    for event in (event for _, _, events, _ in known.values() for event in events if event.measures):
        by_area[event.place].append(event)
    return Standing(dict(by_area), dict(verdicts), differences, across)


# --- Counts, and the comparison ---------------------------------------------------------------------------------------
@functools.cache
def london_day(hour: int) -> int:
    """The local day (an ordinal) of an hour since 1970. London's offset is whole hours, so an hour is in one day."""
    return datetime.fromtimestamp(hour * 3600, LONDON).toordinal()


def counts(events: Iterable[Event], now: int) -> dict[str, dict[str, int]]:
    """Every measure in every window at `now` (milliseconds). Hours after now's wait everywhere but in `total`."""
    table = {measure: dict.fromkeys(WINDOWS, 0) for measure in MEASURES}
    this_hour = now // HOUR
    for event in events:
        age = this_hour - event.hour
        windows = ["total"]
        if age >= 0:
            windows += (("previous" if age >= hours else "") + name for name, hours in SPANS.items()
                        if hours >= event.finest and age < 2 * hours)
            days_ago = london_day(this_hour) - london_day(event.hour)
            if days_ago <= 1 and event.finest <= 168:
                windows.append("yesterday" if days_ago else "today")
        for measure in event.measures:
            for window in windows:
                table[measure][window] += 1
    return table


def expected(records: Iterable[Record], refused: set[tuple], now: int, places: Places) -> dict[str, dict[str, dict]]:
    """{area: {measure: {window: count}}} at `now`, of every area in which something counts."""
    return {area: counts(events, now) for area, events in replay(records, refused, places).events.items()}


def load_projections(records: Iterable[Record]) -> tuple[dict[str, dict], list[str]]:
    """The latest projection of each key; a tombstone takes one away."""
    latest: dict[str, tuple[int, dict | None]] = {}
    differences = []
    for record in records:
        key = (record.key or b"").decode("utf-8", "replace")
        partition = record.position[1]
        if key in latest and latest[key][0] != partition:
            differences.append(f"duplicated {key}: it has projections in two partitions")
        try:
            latest[key] = (partition, json.loads(record.value) if record.value else None)
        except ValueError:
            differences.append(f"unreadable {named(*record.position)}: a projection that is no JSON")
    return {key: value for key, (_, value) in latest.items() if value is not None}, differences


def compare(stands: Standing, projections: dict[str, dict], places: Places) -> Iterator[str]:
    """Each difference as a line: its kind, area, measure, window, the reference's number and the program's."""
    for area in sorted(stands.events.keys() | projections.keys()):
        events = stands.events.get(area, [])
        if area not in projections:
            yield from (f"unseen {area} {measure} total: reference {windows['total']}, program has no projection"
                        for measure, windows in counts(events, 0).items() if windows["total"])
            continue
        projection = projections[area]
        try:
            reference = counts(events, instant(projection["now"]))
            program = {measure: dict(windows) for measure, windows in projection["measures"].items()}
        except (Unreadable, LookupError, TypeError, ValueError, AttributeError) as error:
            yield f"unreadable {area}: a projection without a proper now and measures ({type(error).__name__})"
            continue
        names = {"area": area}
        if area in places.areas:
            names["name"], names["force"] = places.areas[area]
        elif area.split(".")[0] != "unattributed":
            yield f"divergent {area}: no such area is counted"
        for member, name in names.items():
            if projection.get(member) != name:
                yield f"divergent {area} {member}: reference {name}, program {projection.get(member)}"
        for measure in dict.fromkeys((*MEASURES, *program)):
            ours, theirs = reference.get(measure, {}), program.get(measure, {})
            for window in dict.fromkeys((*WINDOWS, *theirs)):
                count, told = ours.get(window), theirs.get(window)
                if count != told or type(told) is not int:
                    where = f"divergent {area} {measure} {window}"
                    yield f"{where}: reference {count}, program {told} (now {projection['now']})"


def compare_verdicts(stands: Standing, program: dict[str, dict[str, int]]) -> Iterator[str]:
    for topic, told in program.items():
        ours = stands.verdicts.get(topic, dict.fromkeys(VERDICTS, 0))
        yield from (f"verdict {topic} {verdict}: reference {ours[verdict]}, program {told.get(verdict)}"
                    for verdict in VERDICTS if told.get(verdict) != ours[verdict])


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


def kcat(arguments: list[str]) -> Iterator[bytes]:
    with subprocess.Popen(["kcat", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        yield from process.stdout
    if process.returncode != 0:
        raise Unreachable(f"kcat ended with {process.returncode}")


def dumps(options: argparse.Namespace) -> Callable[[str], Iterator[Record]]:
    """A function from a topic's name, without prefix, to its records in the dump files."""
    def read(topic: str) -> Iterator[Record]:
        for path in options.dump:
            with open(path, "rb") as file:
                records = (load_line(line, options.prefix) for line in file if topic.encode() in line)
                yield from (record for record in records if record.position[0] == topic)
    return read


def broker(options: argparse.Namespace) -> Callable[[str], Iterator[Record]]:
    """The same for the committed records on a broker; a topic that is not there has none."""
    common = ["-b", options.bootstrap_servers, *(part for setting in options.X for part in ("-X", setting))]
    there = {topic["topic"] for topic in json.loads(b"".join(kcat([*common, "-L", "-J"])))["topics"]}
    if not any(options.prefix + topic in there for topic in INPUTS):
        raise Unreachable(f"no input topic is there (prefix {options.prefix!r})")
    save = open(options.save, "wb", buffering=0) if options.save else None

    def read(topic: str) -> Iterator[Record]:
        if options.prefix + topic not in there:
            return
        consume = ["-C", "-t", options.prefix + topic, "-o", "beginning", "-e", "-q", "-J"]
        for line in kcat([*common, *consume, "-X", "isolation.level=read_committed"]):
            if save:
                save.write(line)
            yield load_line(line, options.prefix)
    return read


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="reference.py", description="The slow reference of the projections.")
    parser.add_argument("command", choices=("compare", "conservation"))
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--bootstrap-servers", metavar="HOST:PORT")
    place.add_argument("--dump", action="append", type=Path, metavar="FILE", help="read the topics from dumps instead")
    parser.add_argument("--prefix", default="", help="of the topics' names")
    parser.add_argument("-X", action="append", default=[], metavar="NAME=VALUE", help="any librdkafka property")
    parser.add_argument("--registry", type=Path, metavar="FILE", help="the registry of sources that the run had")
    parser.add_argument("--lookups", type=Path, default=LOOKUPS, metavar="DIR", help="the public look-up tables")
    parser.add_argument("--verdicts", type=Path, metavar="FILE", help='the program\'s: {"incidents":{"in":2,…}}')
    parser.add_argument("--save", type=Path, metavar="FILE", help="write what the broker held as a dump")
    parser.add_argument("--limit", type=int, default=40, help="how many differences to print; all are counted")
    options = parser.parse_args(arguments)
    projections: dict[str, dict] = {}
    try:
        places = Places(options.lookups, options.registry)
        program = json.loads(options.verdicts.read_text("utf-8")) if options.verdicts else {}
        read = dumps(options) if options.dump else broker(options)
        refused, differences = refusals(record for topic in INPUTS for record in read(topic + ".rejections"))
        stands = replay((record for topic in INPUTS for record in read(topic)), refused, places)
        differences += stands.differences
        if options.command == "compare":
            projections, strange = load_projections(read(PROJECTIONS))
            differences += [*strange, *compare(stands, projections, places)]
        differences += compare_verdicts(stands, program)
    except Unreachable as reason:
        print(f"reference: {reason}", file=sys.stderr)
        return 3
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as reason:
        print(f"reference: cannot read what was given: {type(reason).__name__}: {reason}", file=sys.stderr)
        return 2
    if not stands.verdicts:
        differences.append("nothing: no input topic holds a record, so nothing was checked")

    for line in differences[:options.limit]:
        print(line)
    if len(differences) > options.limit:
        print(f"… and {len(differences) - options.limit} more")
    for topic, tally in stands.verdicts.items():
        print(f"{topic}: in {tally['in']} =", " + ".join(f"{verdict} {tally[verdict]}" for verdict in VERDICTS[1:]))
    if stands.across:
        print(f"{stands.across} records share an identity across partitions: the merge order decides their verdicts")
    if options.command == "compare":
        print(f"{len(projections)} projections against {len(stands.events)} areas that count, "
              f"{len(MEASURES)} measures, {len(WINDOWS)} windows")
    print(f"{len(differences)} differences" if differences else "no difference")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
