"""A broker of one's own through `ops/kafka`, and what can be asked of it beside the program."""

import os, signal, struct, subprocess, sys, time
from pathlib import Path

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

ROOT = Path(__file__).resolve().parents[2]
# How often the broker looks for transactions that have outlived their time-out, ms: 10,000 unless set.
EXPIRY_INTERVAL = 1_000


class NoBroker(Exception):
    """There is no Kafka here, or it does not start."""


class Broker:
    """One broker in a directory of its own, from `with` to its end."""

    def __init__(self, directory: Path):
        self.directory = directory / "kafka"
        self.address = ""

    def __enter__(self) -> "Broker":
        started = subprocess.run(
            [ROOT / "ops/kafka", "up", "--port", "0", "--dir", self.directory,
             "--set", f"transaction.abort.timed.out.transaction.cleanup.interval.ms={EXPIRY_INTERVAL}",
             "--set", "group.min.session.timeout.ms=1000"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if started.returncode != 0:
            raise NoBroker(started.stderr.strip())
        self.address = started.stdout.strip()
        self.admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        self.committed = self.consumer("read_committed")
        self.uncommitted = self.consumer("read_uncommitted")
        return self

    def __exit__(self, *_) -> None:
        self.committed.close()
        self.uncommitted.close()
        subprocess.run([ROOT / "ops/kafka", "down", "--dir", self.directory], stdout=sys.stderr)

    def freeze(self, seconds: float) -> None:
        """Stops it where it stands for some time, as a machine that hangs."""
        container = self.directory / "container"
        if container.exists():
            name = container.read_text().strip()
            stop, go = (lambda verb=verb: subprocess.run(["docker", verb, name], check=True, stdout=subprocess.DEVNULL)
                        for verb in ("pause", "unpause"))
        else:
            process = int((self.directory / "pid").read_text())
            stop, go = (lambda number=number: os.kill(process, number) for number in (signal.SIGSTOP, signal.SIGCONT))
        stop()
        time.sleep(seconds)
        go()

    def consumer(self, isolation: str, **further) -> Consumer:
        """A reader by assignment; its group is only a name."""
        return Consumer({
            "bootstrap.servers": self.address, "group.id": "proofs.reader", "isolation.level": isolation,
            "enable.auto.commit": False, "enable.partition.eof": True, "auto.offset.reset": "error",
            "fetch.wait.max.ms": 20, "log_level": 0, "fetch.message.max.bytes": 4 << 20, **further})

    def topics(self, prefix: str) -> dict[str, int]:
        """The topics whose names begin so, and how many partitions each has."""
        topics = self.admin.list_topics(timeout=30).topics
        return {name: len(topic.partitions) for name, topic in topics.items() if name.startswith(prefix)}

    def stable_end(self, topic: str, partition: int = 0) -> int:
        """The last stable offset: where a `read_committed` reader stops."""
        return self._end(self.committed, topic, partition)

    def end(self, topic: str, partition: int = 0) -> int:
        """The offset behind the last record, committed or not."""
        return self._end(self.uncommitted, topic, partition)

    def _end(self, consumer: Consumer, topic: str, partition: int) -> int:
        """Asked again while a partition that was just made has no leader that knows of it."""
        for attempt in range(50):
            try:
                return consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=30)[1]
            except KafkaException as error:
                if attempt == 49 or not error.args[0].retriable():
                    raise
                time.sleep(0.2)
        raise AssertionError("not reached")

    def owners(self, group: str) -> dict[tuple[str, int], str]:
        """Which client owns each partition, by what the group's coordinator says; a group that is moving owns nothing."""
        for _ in range(50):
            try:
                groups = self.admin.list_groups(group, timeout=10)
            except KafkaException:
                time.sleep(0.1)
                continue
            if groups and groups[0].state == "Stable":
                return {partition: member.client_id for member in groups[0].members
                        for partition in assigned(member.assignment)}
            return {}
        raise NoBroker(f"the broker does not say who is in {group}")


def assigned(data: bytes | None) -> list[tuple[str, int]]:
    """A member's assignment, as Kafka's consumer protocol writes it."""
    partitions: list[tuple[str, int]] = []
    if not data:
        return partitions
    count, place = struct.unpack_from(">i", data, 2)[0], 6
    for _ in range(count):
        length = struct.unpack_from(">h", data, place)[0]
        topic = data[place + 2:place + 2 + length].decode()
        place += 2 + length
        held = struct.unpack_from(">i", data, place)[0]
        partitions += [(topic, number) for number in struct.unpack_from(f">{held}i", data, place + 4)]
        place += 4 + 4 * held
    return partitions
