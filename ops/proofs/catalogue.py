"""The proofs by name."""

from typing import Callable, NamedTuple

from . import freezes, kills
from .deployment import Deployment


class Proof(NamedTuple):
    claim: str
    run: Callable[[Deployment, bool], None]


PROOFS = {
    "P1": Proof("killed at each step", kills.p1),
    "P3": Proof("an owner frozen past its session, another takes over, the first wakes", freezes.p3),
    "P4": Proof("killed with a transaction open", kills.p4),
}
