"""P3: an owner frozen past its session; another takes over; the first wakes."""

import signal, time

from .broker import EXPIRY_INTERVAL
from .checker import check
from .deployment import Deployment, Service
from .report import Report

SESSION = 4_000
TRANSACTION = 4_000
BRISK = ("-X", f"session.timeout.ms={SESSION}", "-X", "heartbeat.interval.ms=500",
         "-X", f"transaction.timeout.ms={TRANSACTION}")
# Role, where it is frozen, the group's partition that is watched, and the topic whose readers its transaction holds back:
# one to which each of the role's transactions writes.
CASES = (
    ("fold", "afterFold", "journal", None),
    ("fold", "beforeCommit", "journal", "progress"),
    ("ingest", "beforeCommit", "incidents", "journal"),
)


def p3(deployment: Deployment, long: bool) -> None:
    for role, point, input_topic, held in CASES * (5 if long else 1):
        freeze(deployment, role, point, input_topic, held)
    deployment.catch_up()
    check(deployment)
    report = deployment.report
    report.require(report.counts["rebalances"] >= 2 * len(CASES), "too few rebalances for what was done")


def freeze(deployment: Deployment, role: str, point: str, input_topic: str, held: str | None) -> None:
    broker, report = deployment.broker, deployment.report
    group, watched = deployment.prefix + role, (deployment.prefix + input_topic, 0)
    other = "ingest" if role == "fold" else "fold"
    helper = deployment.start("helper", *BRISK, roles=other)

    def owner() -> str | None:
        return broker.owners(group).get(watched)

    def owned_by(name: str):
        return lambda: owner() == f"bellwether-{name}"

    # Of two members, the one whose name comes first has the first partition.
    first = deployment.start("a", *BRISK, roles=role, freeze=f"{role}:{point}:3")
    deployment.wait("the first to own it", owned_by("a"), first)
    second = deployment.start("b", *BRISK, roles=role)
    deployment.wait("the second to join", lambda: any(
        member.client_id == "bellwether-b" for found in broker.admin.list_groups(group, timeout=10)
        for member in found.members), second)
    while not first.is_frozen:
        deployment.send(5)
        time.sleep(0.05)
    frozen_at = time.monotonic()
    report.counts["freezes"] += 1
    report.counts["freezes inside a transaction"] += held is not None
    passed = None
    open_until = broker.end(deployment.prefix + held) if held else 0
    if held:
        report.require(broker.stable_end(deployment.prefix + held) < open_until,
                       f"{role} was frozen at {point}, and readers of {held} were not held back")
    while not owned_by("b")() or (held and passed is None):
        if held and passed is None and broker.stable_end(deployment.prefix + held) >= open_until:
            passed = time.monotonic() - frozen_at
        if time.monotonic() - frozen_at > 120:
            report.require(False, f"{role} frozen at {point}: nobody took over within two minutes")
            break
        deployment.send(2)
        time.sleep(0.05)
    report.counts["rebalances"] += 1
    taken = time.monotonic() - frozen_at
    words = f"{role} frozen at {point}: taken over after {taken:.1f} s (session {SESSION / 1000:.0f} s)"
    if passed is not None:
        bound = (TRANSACTION + EXPIRY_INTERVAL) / 1000
        words += f", readers of {held} passed after {passed:.1f} s (time-out and expiry interval {bound:.0f} s)"
        report.require(passed <= bound + 1, f"readers of {held} waited {passed:.1f} s")
    moves = published(deployment, role)
    deployment.wait("the second to publish", lambda: sent_some(deployment) and published(deployment, role) > moves,
                    second)
    before = first.words
    first.send(signal.SIGCONT)
    deployment.wait("the first to say why", lambda: len(first.words) > len(before), first)
    reason = first.words[len(before):].strip().splitlines()[0]
    report.measure(words)
    report.measure(f"  it woke and said: {reason}")
    report.require("taking over anew after" in reason, f"{role} woke and did not say why: {reason}")
    # It comes back as a member like any other; by its name the partition is its own again.
    deployment.wait("the first to be back", owned_by("a"), first)
    report.counts["rebalances"] += 1
    for service in (first, second, helper):
        report.require(service.stop() == 0, f"a service did not end well: {service.words}")


def published(deployment: Deployment, role: str) -> int:
    return len(deployment.reader.topic("journal" if role == "ingest" else "borough-projections"))


def sent_some(deployment: Deployment) -> bool:
    deployment.send(3)
    return True
