"""A deployment of its own on a real broker, for the checks beside this file: topics, events, the service.

The broker's address is in BELLWETHER_TEST_BOOTSTRAP and the program in BELLWETHER_TEST_PROGRAM, as `ops/test` sets them.
"""

import datetime
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

FORCES = {"Metropolitan Police": "/police/metropolitan", "West Midlands": "/police/west-midlands"}
# Some areas of each, and how many knife crimes a day are usual there.
AREAS = {
    "E09000022": ("Metropolitan Police", 3), "E09000028": ("Metropolitan Police", 3), "E09000012": ("Metropolitan Police", 2),
    "E09000030": ("Metropolitan Police", 2), "E09000002": ("Metropolitan Police", 1), "E09000033": ("Metropolitan Police", 4),
    "E08000025": ("West Midlands", 5), "E08000026": ("West Midlands", 2),
}  # fmt: skip


def needs(*programs):
    """Skips a test, with the reason, where it cannot be run."""
    if not os.environ.get("BELLWETHER_TEST_BOOTSTRAP") or not os.environ.get("BELLWETHER_TEST_PROGRAM"):
        raise unittest.SkipTest("no broker: BELLWETHER_TEST_BOOTSTRAP and BELLWETHER_TEST_PROGRAM are not set")
    for program in ("kcat", *programs):
        if shutil.which(program) is None:
            raise unittest.SkipTest(f"{program} is not installed")


class Deployment:
    """Topics with a prefix of their own, a journal that is born, and a service that can be started and killed."""

    def __init__(self, seed=1):
        self.random = random.Random(seed)
        self.broker = os.environ["BELLWETHER_TEST_BOOTSTRAP"]
        self.program = os.environ["BELLWETHER_TEST_PROGRAM"]
        self.prefix = f"s{os.getpid()}{self.random.randrange(10**6)}."
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bellwether-serving-"))
        self.processes = {}
        self.addresses = {}
        self.numbers = 0
        observed = (now() - datetime.timedelta(days=100)).strftime("%Y-%m-%d")
        sources = [
            {"source": source, "force": force, "topics": ["incidents"], "cadenceMinutes": 15}
            for force, source in FORCES.items()
        ]
        settings = self.folder / "config.json"
        settings.write_text(json.dumps({"observedFrom": {"incidents": observed}, "sources": sources}))
        self.run("topics", "apply", "--config", str(settings))

    def close(self):
        for name in list(self.processes):
            self.kill(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def arguments(self, instance):
        return [
            "--bootstrap-servers", self.broker, "--prefix", self.prefix, "--state-dir", str(self.folder),
            "--instance", instance,
        ]  # fmt: skip

    def run(self, *arguments):
        """Runs a command of the program to its end."""
        done = subprocess.run(
            [self.program, *arguments, *self.arguments("command")], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise AssertionError(f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}")

    def start(self, name, roles, listening=False):
        """Starts a process of the service. One that serves keeps its port over restarts, as a page expects it to."""
        address = self.addresses.get(name, "127.0.0.1:0")
        serving = ["--listen", address] if "serve" in roles or listening else []
        with open(self.folder / f"{name}.log", "a") as log:
            process = subprocess.Popen(
                [self.program, "run", "--roles", roles, *serving, *self.arguments(name)],
                stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        self.processes[name] = process
        if serving:
            line = process.stdout.readline()
            if "http://" not in line:
                raise AssertionError(f"{name} does not serve: {line!r} {(self.folder / f'{name}.log').read_text()}")
            self.addresses[name] = line.split("http://")[1].strip().split("/")[0]
        return self.addresses.get(name)

    def kill(self, name, how=signal.SIGKILL):
        process = self.processes.pop(name)
        process.send_signal(how)
        process.wait()
        process.stdout.close()

    def event(self, area, occurred):
        """A knife injury."""
        self.numbers += 1
        return {
            "specversion": "1.0", "id": str(self.numbers), "source": FORCES[AREAS[area][0]],
            "type": "incident.recorded", "time": occurred, "datacontenttype": "application/json",
            "data": {
                "reference": f"R{self.numbers}", "revision": 1, "occurredFrom": occurred, "offenceCode": "8N",
                "weapon": "knife", "weaponUse": "used", "injury": "minor", "victimAgeBand": "25-34",
                "location": {"area": area},
            },
        }  # fmt: skip

    def history(self, days=60):
        """Quiet weeks: every area has about what is usual there, each day."""
        events = []
        for area, (_, usual) in AREAS.items():
            for day in range(1, days):
                for _ in range(usual + self.random.choice((-1, 0, 0, 0, 1))):
                    events.append(self.event(area, stamp(now() - datetime.timedelta(days=day))))
        return events

    def spike(self, area, count):
        """So many on one day, just now."""
        return [self.event(area, stamp(now() - datetime.timedelta(minutes=1))) for _ in range(count)]

    def send(self, events, topic="incidents"):
        lines = "".join(json.dumps(event) + "\n" if isinstance(event, dict) else event + "\n" for event in events)
        subprocess.run(
            ["kcat", "-P", "-b", self.broker, "-t", self.prefix + topic], input=lines, text=True, check=True
        )

    def topic(self, name):
        """Everything committed in a topic: offset, key and value of each record, by offset."""
        form = r"%o\x01%k\x01%s\x02"
        done = subprocess.run(
            [
                "kcat", "-C", "-b", self.broker, "-t", self.prefix + name, "-X", "isolation.level=read_committed",
                "-e", "-q", "-f", form,
            ],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        records = [record.split("\x01") for record in done.stdout.split("\x02") if record]
        return sorted((int(offset), key, value) for offset, key, value in records)

    def get(self, name, path):
        with urllib.request.urlopen(f"http://{self.addresses[name]}{path}") as answer:
            return json.loads(answer.read())

    def wait(self, name, question, patience=120):
        """Waits until a question about the service is answered with something true."""
        deadline = time.monotonic() + patience
        while True:
            try:
                value = question()
            except (urllib.error.URLError, ConnectionError):
                value = None
            if value:
                return value
            if time.monotonic() > deadline:
                raise AssertionError(f"never came true; {(self.folder / f'{name}.log').read_text()[-2000:]}")
            time.sleep(0.1)

    def is_ready(self, name):
        return self.wait(name, lambda: urllib.request.urlopen(f"http://{self.addresses[name]}/readyz").status == 200)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def stamp(time_):
    return time_.strftime("%Y-%m-%dT%H:%M:%SZ")
