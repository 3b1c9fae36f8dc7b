"""Deliberate breaks of the code, each of which a proof or the simulation must find: a proof that cannot fail proves nothing.

A break is a patch in `breaks/`, with a line that says what it breaks and one that says who must find it. They are built in
one copy of the project, so that each costs no more than what it touches.
"""

import fcntl, shutil, subprocess, sys, time
from pathlib import Path
from typing import Callable, NamedTuple

from .broker import ROOT
from .deployment import Programs
from .report import Report

FOLDER = Path(__file__).resolve().parent / "breaks"
# A break that the simulation must find shows within so many seeds.
SEEDS = "1..400"


class Break(NamedTuple):
    name: str
    why: str
    finders: list[str]  # proofs by name, or `simulation`
    patch: Path


def load(names: list[str]) -> list[Break]:
    """The breaks of these names, or all."""
    found = []
    for path in sorted(FOLDER.glob("*.patch")):
        if names and path.stem not in names:
            continue
        lines = path.read_text().splitlines()
        why = " ".join(line[2:] for line in lines if line.startswith("# "))
        finders = next(line.split(": ", 1)[1].split() for line in lines if line.startswith("Found-by: "))
        found.append(Break(path.stem, why, finders, path))
    return found


class Copy:
    """A copy of the project with a build of its own, kept from one break to the next."""

    def __init__(self, directory: Path):
        self.tree = directory / "tree"
        self.tree.mkdir(parents=True, exist_ok=True)
        # Two at a time would build over one another: the second waits. Released when this process ends.
        self.lock = open(directory / "lock", "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        shared = directory / "shared"
        if not shared.exists():
            shared.symlink_to(ROOT.parent / "shared")

    def restore(self) -> None:
        """Makes it equal to the project again; files that are equal keep their times, and so what was built of them."""
        files = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                               stdout=subprocess.PIPE, check=True).stdout.decode().split("\0")
        kept = {name for name in files if name and (ROOT / name).is_file()}
        for name in kept:
            target, content = self.tree / name, (ROOT / name).read_bytes()
            if not target.exists() or target.read_bytes() != content:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                target.chmod((ROOT / name).stat().st_mode)
        for path in (self.tree / "Sources").rglob("*"):
            if path.is_file() and str(path.relative_to(self.tree)) not in kept:
                path.unlink()

    def apply(self, patch: Path) -> str:
        """What went wrong; nothing when the patch is in."""
        done = subprocess.run(["patch", "-p1", "--forward", "--no-backup-if-mismatch", "-i", patch], cwd=self.tree,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return "" if done.returncode == 0 else done.stdout


def simulate(tree: Path, build: Callable[[Path, tuple[str, ...]], Path]) -> str:
    """What the simulation says first; nothing when all is well."""
    folder = build(tree, ("Simulation",))
    done = subprocess.run([folder / "Simulation", "--seeds", SEEDS, "--reference-every", "0"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("seed ")]
    return (lines or [done.stdout[-300:]])[0] if done.returncode else ""


def first_finding(report: Report) -> str:
    for kind, texts in report.found.items():
        if texts:
            return f"{kind}: {texts[0]}"
    return report.failures[0].splitlines()[0] if report.failures else ""


def run(names: list[str], directory: Path, build: Callable[[Path, tuple[str, ...]], Path],
        prove: Callable[[str, Programs], Report]) -> int:
    """Plays each break to each that must find it. How many were not found."""
    breaks = load(names)
    unknown = set(names) - {found.name for found in breaks}
    if unknown or not breaks:
        print(f"prove: no break is called {', '.join(sorted(unknown))}", file=sys.stderr)
        return len(unknown) or 1
    if not shutil.which("patch"):
        print("prove: patch is missing: apt-get install patch", file=sys.stderr)
        return 1
    copy = Copy(directory)
    missed = 0
    for found in breaks:
        began = time.monotonic()
        copy.restore()
        if problem := copy.apply(found.patch):
            print(f"{found.name}: the patch does not apply:\n{problem}", flush=True)
            missed += 1
            continue
        for finder in found.finders:
            if finder == "simulation":
                answer = simulate(copy.tree, build)
            else:
                folder = build(copy.tree, ("bellwether-testing", "ProofEvents"))
                answer = first_finding(prove(finder, Programs(folder / "bellwether-testing", folder / "ProofEvents")))
            missed += not answer
            print(f"{found.name}: {f'found by {finder}: {answer[:300]}' if answer else f'NOT FOUND by {finder}'} "
                  f"({time.monotonic() - began:.0f} s)", flush=True)
    copy.restore()
    return missed
