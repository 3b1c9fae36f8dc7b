"""Looks at everything that a deployment has published and says by name what is wrong with it.

What is checked without the program: that each input record has one journal line or one rejection, in order; that each
signal's revisions are 1, 2, 3 … and its life is as the contract has it; that projections and progress only go forward; that
the chain of digests is that of what was published; that the reader which was there all along saw what a reader finds
afterwards, no more and no less. Counts, verdicts, standing signals and their numbers are the slow reference's; `verify` and
`status` are asked too.
"""

import hashlib, json

from .deployment import Deployment
from .reader import INPUTS, Reader, Seen
from .report import Report

STANDING = ("raised", "updated")
NEXT = {None: ("raised",), "raised": ("updated", "cleared", "withdrawn"), "updated": ("updated", "cleared", "withdrawn"),
        "cleared": ("raised", "withdrawn"), "withdrawn": ("raised",)}


def check(deployment: Deployment) -> None:
    """To be called when all that was sent is folded."""
    report, live = deployment.report, deployment.reader
    live.drain()
    fresh = Reader(deployment.broker, deployment.prefix).start()
    fresh.drain()
    fresh.stop()
    compare_readers(live, fresh, report)
    each_record_once(deployment, fresh, report)
    check_ticks(fresh, report)
    check_signals(fresh, report)
    check_projections(fresh, report)
    check_progress(fresh, report)
    check_digests(fresh, report)
    ask_status(deployment)
    deployment.ask_reference("--verdicts", str(deployment.directory / "verdicts.json"))
    ask_verify(deployment)
    left = sum(deployment.broker.end(deployment.prefix + topic, number) > 0 for topic, number in fresh.records)
    report.require(left > 0 and len(deployment.sent) > 0, "nothing was sent, so nothing was proved")
    report.counts["records sent"] += len(deployment.sent)
    report.counts["revisions of signals"] += len(fresh.topic("hotspot-signals"))
    report.counts["projections"] += len(fresh.topic("borough-projections"))


def compare_readers(live: Reader, fresh: Reader, report: Report) -> None:
    for partition, found in fresh.records.items():
        name = f"{partition[0]}-{partition[1]}"
        seen = live.records[partition]
        for before, after in zip(seen, seen[1:]):
            if after.offset <= before.offset:
                report.find("reordered", f"{name}@{after.offset} was seen after {before.offset}")
        ours, theirs = ({record.offset: record.content for record in records} for records in (seen, found))
        for offset in sorted(ours.keys() - theirs.keys()):
            report.find("aborted-read", f"{name}@{offset} was seen, and is not there any more")
        for offset in sorted(theirs.keys() - ours.keys()):
            report.find("unseen", f"{name}@{offset} is there, and was not seen")
        for offset in sorted(ours.keys() & theirs.keys()):
            if ours[offset] != theirs[offset]:
                report.find("divergent", f"{name}@{offset} is not what was seen there")


def journal_frames(reader: Reader) -> list[Seen]:
    return reader.topic("journal")


def each_record_once(deployment: Deployment, reader: Reader, report: Report) -> None:
    places: dict[tuple[str, int, int], list[str | None]] = {}
    newest: dict[tuple, int] = {}

    def note(position: tuple[str, int, int], code: str | None) -> None:
        places.setdefault(position, []).append(code)
        kind = (position[:2], code is None)
        if position[2] <= newest.get(kind, -1):
            report.find("reordered", f"{position} comes behind {newest[kind]}")
        newest[kind] = position[2]

    for frame in journal_frames(reader):
        if frame.text("kind") == "events":
            for line in frame.value.splitlines():
                topic, partition, offset = json.loads(line)["from"]
                note((topic.removeprefix(deployment.prefix), partition, offset), None)
    for topic in INPUTS:
        for refusal in reader.topic(topic + ".rejections"):
            note((refusal.text("topic").removeprefix(deployment.prefix), int(refusal.text("partition")),
                  int(refusal.text("offset"))), refusal.text("code"))
    for position, code in deployment.sent.items():
        found = places.pop(position, [])
        if not found:
            report.find("lost", f"{position} has neither a journal line nor a rejection")
        elif len(found) > 1:
            report.find("duplicated", f"{position} has {len(found)} journal lines and rejections")
        elif found[0] != code:
            report.find("divergent", f"{position} must be {code or 'accepted'} and is {found[0] or 'accepted'}")
    for position in places:
        report.find("divergent", f"{position} was never sent")


def check_ticks(reader: Reader, report: Report) -> None:
    newest = -1
    for frame in journal_frames(reader):
        if frame.text("kind") == "tick":
            hour = int(frame.text("at")) // 3_600_000
            if hour <= newest:
                report.find("duplicated", f"the journal ticks hour {hour} after {newest}")
            newest = hour
            report.counts["ticks"] += 1


