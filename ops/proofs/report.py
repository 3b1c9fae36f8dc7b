"""What a proof found and what happened in it."""

from collections import Counter

# As Kafka's own suites and Jepsen's name them.
KINDS = ("lost", "duplicated", "aborted-read", "reordered", "divergent", "unseen")


class Failed(Exception):
    """What a proof is about did not hold, or it could not be shown."""


class Report:
    def __init__(self, name: str, claim: str):
        self.name, self.claim = name, claim
        self.found: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self.counts: Counter[str] = Counter()
        self.measured: list[str] = []
        self.failures: list[str] = []
        self.seconds = 0.0

    def find(self, kind: str, text: str) -> None:
        self.found[kind].append(text)

    def measure(self, text: str) -> None:
        """Something worth telling that is no fault."""
        self.measured.append(text)

    def require(self, holds: bool, text: str) -> None:
        """What the proof is about; a proof goes on, so that everything that is wrong is told."""
        if not holds:
            self.failures.append(text)

    @property
    def holds(self) -> bool:
        return not self.failures and not any(self.found.values())

    def show(self) -> str:
        lines = [f"{self.name}  {self.claim}"]
        lines.append("    " + ", ".join(f"{kind} {len(self.found[kind])}" for kind in KINDS))
        happened = {"kills": 0, "kills inside a transaction": 0, "rebalances": 0, **self.counts}
        lines.append("    " + ", ".join(f"{name} {count:,}" for name, count in happened.items()))
        lines += [f"    {text}" for text in self.measured]
        for kind in KINDS:
            lines += [f"    {kind.upper()}: {text}" for text in self.found[kind][:10]]
            if len(self.found[kind]) > 10:
                lines.append(f"    {kind.upper()}: … and {len(self.found[kind]) - 10:,} more")
        lines += [f"    FAILED: {text}" for text in self.failures]
        lines.append(f"    {'holds' if self.holds else 'DOES NOT HOLD'} ({self.seconds:.0f} s)")
        return "\n".join(lines)
