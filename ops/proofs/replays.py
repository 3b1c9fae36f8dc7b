"""P9: the same journal folded again and again, each time cut otherwise, gives the same."""

import json, time

from confluent_kafka import Producer
from confluent_kafka.admin import NewTopic

from .broker import ROOT
from .checker import check
from .deployment import Deployment
from .reader import Seen
from .report import Failed

# Ways to cut what is read into batches, from a few records to everything at once.
CUTS = (
    ("-X", "fetch.message.max.bytes=1000", "-X", "fetch.wait.max.ms=1"),
    ("-X", "fetch.message.max.bytes=20000", "-X", "queued.max.messages.kbytes=64"),
    ("-X", "fetch.message.max.bytes=4194304", "-X", "queued.max.messages.kbytes=524288"),
)


def p9(deployment: Deployment, long: bool) -> None:
    report = deployment.report
    # Lived through in pieces: together and apart, with little and much in a batch.
    for number in range(12 if long else 4):
        cut = CUTS[number % len(CUTS)]
        if number % 2:
            services = [deployment.start("a", *cut, roles="ingest"), deployment.start("b", *cut, roles="fold")]
        else:
            services = [deployment.start("a", *cut)]
        for share in (1, 30, 400, *(10,) * 12):
            deployment.send(share)
            time.sleep(0.05)
        deployment.move_clock(7 * 3_600_000)
        deployment.wait_folded(*services)
        for service in services:
            report.require(service.stop() == 0, f"a service did not end well: {service.words}")
    deployment.catch_up()
    check(deployment)
    extents = []
    for cut in CUTS:
        answer = deployment.run("verify", "--json", *cut)
        if answer.returncode != 0:
            report.find("divergent", f"verify with {' '.join(cut)}: {answer.stdout}{answer.stderr}")
        extents.append(answer.stdout)
    report.require(len(set(extents)) == 1, f"verify compared other things each time: {extents}")
    held = json.loads(extents[0])
    report.measure(f"replayed 3 times by verify, with other fetch sizes: {held['digests']} digests, {held['signals']} "
                   f"signals and {held['projections']} projections, each what it was when it was published")
    report.require(held["digests"] >= 20 and held["signals"] > 0, "too little was published to compare")
    ours = marks(deployment)
    batches = {len(ours)}
    for piece, cut in zip((1, 9, 1_000_000), CUTS):
        copy = Deployment(deployment.broker, deployment.programs, deployment.directory, f"p9-by-{piece}", report,
                          deployment.seed)
        birth(deployment, copy)
        with copy:
            batches.add(compare_copy(deployment, copy, piece, cut, ours))
    report.require(len(batches) > 2, "the journal was cut into the same batches each time")


def compare_copy(
        deployment: Deployment, copy: Deployment, piece: int, cut: tuple[str, ...], ours: dict[int, tuple]) -> int:
    """Copies the journal in pieces, folds the copy meanwhile, and compares what comes of it with what came of the journal
    when it was lived. In how many batches it was folded."""
    report = deployment.report
    frames = deployment.reader.topic("journal")
    service = copy.start("copy", *cut, roles="fold")
    for begin in range(0, len(frames), piece):
        write(copy, "journal", frames[begin:begin + piece])
        time.sleep(0.02)
    copy.wait("the copy to be folded", lambda: max(marks(copy), default=0) >= len(frames), service)
    report.require(service.stop() == 0, f"folding the copy ended badly: {service.words}")
    copy.reader.drain()
    theirs = marks(copy)
    last = max(ours)
    if theirs.get(last) != ours[last]:
        report.find("divergent", f"{' '.join(cut)}: at frame {last} the digest is {theirs.get(last)}, not {ours[last]}")
    for frame in sorted(ours.keys() & theirs.keys()):
        if ours[frame] != theirs[frame]:
            report.find("divergent", f"{' '.join(cut)}: at frame {frame} the digest is another")
    signals, again = ([(record.key, record.value) for record in place.reader.topic("hotspot-signals")]
                      for place in (deployment, copy))
    if signals != again:
        report.find("divergent", f"{' '.join(cut)}: {len(signals)} signals were published, {len(again)} came again, "
                                 "and they are not the same")
    newest = [{record.key: record.value for record in place.reader.topic("borough-projections")}
              for place in (deployment, copy)]
    strays = [key.decode() for key in newest[0].keys() | newest[1].keys() if counts(newest[0].get(key))
              != counts(newest[1].get(key))]
    if strays:
        report.find("divergent", f"{' '.join(cut)}: other counts in {', '.join(sorted(strays)[:5])}")
    report.measure(f"folded anew from a copy of the journal in {len(theirs)} batches (lived: {len(ours)}): the same digest "
                   f"{ours[last][0][:16]}… at frame {last}, the same {len(signals)} signals, byte for byte")
    return len(theirs)


def marks(deployment: Deployment) -> dict[int, tuple[str, str]]:
    """Digest and counts by the number of frames folded, as they were committed."""
    found = {}
    for record in deployment.reader.topic("progress"):
        if (record.key or b"").startswith(b"fold:") and record.value is not None:
            mark = json.loads(record.value)
            found[mark["frame"]] = (mark["digest"], mark["counts"])
    return found


def counts(projection: bytes | None) -> dict:
    """What a projection says that does not hang on the batch that it was published with."""
    held = json.loads(projection or b"{}")
    return {name: value for name, value in held.items() if name not in ("position", "now", "sources")}


def birth(source: Deployment, copy: Deployment) -> None:
    """Makes the same journal's birth known under another prefix, where no group has an offset and nothing is published."""
    copy.config.write_bytes(source.config.read_bytes())
    topics = [NewTopic(copy.prefix + topic, 1, 1, config=settings_of(topic)) for topic in ("journal", "progress")]
    for made in source.broker.admin.create_topics(topics).values():
        made.result(timeout=30)
    write(copy, "progress", [record for record in source.reader.topic("progress") if record.key == b"journal"])


def write(copy: Deployment, topic: str, records: list[Seen]) -> None:
    producer = Producer({"bootstrap.servers": copy.broker.address, "enable.idempotence": True, "log_level": 0})
    for record in records:
        producer.produce(copy.prefix + topic, record.value, record.key, 0, headers=list(record.headers.items()))
    if producer.flush(60):
        raise Failed(f"{topic} could not be copied")


def settings_of(topic: str) -> dict[str, str]:
    """What the program sets its topics to on one broker; of anything else `topics apply` would name a drift."""
    held = json.loads((ROOT / f"topics/{topic}/settings.json").read_text())
    return {**held["settings"], "min.insync.replicas": "1"}