def check_signals(reader: Reader, report: Report) -> None:
    revisions: dict[str, tuple[int, str]] = {}
    last = (-1, -1)
    for record in reader.topic("hotspot-signals"):
        signal = json.loads(record.value)
        name = f"{signal['id']} {signal['area']} {signal['measure']} {signal['revision']}"
        before, status = revisions.get(signal["id"], (0, None))
        if signal["revision"] <= before:
            kind = "duplicated" if signal["revision"] == before else "reordered"
            report.find(kind, f"signal {name} comes after its revision {before}")
        elif signal["revision"] > before + 1:
            report.find("lost", f"signal {name} follows its revision {before}")
        elif signal["status"] not in NEXT[status]:
            report.find("divergent", f"signal {name} is {signal['status']} after {status}")
        revisions[signal["id"]] = (signal["revision"], signal["status"])
        position = (signal["position"]["frame"], signal["position"]["index"])
        if position <= last:
            report.find("reordered", f"signal {name} at {position} comes after {last}")
        last = position
        if record.key.decode() != signal["area"] or [record.text(header) for header in (
                "signal-id", "revision", "status")] != [signal["id"], str(signal["revision"]), signal["status"]]:
            report.find("divergent", f"signal {name}: its key or headers say something else")


def check_projections(reader: Reader, report: Report) -> None:
    newest: dict[str, tuple[int, str]] = {}
    last = -1
    for record in reader.topic("borough-projections"):
        projection = json.loads(record.value)
        area, frame, now = projection["area"], projection["position"]["frame"], projection["now"]
        before = newest.get(area, (-1, ""))
        if frame == before[0]:
            report.find("duplicated", f"{area} was published twice at frame {frame}")
        elif frame < last or now < before[1]:
            report.find("reordered", f"{area} at frame {frame}, {now}, comes after frame {last}, {before[1]}")
        newest[area] = (frame, now)
        last = max(last, frame)


def check_digests(reader: Reader, report: Report) -> None:
    """The chain of digests, computed anew: BLAKE2b-256 over the link before, a frame's checksum, and its signals' bytes."""
    signals: dict[int, bytes] = {}
    for record in reader.topic("hotspot-signals"):
        frame = json.loads(record.value)["position"]["frame"]
        signals[frame] = signals.get(frame, b"") + record.value
    chain = [bytes(32)]
    for number, frame in enumerate(journal_frames(reader)):
        link = chain[-1] + bytes.fromhex(frame.text("checksum")) + signals.get(number, b"")
        chain.append(hashlib.blake2b(link, digest_size=32).digest())
    for record in reader.topic("progress"):
        if (record.key or b"").startswith(b"fold:") and record.value is not None:
            mark = json.loads(record.value)
            if mark.get("digest") and mark["digest"] != chain[mark["frame"]].hex():
                report.find("divergent", f"the digest at frame {mark['frame']} is not that of what was published")
            report.counts["digests"] += 1


def check_progress(reader: Reader, report: Report) -> None:
    newest: dict[str, dict] = {}
    for record in reader.topic("progress"):
        key = (record.key or b"").decode()
        if not key.startswith(("fold:", "ingest:")) or record.value is None:
            continue
        mark = json.loads(record.value)
        before = newest.get(key)
        if before is not None:
            if mark["offset"] < before["offset"] or mark.get("frame", 0) < before.get("frame", 0):
                report.find("reordered", f"progress of {key} falls from {before['offset']} to {mark['offset']}")
            if mark.get("frame") == before.get("frame") and mark.get("digest") != before.get("digest"):
                report.find("divergent", f"progress of {key} has two digests at frame {mark.get('frame')}")
        newest[key] = mark


def ask_status(deployment: Deployment) -> None:
    """Conservation: each record that was sent has one verdict, and none waits."""
    report = deployment.report
    answer = deployment.run("status", "--json")
    report.require(answer.returncode == 0, f"status ended with {answer.returncode}: {answer.stderr}{answer.stdout[-500:]}")
    if answer.returncode not in (0, 1):
        return
    status = json.loads(answer.stdout)
    for topic, verdicts in status["verdicts"].items():
        sent = sum(position[0] == topic for position in deployment.sent)
        if verdicts["waiting"] != 0:
            report.find("lost" if verdicts["waiting"] > 0 else "duplicated",
                        f"status: {topic} has {verdicts['waiting']} records without a verdict")
        if verdicts["in"] != sent:
            report.find("lost" if verdicts["in"] < sent else "duplicated",
                        f"status: {verdicts['in']} records of {topic}, {sent} were sent")
    (deployment.directory / "verdicts.json").write_text(json.dumps(status["verdicts"]))


def ask_verify(deployment: Deployment) -> None:
    report = deployment.report
    answer = deployment.run("verify", "--json")
    if answer.returncode == 1:
        report.find("divergent", f"verify: {answer.stdout.strip()}")
    elif answer.returncode != 0:
        report.require(False, f"verify ended with {answer.returncode}: {answer.stderr}")
    else:
        for line in answer.stdout.splitlines():
            report.counts["frames verified"] += json.loads(line)["frames"]
