"""The proofs by name."""

from typing import Callable, NamedTuple

from . import clocks, damage, freezes, kills, replays, states
from .deployment import HOUR, Deployment


class Proof(NamedTuple):
    claim: str
    run: Callable[[Deployment, bool], None]
    behind: int = 0  # as of `Deployment`


PROOFS = {
    "P1": Proof("killed at each step", kills.p1),
    "P3": Proof("an owner frozen past its session, another takes over, the first wakes", freezes.p3),
    "P4": Proof("killed with a transaction open", kills.p4),
    "P6": Proof("checkpoints damaged, offsets forgotten, transactions aborted with their outputs produced", states.p6),
    "P7": Proof("a byte of the journal or of a signal changed; a setting changed through the journal", damage.p7),
    "P8": Proof("the input stops while hours and days pass", clocks.p8),
    "P9": Proof("the same journal folded again, each time cut otherwise", replays.p9),
    "P11": Proof("the machine's clock is set on and back by an hour, on ordinary nights and those that are not", clocks.p11, behind=4 * HOUR),
}
