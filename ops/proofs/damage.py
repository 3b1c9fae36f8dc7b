"""P7: a byte of the journal, or of a signal, is not what it was."""

import json, struct, time
from pathlib import Path

from .checker import check
from .deployment import Deployment
from .reader import Seen
from .report import Failed


def p7(deployment: Deployment, long: bool) -> None:
    report = deployment.report
    # Uncompressed, so that the broker's files hold what was written; the broker itself does not look at it again.
    plain = ("-X", "compression.type=none")
    service = deployment.start("a", *plain)
    for share in (2_000, *(60,) * 8):
        deployment.send(share)
        deployment.wait_folded(service)
        deployment.move_clock(5 * 3_600_000)
    report.require(service.stop() == 0, f"the service did not end well: {service.words}")
    deployment.catch_up()
    check(deployment)
    frames = deployment.reader.topic("journal")
    whole = [number for number, frame in enumerate(frames) if frame.text("kind") == "events"]
    for number in whole[1:] if long else (whole[1], whole[len(whole) // 2], whole[-1]):
        damage_journal(deployment, number, frames[number])
    signals = deployment.reader.topic("hotspot-signals")
    report.require(bool(signals), "no signal was published, so none could be damaged")
    for signal in signals if long else signals[:1] + signals[-1:]:
        damage_signal(deployment, signal)
    change_setting(deployment, plain)
    check(deployment)


def damage_journal(deployment: Deployment, number: int, frame: Seen) -> None:
    """A restart parks the partition and says where; `verify` names the frame; what was right before is right again."""
    report = deployment.report
    report.counts["bytes changed in the journal"] += 1
    committed = newest_mark(deployment)
    published = count_published(deployment)
    # A start from a checkpoint does not read what lies before it; `verify` does.
    from_birth = ("run", "--roles", "ingest,fold", "--until-caught-up", "--checkpoint-interval", "0")
    with changed(deployment, "journal", frame, deployment.random) as where:
        difference = verify(deployment)
        report.require(difference.get("subject") == "checksum" and difference.get("firstFrame") == number
                       and difference.get("lastFrame") == number,
                       f"{where} of frame {number} was changed, and verify says {difference}")
        answer = deployment.run(*from_birth)
        report.require(answer.returncode == 4, f"{where} of frame {number} was changed, and a start ended with "
                                               f"{answer.returncode}: {answer.stderr}")
        partition = f"{deployment.prefix}journal-0"
        for part in (partition, f"frames 0 to {committed['frame']}", committed["digest"],
                     f"offset {frame.offset}", "do not have the checksum"):
            report.require(part in answer.stderr, f"a start on a changed frame does not name {part!r}: {answer.stderr}")
        said = answer.stderr.strip().splitlines()[0]
    deployment.reader.drain()
    report.require(count_published(deployment) == published, "something was published past a divergence")
    if report.counts["bytes changed in the journal"] == 1:
        report.measure(f"one byte of frame {number} changed: verify says {difference['subject']} in frame {number}; a start: "
                       f"{said}")
    again = deployment.run(*from_birth)
    report.require(again.returncode == 0, f"the byte is back, and a start ends with {again.returncode}: {again.stderr}")


def damage_signal(deployment: Deployment, signal: Seen) -> None:
    report = deployment.report
    report.counts["bytes changed in signals"] += 1
    frame = json.loads(signal.value)["position"]["frame"]
    with changed(deployment, "hotspot-signals", signal, deployment.random) as where:
        difference = verify(deployment)
        report.require(difference.get("subject") == "signal" and difference.get("firstFrame") == frame,
                       f"{where} of a signal of frame {frame} was changed, and verify says {difference}")
        report.require(bool(difference.get("published")) and bool(difference.get("refolded")),
                       "verify does not show both sides")


def change_setting(deployment: Deployment, plain: tuple[str, ...]) -> None:
    """A threshold changed through the journal is history: signals follow at that position, a restart agrees."""
    report = deployment.report
    held = json.loads(deployment.config.read_text())
    held.setdefault("detectors", {}).setdefault("earsC2", {})["threshold"] = 1.25
    lower = deployment.directory / "lower.json"
    lower.write_text(json.dumps(held))
    service = deployment.start("a", *plain)
    deployment.send(100)
    deployment.wait_folded(service)
    before = len(deployment.reader.topic("hotspot-signals"))
    answer = deployment.run("config", "apply", "--config", str(lower))
    report.require(answer.returncode == 0, f"config apply ended with {answer.returncode}: {answer.stderr}")

    def at_frame() -> list[dict]:
        kinds = [frame.text("kind") for frame in deployment.reader.topic("journal")]
        place = kinds.index("config") if "config" in kinds else -1
        signals = [json.loads(record.value) for record in deployment.reader.topic("hotspot-signals")[before:]]
        return [signal for signal in signals if signal["position"]["frame"] == place]

    deployment.wait("signals to follow the setting", lambda: len(at_frame()) > 0, service)
    deployment.send(100)
    deployment.wait_folded(service)
    service.kill()
    report.counts["kills"] += 1
    deployment.config = lower
    again = deployment.run("run", "--roles", "ingest,fold", "--until-caught-up")
    report.require(again.returncode == 0, f"after a changed setting a start ends with {again.returncode}: {again.stderr}")
    answer = deployment.run("verify")
    report.require(answer.returncode == 0, f"after a changed setting verify says: {answer.stdout}")
    told = [signal["status"] for signal in at_frame()]
    report.measure(f"a lower threshold through config apply: {len(told)} signals at that frame "
                   f"({', '.join(sorted(set(told)))}), a start and verify agree")


def verify(deployment: Deployment) -> dict:
    """The first difference that `verify` finds; nothing when all is equal."""
    answer = deployment.run("verify", "--json")
    deployment.report.require(answer.returncode in (0, 1), f"verify ended with {answer.returncode}: {answer.stderr}")
    return json.loads(answer.stdout.splitlines()[0]) if answer.returncode == 1 else {}


def newest_mark(deployment: Deployment) -> dict:
    deployment.reader.drain()
    return [json.loads(record.value) for record in deployment.reader.topic("progress")
            if (record.key or b"").startswith(b"fold:")][-1]


def count_published(deployment: Deployment) -> int:
    return sum(len(deployment.reader.topic(topic)) for topic in ("hotspot-signals", "borough-projections", "borough-days"))


# --- A byte in the broker's own files -------------------------------------------------------------------------------
class changed:
    """Changes one letter of a record's value where the broker keeps it, and puts it back at the end."""

    def __init__(self, deployment: Deployment, topic: str, record: Seen, random):
        folder = deployment.broker.directory / "data" / f"{deployment.prefix}{topic}-0"
        if not folder.is_dir():
            raise Failed(f"the broker's files are not at hand ({folder}), so nothing can be changed in them")
        self.segments = sorted(folder.glob("*.log"))
        self.record = record
        letters = [place for place, byte in enumerate(record.value) if chr(byte).isascii() and chr(byte).isalpha()]
        self.place = random.choice(letters)

    def __enter__(self) -> str:
        self._flip()
        return f"byte {self.place}"

    def __exit__(self, *_) -> None:
        self._flip()

    def _flip(self) -> None:
        """Changes the case of the letter, and the batch's checksum with it: what no checksum of the log will find."""
        for path in self.segments:
            content = bytearray(path.read_bytes())
            begin = 0
            while begin + 61 <= len(content):
                offset, length = struct.unpack_from(">qi", content, begin)
                last = struct.unpack_from(">i", content, begin + 23)[0]
                end = begin + 12 + length
                if length <= 0:
                    break
                if offset <= self.record.offset <= offset + last:
                    self._change(path, content, begin, end)
                    return
                begin = end
        raise Failed(f"offset {self.record.offset} is not in {', '.join(str(path) for path in self.segments)}")

    def _change(self, path: Path, content: bytearray, begin: int, end: int) -> None:
        # The value stands in the batch as it was written; once with the letter as it was, once with it changed.
        flipped = bytearray(self.record.value)
        flipped[self.place] ^= 0x20
        for form in (bytes(self.record.value), bytes(flipped)):
            found = content.find(form, begin + 61, end)
            if found >= 0:
                content[found + self.place] ^= 0x20
                # Attributes and everything behind them are under the checksum.
                struct.pack_into(">I", content, begin + 17, crc32c(content[begin + 21:end]))
                with open(path, "r+b") as file:
                    file.seek(begin)
                    file.write(content[begin:end])
                time.sleep(0.05)
                return
        raise Failed("the record's bytes are not in its batch: is it compressed?")


def crc32c(data: bytes) -> int:
    """Castagnoli's, as Kafka's batches have it."""
    value = 0xFFFFFFFF
    for byte in data:
        value = TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def table() -> list[int]:
    entries = []
    for number in range(256):
        for _ in range(8):
            number = (number >> 1) ^ (0x82F63B78 if number & 1 else 0)
        entries.append(number)
    return entries


TABLE = table()
