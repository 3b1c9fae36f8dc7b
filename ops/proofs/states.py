"""P6: what is kept is lost or damaged: checkpoints, the group's offsets, a transaction with its outputs produced."""

import ctypes, resource, shutil, sqlite3, threading, time
from pathlib import Path
from typing import Callable

from confluent_kafka import TopicPartition

from .checker import check
from .deployment import Deployment
from .report import Failed


def p6(deployment: Deployment, long: bool) -> None:
    file = deployment.directory / "state" / (deployment.prefix + "a") / "checkpoints.sqlite"
    earlier = deployment.directory / "earlier.sqlite"
    for copy in (earlier, None):
        deployment.send(800)
        start(deployment, "a history to be kept")
        if copy is not None:
            shutil.copy(file, copy)
    for _ in range(10 if long else 1):
        damage_checkpoints(deployment, file, earlier)
        forget_offsets(deployment)
        abort_with_outputs(deployment)
    deployment.catch_up()
    check(deployment)


# --- Checkpoints ------------------------------------------------------------------------------------------------------
def damage_checkpoints(deployment: Deployment, file: Path, earlier: Path) -> None:
    """A start goes on from another checkpoint or folds anew, says what it found where there is something to say, and the
    counts are the same."""
    held: list[sqlite3.Connection] = []

    def torn() -> None:
        with open(file, "r+b") as whole:
            whole.truncate(file.stat().st_size // 2)

    def of_another_partition() -> None:
        # Its header says of which partition it is; a store that mixes them up hands it out for this one.
        foreign = deployment.directory / "foreign.sqlite"
        if not foreign.exists():
            other = Deployment(deployment.broker, deployment.programs, deployment.directory, "p6-other",
                               deployment.report, deployment.seed + 500)
            with other:
                other.send(300)
                other.catch_up()
            shutil.copy(next((other.directory / "state").glob("*/checkpoints.sqlite")), foreign)
        shutil.copy(foreign, file)
        rename(file, f"{deployment.prefix}journal")

    def read_only() -> None:
        # Root may write everything; of such a version SQLite says that it may be read and not written.
        with open(file, "r+b") as whole:
            whole.seek(18)
            whole.write(b"\3")

    def busy() -> None:
        held.append(sqlite3.connect(file))
        held[0].execute("BEGIN EXCLUSIVE")

    cases: list[tuple[str, Callable[[], None], str, int | None]] = [
        ("deleted", file.unlink, "", None),
        ("older", lambda: shutil.copy(earlier, file), "", None),
        ("torn", torn, "damaged", None),
        ("of another journal", of_another_partition, "it is of", None),
        ("read-only", read_only, "cannot be written", None),
        ("busy", busy, "another process holds", None),
        ("without room", lambda: None, "no checkpoint could be written", 40_960),
    ]
    for name, damage, words, room in cases:
        damage()
        deployment.send(60)
        said = start(deployment, f"a checkpoint {name}", room)
        deployment.report.require(words in said, f"a checkpoint {name}: a start does not say {words!r}: {said}")
        deployment.report.counts["damaged checkpoints"] += 1
        while held:
            held.pop().close()
        if name in ("read-only", "without room"):
            file.unlink(missing_ok=True)
            start(deployment, "a new file of checkpoints")
    deployment.report.measure(f"checkpoints {', '.join(case[0] for case in cases)}: each start ended well")


def rename(file: Path, topic: str) -> None:
    """Makes a file say that its checkpoints are of this topic's partition."""
    database = sqlite3.connect(file)
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        if "topic" in columns:
            database.execute(f"UPDATE {table} SET topic = ?", (topic,))
    database.commit()
    database.close()


def start(deployment: Deployment, what: str, room: int | None = None) -> str:
    """Starts, catches up and ends; what it said."""
    limit = None if room is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    answer = deployment.run("run", "--roles", "ingest,fold", "--until-caught-up", "--checkpoint-interval", "1",
                            preexec_fn=limit)
    deployment.report.require(answer.returncode == 0, f"{what}: a start ended with {answer.returncode}: {answer.stderr}")
    return answer.stderr


# --- Offsets ----------------------------------------------------------------------------------------------------------
def forget_offsets(deployment: Deployment) -> None:
    """Kafka forgets the offsets of a group that was idle for a week; nothing starts from zero, and doctor puts them back."""
    report = deployment.report
    deployment.send(50)
    for role in ("ingest", "fold"):
        forget_group(deployment.broker.address, deployment.prefix + role)
        report.counts["groups forgotten"] += 1
        answer = deployment.run("run", "--roles", "ingest,fold", "--until-caught-up")
        report.require(answer.returncode == 4 and "no committed offset" in answer.stderr,
                       f"{role} has no offsets, and a start ended with {answer.returncode}: {answer.stderr}")
        answer = deployment.run("doctor")
        report.require(answer.returncode == 4, f"{role} has no offsets, and doctor says {answer.stdout}{answer.stderr}")
        answer = deployment.run("doctor", "--repair")
        report.require(answer.returncode == 0, f"doctor --repair ended with {answer.returncode}: {answer.stdout}")
        said = answer.stdout.strip().splitlines()
        report.measure(f"{role}'s offsets forgotten: a start stops with exit code 4; doctor: {said[0] if said else ''}")
        start(deployment, f"{role}'s offsets restored")


def forget_group(address: str, group: str) -> None:
    """Asks the broker to delete a group. No client at hand but the library itself can."""
    library = ctypes.CDLL("librdkafka.so.1")
    for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_queue_new", "rd_kafka_DeleteGroup_new",
                 "rd_kafka_queue_poll", "rd_kafka_event_DeleteGroups_result", "rd_kafka_DeleteGroups_result_groups",
                 "rd_kafka_group_result_error"):
        getattr(library, name).restype = ctypes.c_void_p
    pointer = ctypes.c_void_p
    settings = library.rd_kafka_conf_new()
    library.rd_kafka_conf_set(pointer(settings), b"bootstrap.servers", address.encode(), None, 0)
    library.rd_kafka_conf_set(pointer(settings), b"log_level", b"0", None, 0)
    handle = pointer(library.rd_kafka_new(0, pointer(settings), None, 0))
    queue = pointer(library.rd_kafka_queue_new(handle))
    try:
        for _ in range(100):
            deletion = pointer(library.rd_kafka_DeleteGroup_new(group.encode()))
            library.rd_kafka_DeleteGroups(handle, ctypes.byref(deletion), ctypes.c_size_t(1), None, queue)
            event = pointer(library.rd_kafka_queue_poll(queue, 60_000))
            count = ctypes.c_size_t()
            result = pointer(library.rd_kafka_event_DeleteGroups_result(event))
            groups = library.rd_kafka_DeleteGroups_result_groups(result, ctypes.byref(count))
            first = ctypes.cast(groups, ctypes.POINTER(pointer))[0] if groups and count.value else None
            failed = first is None or library.rd_kafka_group_result_error(pointer(first))
            library.rd_kafka_event_destroy(event)
            if not failed:
                return
            # Its members have left, and the broker has not noticed yet: their sessions must end first.
            time.sleep(0.5)
        raise Failed(f"the broker does not delete the group {group}")
    finally:
        library.rd_kafka_queue_destroy(queue)
        library.rd_kafka_destroy(handle)


