"""P8 and P11: the input stops while hours and days pass; the machine's clock is set on and back by an hour."""

import json, time
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from .checker import check
from .deployment import HOUR, Deployment, Service

LONDON = ZoneInfo("Europe/London")


def p8(deployment: Deployment, long: bool) -> None:
    report = deployment.report
    service = deployment.start()
    deployment.send(2_000)
    deployment.wait_folded(service)
    raised = len(standing(deployment))
    report.require(raised > 0, "no signal stood when the input stopped, so none could be cleared")
    frames = len(deployment.reader.topic("journal"))
    areas = {record.key for record in deployment.reader.topic("borough-projections")}
    # Four hours as they pass, the midnight after them, and then days: a standing signal must be cleared within four.
    boundaries = [next_hour(deployment.now) + step * HOUR for step in range(24 if long else 4)]
    days = [next_midnight(boundaries[-1])]
    while len(days) < (40 if long else 5):
        days.append(next_midnight(days[-1]))
    waits = [pass_boundary(deployment, service, boundary, areas) for boundary in boundaries + days]
    report.measure(f"{len(waits)} hours and midnights without input: every area's windows closed within "
                   f"{max(waits):.1f} s of the hour (at most 10 s)")
    report.require(max(waits) <= 10, f"windows closed {max(waits):.1f} s after the hour")
    kinds = {frame.text("kind") for frame in deployment.reader.topic("journal")[frames:]}
    report.require(kinds == {"tick"}, f"while the input was silent the journal got {kinds}")
    left = standing(deployment)
    report.require(not left, f"{len(left)} signals still stand four days after the last event")
    report.measure(f"{raised} signals stood when the input stopped, and were cleared by the days that passed")
    report.require(service.stop() == 0, f"the service did not end well: {service.words}")
    began = time.monotonic()
    answer = deployment.run("verify")
    report.measure(f"a replay of these {days[-1] // HOUR - boundaries[0] // HOUR} hours took "
                   f"{time.monotonic() - began:.1f} s and gave the same bytes: {answer.stdout.strip()}")
    deployment.catch_up()
    check(deployment)


def pass_boundary(deployment: Deployment, service: Service, boundary: int, areas: set[bytes]) -> float:
    """Lets the clock pass a boundary; how many seconds later the windows of the last area were closed."""
    deployment.set_clock(boundary - 700)
    moment = time.monotonic() + (boundary - deployment.now) / 1_000
    told = instant_text(boundary)
    closed: dict[bytes, float] = {}
    looked = 0

    def all_closed() -> bool:
        nonlocal looked
        records = deployment.reader.topic("borough-projections")
        for record in records[looked:]:
            if json.loads(record.value)["now"] >= told:
                closed.setdefault(record.key, record.seen)
        looked = len(records)
        return closed.keys() >= areas

    deployment.wait(f"the windows of {len(areas)} areas to close at {told}", all_closed, service, patience=60)
    return max(closed.values()) - moment


def standing(deployment: Deployment) -> set[str]:
    newest = {}
    for record in deployment.reader.topic("hotspot-signals"):
        newest[record.text("signal-id")] = record.text("status")
    return {name for name, status in newest.items() if status in ("raised", "updated")}


def next_hour(now: int) -> int:
    return (now // HOUR + 1) * HOUR


def next_midnight(now: int) -> int:
    """The next midnight in London."""
    local = datetime.fromtimestamp(now / 1_000, LONDON)
    midnight = datetime(local.year, local.month, local.day, tzinfo=LONDON) + timedelta(days=1)
    return int(midnight.astimezone(timezone.utc).timestamp() * 1_000)


def instant_text(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1_000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def p11(deployment: Deployment, long: bool) -> None:
    report = deployment.report
    service = deployment.start()
    for night in special_nights(deployment.now)[:None if long else 4]:
        # Half an hour before a midnight, so that an hour back is yesterday and an hour on tomorrow.
        deployment.set_clock(night - HOUR // 2)
        deployment.renew_events()
        steps = (0, HOUR, -HOUR, HOUR, HOUR, HOUR, -HOUR, -HOUR, 22 * HOUR, HOUR)
        for number, step in enumerate(steps):
            deployment.move_clock(step)
            deployment.send(40)
            deployment.wait_journaled(service)
            report.counts["steps of the clock"] += abs(step) == HOUR
            if number in (0, 1, len(steps) - 2, len(steps) - 1):
                # On either side of the midnight, and of the next one where that day is short or in summer time.
                deployment.wait_folded(service)
                deployment.ask_reference()
        report.counts["nights"] += 1
    report.require(service.stop() == 0, f"the service did not end well: {service.words}")
    frames = [int(frame.text("at")) for frame in deployment.reader.topic("journal")]
    falls = sum(after < before for before, after in zip(frames, frames[1:]))
    report.require(falls > 0, "the clock was set back, and no frame came before another")
    newest = 0
    for record in deployment.reader.topic("progress"):
        if (record.key or b"").startswith(b"fold:") and record.value is not None:
            now = json.loads(record.value)["now"] or 0
            if now < newest:
                report.find("reordered", f"journal time fell from {newest} to {now}")
            newest = max(newest, now)
    report.measure(f"{falls} times a frame came with an earlier time than the one before; journal time never fell")
    deployment.catch_up()
    check(deployment)


def special_nights(now: int) -> list[int]:
    """Midnights in London that begin a day of 23 or 25 hours or a 29 February, and the next midnight of all: ms, the next of
    each kind first."""
    nights, found = [next_midnight(now)], set()
    night = nights[0]
    while len(nights) < 8:
        night = next_midnight(night)
        hours = (next_midnight(night) - night) // HOUR
        leaps = datetime.fromtimestamp(night / 1_000, LONDON).strftime("%d %m") == "29 02"
        if leaps or (hours != 24 and (hours not in found or len(nights) > 3)):
            found.add(hours)
            nights.append(night)
    return nights
