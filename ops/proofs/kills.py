"""P1 and P4: killed at each step of the work, and killed with a transaction open."""

import statistics, time

from .checker import check
from .deployment import Deployment
from .report import Report

# The steps of a batch, by role; those between the begin of a transaction and its end.
POINTS = {
    "ingest": ("afterPoll", "afterTranslate", "afterProduce", "afterFlush", "afterSendOffsets", "beforeCommit",
               "afterCommit"),
    "fold": ("afterPoll", "afterFold", "afterProduce", "afterFlush", "afterSendOffsets", "beforeCommit", "afterCommit",
             "beforeCheckpoint", "insideCheckpoint", "afterCheckpoint"),
}
INSIDE = ("afterProduce", "afterFlush", "afterSendOffsets", "beforeCommit")


def p1(deployment: Deployment, long: bool) -> None:
    """Each round starts the service, sends events, and ends with the service killed at one step."""
    report = deployment.report
    rounds = [(role, point) for role, points in POINTS.items() for point in points] * (20 if long else 1)
    deployment.random.shuffle(rounds)
    for role, point in rounds:
        passes = deployment.random.randint(1, 2 if "Checkpoint" in point else 4)
        service = deployment.start("a", "--checkpoint-interval", "1", crash=f"{role}:{point}:{passes}")
        began = time.monotonic()
        while service.is_alive and time.monotonic() - began < 120:
            deployment.send(deployment.random.randint(1, 80))
            time.sleep(deployment.random.uniform(0.02, 0.2))
        if service.is_alive:
            service.kill()
            report.require(False, f"{role} never came to {point} for the {passes}th time")
            continue
        deployment.count_kill(service, point in INSIDE)
        report.counts[f"kills {role}"] += 1
        report.counts["kills inside a checkpoint"] += point == "insideCheckpoint"
        # Hours pass, and in the long form weeks.
        deployment.move_clock(deployment.random.randint(0, 90 * 60_000))
    deployment.catch_up()
    check(deployment)
    report.require(report.counts["kills inside a transaction"] > 0, "no kill came inside a transaction")


def p4(deployment: Deployment, long: bool) -> None:
    """A killed instance's transaction holds readers back until its time-out, or until the instance comes back."""
    report = deployment.report
    # Far longer than the bound: whoever waited for the time-out would be seen.
    patient = ("-X", "transaction.timeout.ms=60000")
    for role, topic in (("ingest", "journal"), ("fold", "progress")):
        waits = []
        for _ in range(10 if long else 3):
            service = deployment.start("a", *patient, crash=f"{role}:afterFlush:{deployment.random.randint(1, 3)}")
            while service.is_alive:
                deployment.send(20)
                time.sleep(0.1)
            deployment.count_kill(service, True)
            name = deployment.prefix + topic
            open_until = deployment.broker.end(name)
            report.require(deployment.broker.stable_end(name) < open_until,
                           f"{role} was killed, and readers of {topic} were not held back")
            began = time.monotonic()
            service = deployment.start("a", *patient)
            deployment.wait(f"readers of {topic} to pass", lambda: deployment.broker.stable_end(name) >= open_until,
                            service)
            waits.append(time.monotonic() - began)
            report.require(service.stop() == 0, f"the restarted service did not end well: {service.words}")
        median = statistics.median(waits)
        report.measure(f"{role}: readers of {topic} passed {', '.join(f'{wait:.2f}' for wait in waits)} s after the "
                       f"restart (median {median:.2f} s, at most 2 s)")
        report.require(median <= 2, f"readers of {topic} waited {median:.1f} s after the restart")
    deployment.catch_up()
    check(deployment)
    report.require(report.counts["kills inside a transaction"] > 0, "no kill came inside a transaction")
