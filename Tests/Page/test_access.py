"""Whether everybody can use the page: names, contrast, keyboard, small screens."""

import unittest

from selenium.webdriver.common.action_chains import ActionChains

from page import OBAMA, OBAMA2, Keys, PageTest, photo

VIEWS = ("verify", "search", "people", "analyze", "extract", "live", "models")

CONTRAST = """
    const parse = (text) => {
      const numbers = (text.match(/[\\d.e-]+/g) ?? []).map(Number);
      if (text.startsWith('color(')) return [...numbers.slice(0, 3).map((n) => n * 255), numbers[3] ?? 1];
      return [...numbers.slice(0, 3), numbers[3] ?? 1];
    };
    const over = ([r, g, b, a], below) => [r, g, b].map((n, i) => n * a + below[i] * (1 - a)).concat(1);
    const ground = (element) => {
      const layers = [];
      for (let one = element; one; one = one.parentElement) {
        const colour = parse(getComputedStyle(one).backgroundColor);
        layers.push(colour);
        if (colour[3] === 1) break;
      }
      return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
    };
    const light = (colour) => {
      const [r, g, b] = colour.map((n) => n / 255).map((n) => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const weak = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.textContent.trim() || !element.checkVisibility() || element.closest(':disabled, option, .unseen')) continue;
      if (element.closest('.chip')?.querySelector(':disabled')) continue;
      const below = ground(element);
      const [a, b] = [light(over(parse(getComputedStyle(element).color), below)), light(below)].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < 4.5) weak.add(`${ratio.toFixed(2)}: ${element.tagName}.${element.className} “${walker.currentNode.textContent.trim().slice(0, 40)}”`);
    }
    return [...weak];
"""


class Access(PageTest):
    def each_view(self):
        for view in VIEWS:
            self.open(view)
            self.wait(lambda: not self.all("[aria-busy=true]"), "what it shows first")
            yield view

    def test_contrast(self):
        for scheme in ("light", "dark"):
            self.scheme(scheme)
            for view in self.each_view():
                with self.subTest(view=view, scheme=scheme):
                    self.assertEqual(self.js(CONTRAST), [])
            self.open("verify")
            self.choose(photo(OBAMA))
            self.choose(photo(OBAMA2), index=1)
            self.wait(lambda: len(self.all(".aligned img")) == 2, "the verdict")
            with self.subTest(view="a verdict", scheme=scheme):
                self.assertEqual(self.js(CONTRAST), [])
            self.open("extract")
            self.choose(self.blurred(OBAMA))
            self.one(".faces .badge.warn")
            with self.subTest(view="a poor picture", scheme=scheme):
                self.assertEqual(self.js(CONTRAST), [])

    def test_everything_has_a_name(self):
        for view in self.each_view():
            with self.subTest(view):
                for element in self.all("button, a, input, select, summary, img:not([alt='']), nav, section[aria-label]"):
                    self.assertTrue(element.accessible_name.strip(), element.get_attribute("outerHTML")[:200])
                self.assertEqual(len(self.all("h1")), 1)
                self.assertEqual(len(self.all("main")), 1)
                levels = [int(element.tag_name[1]) for element in self.all("h1, h2, h3, h4")]
                self.assertEqual(levels[0], 1)
                self.assertTrue(all(after - before <= 1 for before, after in zip(levels, levels[1:])), levels)
                ids = self.js("return [...document.querySelectorAll('[id]')].map(e => e.id)")
                self.assertEqual(len(ids), len(set(ids)))

    def test_titles(self):
        titles = set()
        for _ in self.each_view():
            titles.add(self.driver.title)
        self.assertEqual(len(titles), len(VIEWS))

    def test_the_keyboard_goes_everywhere_in_order(self):
        for view in self.each_view():
            with self.subTest(view):
                self.js("document.activeElement?.blur()")
                wanted = self.js("""
                    return [...document.querySelectorAll('button, a[href], input, select, summary')]
                      .filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex >= 0).length;
                """)
                seen = []
                for _ in range(wanted):
                    ActionChains(self.driver).send_keys(Keys.TAB).perform()
                    state = self.js("""
                        const all = [...document.querySelectorAll('*')];
                        const e = document.activeElement;
                        const style = [e, e.nextElementSibling, e.closest('.drop'), e.closest('.button'), e.closest('label')].filter(Boolean).map((x) => getComputedStyle(x));
                        return [all.indexOf(e), e.tagName, style.some((s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) , e.outerHTML.slice(0, 120)];
                    """)
                    if state[1] == "BODY":
                        break
                    self.assertTrue(state[2], f"no visible focus: {state[3]}")
                    seen.append(state[0])
                self.assertEqual(seen, sorted(seen))
                self.assertGreaterEqual(len(seen), wanted - 1)

    def test_focus_and_title_follow_the_page(self):
        self.go("models")
        self.wait(lambda: self.driver.switch_to.active_element.tag_name == "h1", "the heading has the focus")
        self.assertEqual(self.driver.title, "Models & licences – DeepFace")
        self.assertEqual(self.one("#nav a[aria-current=page]").text, "Models")
        self.driver.back()
        self.wait(lambda: self.driver.title == "Verify – DeepFace", "the page before")

    def test_verify_with_the_keyboard_alone(self):
        self.choose(photo(OBAMA))
        self.choose(photo(OBAMA2), index=1)
        self.one(".verdict")
        self.wait(lambda: "Same person" in self.js("return document.getElementById('says').textContent"), "what is read out")
        button = self.button("Compare")
        self.js("arguments[0].focus()", button)
        button.send_keys(Keys.ENTER)
        self.says("Same person", ".verdict")

    def test_small_screens_and_large_letters(self):
        # 640 pixels wide is 1280 at 200 %.
        for width in (320, 375, 640):
            self.size(width, 700)
            for view in self.each_view():
                with self.subTest(view=view, width=width):
                    self.assertLessEqual(self.js("return document.documentElement.scrollWidth"), width)

    def test_light_and_dark(self):
        ground = "return getComputedStyle(document.body).backgroundColor"
        light = self.js(ground)
        self.click("Dark colours")
        dark = self.js(ground)
        self.assertNotEqual(light, dark)
        self.open("verify")
        self.assertEqual(self.js(ground), dark)
        self.click("Light colours")
        self.assertEqual(self.js(ground), light)
        self.js("localStorage.clear()")


if __name__ == "__main__":
    unittest.main()