# --- A transaction ----------------------------------------------------------------------------------------------------
def abort_with_outputs(deployment: Deployment) -> None:
    """The broker hangs for longer than a record may wait: what is under way is given up, its transaction aborted, and the
    same outputs are sent again. What was written of it all the same is never shown."""
    report = deployment.report
    service = deployment.start("a", "--checkpoint-interval", "1", "-X", "message.timeout.ms=1000")
    deployment.send(50)
    deployment.wait_folded(service)
    days = deployment.prefix + "borough-days"
    kept = deployment.broker.end(days)
    gone: set[int] = set()
    for _ in range(60):
        sender = threading.Thread(target=deployment.send, args=(200,))
        sender.start()
        time.sleep(deployment.random.uniform(0.02, 0.4))
        deployment.broker.freeze(1.6)
        sender.join()
        deployment.wait_folded(service)
        seen = {record.offset for record in deployment.reader.topic("borough-days")}
        gone = written(deployment, days, kept) - seen
        report.counts["freezes of the broker"] += 1
        if len(gone) > 0:
            break
    report.require(service.stop() == 0, f"the service did not end well: {service.words}")
    report.counts["aborted outputs"] += len(gone)
    report.require(len(gone) > 0, "no transaction was aborted with its outputs produced")
    said = [line for line in service.words.splitlines() if "anew" in line]
    report.measure(f"a broker that hangs: {len(gone)} days were written in transactions that were aborted, and each was "
                   f"published once; {len(said)} times taken over anew{': ' + said[0] if said else ''}")


def written(deployment: Deployment, topic: str, begin: int) -> set[int]:
    """The offsets of the records of a partition from `begin` on, those of aborted transactions too."""
    consumer, found = deployment.broker.consumer("read_uncommitted"), set()
    consumer.assign([TopicPartition(topic, 0, begin)])
    while True:
        message = consumer.poll(10)
        if message is None or message.error():
            break
        found.add(message.offset())
    consumer.close()
    return found
