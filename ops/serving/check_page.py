"""The page, driven in a headless Chromium against the whole service on a real broker.

    BELLWETHER_TEST_BOOTSTRAP=… BELLWETHER_TEST_PROGRAM=… python3 -m unittest discover -s ops/serving -p 'check_page.py'

BELLWETHER_SCREENSHOTS=FOLDER keeps pictures of it: 1,440 and 390 pixels wide, light and dark.
"""

import os
import pathlib
import unittest

from accessibility import faults
from browser import Browser
from deployment import Deployment, needs

CARDS = "[...document.querySelectorAll('.signal')].map(card => card.dataset.id)"
IS_THERE = (
    "document.querySelectorAll('.signal').length > 0 && document.querySelectorAll('#map path').length == 33"
    " && document.querySelector('#area .chart') != null"
)


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        needs("chromium")
        if not os.path.exists("/usr/share/nodejs/d3/dist/d3.min.js"):
            raise unittest.SkipTest("node-d3 is not installed")
        cls.service = Deployment(seed=7)
        cls.service.send(cls.service.history() + cls.service.spike("E08000025", 14))
        cls.service.send(["not an event"])
        cls.service.start("pipeline", "ingest,fold")
        cls.address = f"http://{cls.service.start('front', 'serve')}"
        cls.service.is_ready("front")
        cls.service.wait("front", lambda: cls.standing())

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "service"):
            cls.service.close()

    @classmethod
    def standing(cls):
        return cls.service.get("front", "/v1/signals?status=standing&order=rank&limit=200")["signals"]

    @classmethod
    def listed(cls):
        """Of each area the first signal in the API's order, and the first eight areas."""
        firsts = {}
        for signal in cls.standing():
            firsts.setdefault(signal["area"], signal["id"])
        return list(firsts.values())[:8]

    def setUp(self):
        self.browser = Browser()
        self.addCleanup(self.browser.__exit__)

    def open(self, query=""):
        self.browser.open(f"{self.address}/{query}")
        self.browser.wait(IS_THERE)

    def test_it_shows_what_the_api_says(self):
        self.open()
        self.assertEqual(self.browser.wait(CARDS), self.listed())
        first = self.browser.evaluate("document.querySelector('.signal').innerText")
        self.assertIn(self.standing()[0]["explanation"], first)
        rows = self.service.get("front", "/v1/comparison?measure=knifeCrime&window=28d")["areas"]
        labels = self.browser.evaluate(
            "Object.fromEntries([...document.querySelectorAll('#map path')].map(p => [p.dataset.area, p.getAttribute('aria-label')]))"
        )
        self.assertEqual(len(labels), 33)
        for row in rows:
            if row["area"] in labels:
                self.assertTrue(labels[row["area"]].startswith(f"{row['name']}: {row['count']}, {row['previous']} before"))
        table = self.browser.evaluate("document.getElementById('borough-rows').textContent")
        self.assertIn("Lambeth", table)
        refused = self.browser.wait("document.getElementById('refusal-rows').innerText")
        self.assertIn("notJSON", refused)
        # Nothing left this host, and nothing was complained about: the security policy refused nothing.
        self.assertEqual(self.browser.complaints, [])
        hosts = [address for address in self.browser.requested if not address.startswith(("data:", self.address))]
        self.assertEqual(hosts, [])

    def test_a_choice_is_in_the_address(self):
        self.open()
        self.browser.evaluate("document.querySelector('#map [data-area=E09000022]').dispatchEvent(new MouseEvent('click'))")
        self.browser.wait("document.getElementById('area-title').textContent.startsWith('Lambeth')")
        self.browser.evaluate("(w => { w.value = '7d'; w.dispatchEvent(new Event('change')); })(document.getElementById('window'))")
        self.browser.wait("document.getElementById('map-title').textContent.endsWith('7 days')")
        count = self.service.get("front", "/v1/projections/E09000022")["measures"]["knifeCrime"]["7d"]
        self.browser.wait(f"document.querySelector('.tile.on b').textContent == '{count}'")
        query = self.browser.evaluate("location.search")
        self.assertIn("area=E09000022", query)
        self.open(query)
        self.browser.wait("document.getElementById('area-title').textContent.startsWith('Lambeth')")
        self.assertEqual(self.browser.evaluate("document.getElementById('window').value"), "7d")
        self.browser.evaluate("history.back()")

    def test_a_new_signal_appears_without_reload(self):
        self.open()
        self.browser.evaluate("window.sameDocument = true")
        self.service.send(self.service.spike("E09000028", 12))
        self.browser.wait("[...document.querySelectorAll('.signal .where')].some(w => w.textContent.startsWith('Southwark'))")
        self.assertTrue(self.browser.evaluate("window.sameDocument"))
        self.assertEqual(self.browser.evaluate("document.title.startsWith('(')"), True)

    def test_it_says_that_the_service_is_gone_and_catches_up(self):
        self.open()
        self.browser.wait("document.getElementById('connection').dataset.state == 'live'")
        self.browser.evaluate("window.sameDocument = true")
        self.service.kill("front")
        self.browser.wait("document.getElementById('connection').dataset.state == 'lost'")
        self.assertIn("Not connected", self.browser.evaluate("document.getElementById('connection').innerText"))
        self.service.send(self.service.spike("E09000033", 15))
        self.service.start("front", "serve")
        self.service.is_ready("front")
        self.browser.wait("document.getElementById('connection').dataset.state == 'live'")
        self.browser.wait("[...document.querySelectorAll('.signal .where')].some(w => w.textContent.startsWith('Westminster'))")
        self.browser.wait(f"JSON.stringify({CARDS}) == JSON.stringify({self.listed()})")
        self.assertTrue(self.browser.evaluate("window.sameDocument"))

    def test_the_keyboard_is_enough(self):
        self.open()
        for _ in range(30):
            self.browser.press("Tab")
            if self.browser.evaluate("document.activeElement.classList.contains('signal')"):
                break
        self.browser.press("Enter")
        self.browser.wait("location.search.includes('area=')")
        for _ in range(60):
            self.browser.press("Tab")
            if self.browser.evaluate("document.activeElement.tagName == 'path'"):
                break
        here = self.browser.evaluate("document.activeElement.dataset.area")
        self.browser.press("ArrowDown")
        self.browser.press("ArrowLeft")
        there = self.browser.evaluate("document.activeElement.dataset.area")
        self.assertNotEqual(here, there)
        self.browser.press("Enter")
        self.browser.wait(f"location.search.includes('area={there}')")
        self.assertEqual(self.browser.evaluate("document.activeElement.dataset.area"), there)

    def test_everybody_can_read_it(self):
        self.open()
        folder = os.environ.get("BELLWETHER_SCREENSHOTS")
        for theme in ("light", "dark"):
            self.browser.theme(theme)
            for width in (1440, 390):
                self.browser.size(width, 1200, mobile=width < 500)
                self.browser.wait(IS_THERE)
                self.assertEqual(faults(self.browser), [], f"{theme}, {width} pixels")
                self.assertLessEqual(self.browser.evaluate("document.documentElement.scrollWidth"), width)
                if folder:
                    self.browser.screenshot(pathlib.Path(folder) / f"page-{width}-{theme}.png")


if __name__ == "__main__":
    unittest.main()
