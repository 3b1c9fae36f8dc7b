"""What stands in the files for operating agrees: alerts, their tests, the runbook, the dashboard and the program's metrics.

    python3 -m unittest discover -s ops -p 'check_*.py'
"""

import json
import pathlib
import re
import shutil
import subprocess
import unittest

OPS = pathlib.Path(__file__).parent
RULES = OPS / "prometheus/bellwether.rules.yml"
TESTS = OPS / "prometheus/bellwether.test.yml"


def metrics_of_the_program():
    """The names that the sources give to metrics, with the parts of histograms."""
    names = {"up"}
    for source in (OPS.parent / "Sources").rglob("*.swift"):
        for name, kind in re.findall(r'\.metric\(\s*"(\w+)",\s*\.(\w+)', source.read_text()):
            names |= {f"{name}_{part}" for part in ("bucket", "sum", "count")} if kind == "histogram" else {name}
    return names


def metrics_in(expression):
    without_labels = re.sub(r'\{[^}]*\}', "", re.sub(r"by \([^)]*\)", "", expression))
    return set(re.findall(r"\b(?:bellwether|process)_\w+|\bup\b", without_labels))


class Operations(unittest.TestCase):
    def setUp(self):
        self.rules = RULES.read_text()
        self.alerts = re.findall(r"- alert: (\w+)", self.rules)

    def test_alerts_are_played(self):
        if shutil.which("promtool") is None:
            self.skipTest("promtool is not installed (Debian: prometheus)")
        played = subprocess.run(["promtool", "test", "rules", TESTS], capture_output=True, text=True)
        self.assertEqual(played.returncode, 0, played.stdout + played.stderr)

    def test_each_alert_fires_in_a_test_and_stands_in_the_runbook(self):
        tests = TESTS.read_text()
        chapters = re.findall(r"^### (\w+)$", (OPS / "runbook.md").read_text(), re.M)
        self.assertEqual(sorted(chapters), sorted(self.alerts))
        self.assertGreater(len(self.alerts), 5)
        for alert in self.alerts:
            self.assertRegex(tests, rf"alertname: {alert}\n +exp_alerts:\n", "never fires")
            self.assertIn(f"runbook.md#{alert.lower()}", self.rules)

    def test_rules_and_dashboard_ask_for_what_there_is(self):
        known = metrics_of_the_program()
        self.assertGreater(len(known), 15)
        dashboard = json.loads((OPS / "grafana/bellwether.json").read_text())
        expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
        asked = set().union(*map(metrics_in, expressions), metrics_in("\n".join(re.findall(r"expr: (.*)", self.rules))))
        self.assertGreater(len(asked), 10)
        self.assertLessEqual(asked, known)


if __name__ == "__main__":
    unittest.main()
