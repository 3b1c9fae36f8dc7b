"""One deployment of the service on the broker, as its users would run it, with events that are sent to it."""

import base64, json, os, random, signal, subprocess, time
from pathlib import Path
from typing import Iterator, NamedTuple

from confluent_kafka import Producer

from .broker import ROOT, Broker
from .reader import INPUTS, Reader
from .report import KINDS, Failed, Report

HOUR = 3_600_000


class Event(NamedTuple):
    topic: str
    partition: int
    key: bytes | None
    headers: list[tuple[str, bytes]]
    value: bytes | None
    code: str | None  # that it must be refused for; None of what must be accepted


class Programs(NamedTuple):
    service: Path  # bellwether-testing
    events: Path  # ProofEvents


class Service:
    """A running process of the program."""

    def __init__(self, process: subprocess.Popen, log: Path):
        self.process, self.log = process, log

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    @property
    def is_frozen(self) -> bool:
        stat = Path(f"/proc/{self.process.pid}/stat").read_text()
        return stat.rsplit(")", 1)[1].split()[0] == "T"

    @property
    def words(self) -> str:
        return self.log.read_text(errors="replace")

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Asks it to end and waits; its exit code."""
        if self.is_alive:
            self.process.terminate()
        return self.process.wait()


class Deployment:
    """Topics under a prefix of their own, a born journal, a clock that can be moved, and a reader from the start."""

    def __init__(self, broker: Broker, programs: Programs, directory: Path, name: str, report: Report, seed: int,
                 behind: int = 0):
        self.broker, self.programs, self.report = broker, programs, report
        self.prefix = f"{name}-{os.urandom(3).hex()}."
        self.directory = directory / self.prefix.rstrip(".")
        self.directory.mkdir(parents=True)
        self.clock = self.directory / "clock"
        self.config = self.directory / "config.json"
        self.seed = seed
        # How long before they are sent events were made, ms: where the clock is set back, none may come from the future.
        self.behind = behind
        self.random = random.Random(seed)
        # By position: the code that each record must be refused for; None of what must be accepted.
        self.sent: dict[tuple[str, int, int], str | None] = {}
        self.services: list[Service] = []
        self.offset = 0
        self.move_clock(0)
        self.shares = 0
        self._stream = self._events()
        self._producer = Producer({"bootstrap.servers": broker.address, "enable.idempotence": True, "linger.ms": 2, "log_level": 0,
                                   "message.max.bytes": 16 << 20, "compression.type": "lz4"})

    def __enter__(self) -> "Deployment":
        if not self.config.exists():
            self._pending = next(self._stream)  # the configuration comes with the first events
        applied = self.run("topics", "apply", "--config", str(self.config))
        if applied.returncode != 0:
            raise Failed(f"topics apply ended with {applied.returncode}: {applied.stderr}{applied.stdout}")
        self.reader = Reader(self.broker, self.prefix).start()
        return self

    def __exit__(self, *_) -> None:
        for service in self.services:
            if service.is_alive:
                service.kill()
        self.reader.stop()

    # --- Time ---------------------------------------------------------------------------------------------------------
    def move_clock(self, milliseconds: int) -> None:
        """Moves the service's clock on, or back."""
        self.offset += milliseconds
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(str(self.offset))
        fresh.replace(self.clock)

    @property
    def now(self) -> int:
        """What the service's clock says, ms since 1970."""
        return int(time.time() * 1000) + self.offset

    def set_clock(self, now: int) -> None:
        """Sets the service's clock, ms since 1970."""
        self.move_clock(now - self.now)

    # --- The program --------------------------------------------------------------------------------------------------
    def _environment(self, hooks: dict[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BELLWETHER_")}
        return {**kept, "BELLWETHER_CLOCK_FILE": str(self.clock), **hooks}

    def _arguments(self, arguments: tuple[str, ...], instance: str) -> list[str]:
        return [str(self.programs.service), *arguments, "--bootstrap-servers", self.broker.address, "--prefix",
                self.prefix, "--state-dir", str(self.directory / "state"), "--instance", instance]

    def run(self, *arguments: str, instance: str = "a", preexec_fn=None) -> subprocess.CompletedProcess:
        """Runs a command to its end. `preexec_fn` is called in the new process first."""
        return subprocess.run(self._arguments(arguments, instance), env=self._environment({}), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              preexec_fn=preexec_fn)

    def start(self, instance: str = "a", *further: str, crash: str = "", freeze: str = "",
              roles: str = "ingest,fold") -> Service:
        """Starts the service; `crash` and `freeze` as `bellwether-testing` has them."""
        hooks = {name: value for name, value in (("BELLWETHER_CRASH", crash), ("BELLWETHER_FREEZE", freeze)) if value}
        log = self.directory / f"{len(self.services):03}-{instance}.log"
        with open(log, "wb") as output:
            process = subprocess.Popen(
                self._arguments(("run", "--roles", roles, *further), instance), env=self._environment(hooks),
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        service = Service(process, log)
        self.services.append(service)
        return service

    def catch_up(self) -> None:
        """Has everything ingested and folded that was sent."""
        done = self.run("run", "--roles", "ingest,fold", "--until-caught-up")
        self.report.require(done.returncode == 0, f"catching up ended with {done.returncode}: {done.stderr}")

    def count_kill(self, service: Service, inside: bool) -> None:
        """Counts a planned death, once it has come."""
        self.report.counts["kills"] += 1
        self.report.counts["kills inside a transaction"] += inside
        code = service.process.returncode
        self.report.require(code == -signal.SIGKILL, f"a process that was to be killed ended with {code}: {service.words}")

    # --- Events -------------------------------------------------------------------------------------------------------
    def _events(self) -> Iterator[Event]:
        """Seeded events without end, each share of them made for the moment at which it is begun."""
        share = 2_500
        while True:
            number, self.shares = self.shares, self.shares + 1
            made = subprocess.run(
                [self.programs.events, *map(str, (self.seed + number, share, self.now - self.behind, number * share))],
                stdout=subprocess.PIPE, check=True).stdout.splitlines()
            if number == 0:
                self.config.write_bytes(made[0])
            for line in made[1:]:
                held = json.loads(line)
                yield Event(held["topic"], held["partition"], raw(held["key"]),
                            [(name, raw(value)) for name, value in held["headers"]], raw(held["value"]), held["code"])

    def renew_events(self) -> None:
        """What is sent next is made for now."""
        self._stream = self._events()
        self._pending = next(self._stream)

    def send(self, count: int) -> None:
        """Sends the next events, acknowledged."""
        failures: list[str] = []

        def delivered(event: Event):
            def note(error, message) -> None:
                if error:
                    failures.append(str(error))
                else:
                    self.sent[event.topic, message.partition(), message.offset()] = event.code
            return note

        for _ in range(count):
            event, self._pending = self._pending, next(self._stream)
            self._producer.produce(self.prefix + event.topic, event.value, event.key, event.partition,
                                   headers=event.headers, on_delivery=delivered(event))
            self._producer.poll(0)
        self._producer.flush()
        if failures:
            raise Failed(f"{len(failures)} events could not be sent: {failures[0]}")

    # --- Waiting ------------------------------------------------------------------------------------------------------
    def wait_journaled(self, service: Service) -> None:
        """Waits until the running service has journaled or refused all that was sent."""
        self.wait("everything to be journaled", lambda: len(self.sent) <= self._refused() + sum(
            int(frame.text("count")) for frame in self.reader.topic("journal") if frame.text("kind") == "events"), service)

    def wait_folded(self, *services: Service) -> None:
        """Waits until the running service has folded all that was sent."""
        self.wait("everything to be folded", lambda: len(self.sent) <= self._refused() + self._judged(), *services)
        self.reader.drain()

    def _refused(self) -> int:
        return sum(len(self.reader.topic(topic + ".rejections")) for topic in INPUTS)

    def _judged(self) -> int:
        """How many records have a verdict of the fold, by what it said last."""
        for record in reversed(self.reader.topic("progress")):
            if (record.key or b"").startswith(b"fold:") and record.value is not None:
                return sum(verdicts[name] for verdicts in json.loads(record.value)["verdicts"].values()
                           for name in ("folded", "duplicate", "conflict", "superseded"))
        return 0

    def ask_reference(self, *further: str) -> None:
        """Counts and verdicts, from nothing but what the inputs hold."""
        answer = subprocess.run(
            ["python3", ROOT / "replay/reference.py", "compare", "--bootstrap-servers", self.broker.address,
             "--prefix", self.prefix, "--config", self.config, *further],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if answer.returncode == 1:
            for line in answer.stdout.splitlines():
                kind = line.split(" ", 1)[0]
                if kind in KINDS or kind in ("stray", "unreadable", "verdict", "nothing"):
                    self.report.find(kind if kind in KINDS else "divergent", f"reference: {line}")
        self.report.require(answer.returncode in (0, 1),
                            f"the reference ended with {answer.returncode}: {answer.stdout[-500:]}")

    def wait(self, what: str, until, *services: Service, patience: int = 300) -> float:
        """Waits until something is so; how long, in seconds. One of the services that
        dies meanwhile ends the wait."""
        began = time.monotonic()
        while not until():
            for service in services:
                if not service.is_alive:
                    raise Failed(f"waiting for {what}, the service ended with {service.process.returncode}: "
                                 f"{service.words}")
            if time.monotonic() - began > patience:
                raise Failed(f"waited {patience} s for {what}")
            time.sleep(0.02)
        return time.monotonic() - began


def raw(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
