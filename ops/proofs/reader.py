"""A reader that is `read_committed` all along, and keeps everything it sees."""

import threading, time
from typing import NamedTuple

from confluent_kafka import OFFSET_BEGINNING, KafkaError, TopicPartition

from .broker import Broker


INPUTS = ("incidents", "tag-breaches", "hospital")


class Seen(NamedTuple):
    """A record, and when it was seen (a clock that never goes back, seconds)."""
    offset: int
    key: bytes | None
    headers: dict[str, bytes | None]
    value: bytes | None
    seen: float

    def text(self, header: str) -> str:
        return (self.headers.get(header) or b"").decode()

    @property
    def content(self) -> tuple:
        return self.offset, self.key, tuple(self.headers.items()), self.value


class Reader:
    """Reads all topics of a deployment from their beginning, on a thread of its own, from `start` to `stop`."""

    def __init__(self, broker: Broker, prefix: str):
        self.broker = broker
        self.prefix = prefix
        self.records: dict[tuple[str, int], list[Seen]] = {}
        self.reached: dict[tuple[str, int], int] = {}
        self.failure: str | None = None
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> "Reader":
        self._consumer = self.broker.consumer("read_committed")
        partitions = [(topic, number) for topic, count in self.broker.topics(self.prefix).items()
                      for number in range(count)]
        self.records = {(topic.removeprefix(self.prefix), number): [] for topic, number in partitions}
        self._consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for topic, number in partitions])
        self._thread.start()
        return self

    def _run(self) -> None:
        while not self._ends.is_set():
            for message in self._consumer.consume(num_messages=500, timeout=0.05):
                partition = (message.topic().removeprefix(self.prefix), message.partition())
                if message.error():
                    if message.error().code() == KafkaError._PARTITION_EOF:
                        self.reached[partition] = message.offset()
                    elif not message.error().retriable():
                        self.failure = str(message.error())
                    continue
                # What was sent is known, and may be large.
                value = None if partition[0] in INPUTS else message.value()
                self.records[partition].append(Seen(
                    message.offset(), message.key(), dict(message.headers() or []), value, time.monotonic()))
        self._consumer.close()

    def topic(self, name: str) -> list[Seen]:
        """What was seen of a topic until now, each partition in its order, one behind the other."""
        return [record for (topic, _), records in sorted(self.records.items()) if topic == name
                for record in list(records)]

    def drain(self) -> None:
        """Returns when everything that is committed by now was seen."""
        ends = {partition: self.broker.stable_end(self.prefix + partition[0], partition[1])
                for partition in self.records}
        while any(self.reached.get(partition, 0) < end for partition, end in ends.items()):
            if self.failure:
                raise RuntimeError(f"the reader failed: {self.failure}")
            time.sleep(0.02)

    def stop(self) -> None:
        self._ends.set()
        self._thread.join()
