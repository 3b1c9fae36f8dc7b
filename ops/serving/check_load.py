"""1,000 readers of the stream, 200 connections that never finish a request and 5,000 requests a second, while events flow:
each reader has every event, soon; memory stays bounded; the fold's commits take at most twice as long.

Only with BELLWETHER_LONG=1. BELLWETHER_LOAD_SECONDS is how long each half takes.
"""

import asyncio
import os
import re
import threading
import time
import unittest
import urllib.request
import warnings

from deployment import AREAS, Deployment, needs

READERS, HALF_OPEN, REQUESTS, EVENTS = 1_000, 200, 5_000, 1_000


def metrics(address):
    return urllib.request.urlopen(f"http://{address}/metrics").read().decode()


def commits(text):
    """The buckets of the fold's commit latency: upper bound and count up to it."""
    found = re.findall(r'bellwether_commit_seconds_bucket\{role="fold",le="([^"]+)"\} (\d+)', text)
    return [(float(bound.replace("+Inf", "inf")), int(count)) for bound, count in found]


def p99(before, after):
    """The bound of the bucket in which the hundredth slowest commit lies."""
    counts = [(bound, late - early) for (bound, late), (_, early) in zip(after, before)]
    return next(bound for bound, count in counts if count >= 0.99 * counts[-1][1])


class Reader:
    """What one reader of the stream has heard, and when it heard the last event of each second."""

    def __init__(self):
        self.events = 0
        self.heard = {}

    async def read(self, host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"GET /v1/stream HTTP/1.0\r\nHost: localhost\r\n\r\n")
        rest = b""
        while part := await reader.read(1 << 16):
            lines = (rest + part).split(b"\n")
            rest = lines.pop()
            now = time.monotonic()
            for line in lines:
                if line.startswith(b"id: "):
                    self.heard[line] = now
                elif line in (b"event: projection", b"event: signal"):
                    self.events += 1


async def never_finish(host, port):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"GET /v1/areas HT")
    await reader.read()


async def ask(host, port, count, seconds):
    """So many requests, evenly, on one connection."""
    reader, writer = await asyncio.open_connection(host, port)
    answered, began = 0, time.monotonic()
    while answered < count:
        due = int((time.monotonic() - began) * count / seconds) - answered
        if due <= 0:
            await asyncio.sleep(0.002)
            continue
        due = min(due, 50)
        writer.write(b"GET /v1/projections/E09000022 HTTP/1.1\r\nHost: localhost\r\n\r\n" * due)
        for _ in range(due):
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(re.search(rb"Content-Length: (\d+)", head)[1]))
        answered += due
    return time.monotonic() - began


class Load(unittest.TestCase):
    def test_many_readers_do_not_slow_the_fold(self):
        needs()
        if os.environ.get("BELLWETHER_LONG") != "1":
            self.skipTest("a long test: set BELLWETHER_LONG=1")
        # Connections that are left open at the end are what this is about.
        warnings.simplefilter("ignore", ResourceWarning)
        self.seconds = int(os.environ.get("BELLWETHER_LOAD_SECONDS", "30"))
        self.service = Deployment(seed=10)
        self.addCleanup(self.service.close)
        self.pipeline = self.service.start("pipeline", "ingest,fold", listening=True)
        self.front = self.service.start("front", "serve")
        self.service.is_ready("front")
        self.service.send(self.service.history())
        before = commits(metrics(self.pipeline))
        self.feed()
        alone = p99(before, commits(metrics(self.pipeline)))
        self.wait_for_quiet()
        before = commits(metrics(self.pipeline))
        readers, last = asyncio.run(self.load())
        beside = p99(before, commits(metrics(self.pipeline)))
        heard = {reader.events for reader in readers}
        spread = max(max(r.heard[i] for r in readers) - min(r.heard[i] for r in readers) for i in readers[0].heard)
        memory = int(re.search(r"^process_resident_memory_bytes (\d+)", metrics(self.front), re.M)[1])
        print(
            f"{READERS} readers heard {heard} events each, the last of them {spread:.2f} s after the first; "
            f"{REQUESTS * self.seconds:,} requests in {last:.1f} s; commits at p99 within {alone} s alone and {beside} s beside "
            f"it; {memory / 1e6:.0f} MB"
        )
        self.assertEqual(len(heard), 1)
        self.assertLess(spread, 1)
        self.assertLess(memory, 500e6)
        self.assertLessEqual(beside, 2.5 * alone)

    def feed(self):
        areas = list(AREAS)
        for second in range(self.seconds):
            due = time.monotonic() + 1
            self.service.send([self.service.spike(areas[n % len(areas)], 1)[0] for n in range(EVENTS)])
            time.sleep(max(0, due - time.monotonic()))

    def wait_for_quiet(self):
        """Until all that was sent is published and served."""
        ends = None
        while ends != (ends := self.service.topic("borough-projections")[-1][0]):
            time.sleep(2)

    async def load(self):
        host, port = self.front.split(":")
        readers = [Reader() for _ in range(READERS)]
        tasks = [asyncio.create_task(reader.read(host, port)) for reader in readers]
        tasks += [asyncio.create_task(never_finish(host, port)) for _ in range(HALF_OPEN)]
        while int(re.search(r"bellwether_stream_readers (\d+)", await asyncio.to_thread(metrics, self.front))[1]) < READERS:
            await asyncio.sleep(0.1)
        feeding = threading.Thread(target=self.feed)
        feeding.start()
        last = await ask(host, port, REQUESTS * self.seconds, self.seconds)
        await asyncio.to_thread(feeding.join)
        await asyncio.to_thread(self.wait_for_quiet)
        for task in tasks:
            task.cancel()
        return readers, last


if __name__ == "__main__":
    unittest.main()
