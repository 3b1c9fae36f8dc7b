"""kill -9 of the serve role at random for a minute while events flow: after each start the read model equals the topics, and
a reader of the stream that comes back has each event once.

BELLWETHER_KILL_SECONDS is how long.
"""

import http.client
import json
import os
import random
import sqlite3
import threading
import time
import unittest

from deployment import AREAS, Deployment, needs


class Reader(threading.Thread):
    """Reads the stream as a browser does: it comes back with the last event's id, whatever happens."""

    def __init__(self, service, name):
        super().__init__(daemon=True)
        self.service, self.front = service, name
        self.last_id = ""
        self.events = []
        self.resets = 0
        self.is_over = False

    def run(self):
        while not self.is_over:
            try:
                self.read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)

    def read(self):
        connection = http.client.HTTPConnection(self.service.addresses[self.front], timeout=20)
        headers = {"Last-Event-ID": self.last_id} if self.last_id else {}
        connection.request("GET", "/v1/stream", headers=headers)
        answer = connection.getresponse()
        event = {}
        while not self.is_over:
            line = answer.readline()
            if not line.endswith(b"\n"):
                return connection.close()
            if line == b"\n":
                # Only a whole event counts; its id is that of all up to it.
                self.take(event)
                event = {}
                continue
            name, _, value = line.decode().rstrip("\n").partition(": ")
            event[name] = value

    def take(self, event):
        self.last_id = event.get("id", self.last_id)
        if event.get("event") in ("projection", "signal"):
            self.events.append((event["event"], event["data"]))
        elif event.get("event") == "reset":
            self.resets += 1


class Kills(unittest.TestCase):
    def test_nothing_is_lost_and_nothing_comes_twice(self):
        needs()
        service = Deployment(seed=9)
        self.addCleanup(service.close)
        chance = random.Random(9)
        service.start("pipeline", "ingest,fold")
        service.start("front", "serve")
        service.is_ready("front")
        reader = Reader(service, "front")
        reader.start()
        service.wait("front", lambda: reader.last_id)
        service.send(service.history())
        seconds = float(os.environ.get("BELLWETHER_KILL_SECONDS", "60"))
        end = time.monotonic() + seconds
        kills = 0
        while time.monotonic() < end:
            service.send(service.spike(chance.choice(list(AREAS)), chance.randrange(1, 6)))
            time.sleep(chance.uniform(0, 1.5))
            if chance.random() < 0.7:
                service.kill("front")
                kills += 1
                self.check(service, is_final=False)
                service.start("front", "serve")
        service.is_ready("front")
        projections, signals = self.check(service, is_final=True)
        told = lambda kind: [json.loads(data) for name, data in reader.events if name == kind]
        service.wait("front", lambda: len(told("projection")) >= len(projections) and len(told("signal")) >= len(signals))
        reader.is_over = True
        self.assertEqual(told("signal"), [json.loads(value) for _, _, value in signals])
        places = [(value["area"], value["position"]) for value in told("projection")]
        wanted = [(value["area"], value["position"]) for value in (json.loads(value) for _, _, value in projections)]
        self.assertEqual(places, wanted)
        self.assertEqual(reader.resets, 0)
        self.assertGreater(len(signals), 2)
        print(f"{kills} kills, {len(projections)} projections and {len(signals)} signals, each heard once")

    def check(self, service, is_final):
        """The read model as it lies on disk is what the topics held at the positions that it names."""
        if is_final:
            ends = {name: len(service.topic(name)) for name in ("borough-projections", "hotspot-signals")}
            service.wait("front", lambda: self.lies(service)[1] == self.newest(service.topic("borough-projections")))
            self.assertGreater(min(ends.values()), 0)
        positions, projections, signals = self.lies(service)
        records = service.topic("borough-projections")
        upto = [record for record in records if record[0] < positions.get("borough-projections", 0)]
        self.assertEqual(projections, self.newest(upto))
        all_signals = service.topic("hotspot-signals")
        known = [value for offset, _, value in all_signals if offset < positions.get("hotspot-signals", 0)]
        self.assertEqual(signals, sorted(known))
        return records, all_signals

    @staticmethod
    def newest(records):
        return {key: value for _, key, value in records}

    @staticmethod
    def lies(service):
        database = sqlite3.connect(f"{service.folder}/{service.prefix}front/readmodel.sqlite")
        try:
            database.execute("BEGIN")
            positions = {
                topic[len(service.prefix) :]: offset for topic, offset in database.execute("SELECT topic, next FROM positions")
            }
            projections = {area: value.decode() for area, value in database.execute("SELECT * FROM projections")}
            signals = sorted(value.decode() for (value,) in database.execute("SELECT value FROM revisions"))
            return positions, projections, signals
        finally:
            database.close()


if __name__ == "__main__":
    unittest.main()
