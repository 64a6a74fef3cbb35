import shutil
import unittest

from page import BIDEN, BOTH, OBAMA, OBAMA2, OBAMA3, TEMPORARY, Keys, PageTest, photo


class People(PageTest):
    start = "people"

    def setUp(self):
        self.server.make_collection("team")
        super().setUp()
        self.go("people/team")
        self.says("Nobody is registered in “team” yet")

    def register(self, *paths):
        for path in paths:
            self.choose(path, within=".adding")
        self.click("Register ", ".adding .panel")

    def names(self):
        return [element.text for element in self.all(".people a")]

    def test_register_many(self):
        self.shot("people-empty")
        folder = TEMPORARY / "many"
        folder.mkdir(exist_ok=True)
        for source, name in ((OBAMA, "Barack_Obama-1.jpg"), (OBAMA2, "Barack Obama (2).jpg"), (BIDEN, "Joe Biden.jpg"), (BOTH, "two at once.jpg")):
            shutil.copy(photo(source), folder / name)
        self.expected.append("4[0-9][0-9]")
        paths = sorted(map(str, folder.iterdir()))
        self.choose("\n".join(paths), within=".adding")
        self.wait(lambda: len(self.all(".uploads li")) == 4, "four photos")
        self.assertEqual({element.get_attribute("value") for element in self.all(".uploads input")}, {"Barack Obama", "Joe Biden", "two at once"})
        self.switch("Keep the photos")
        self.click("Register 4 photos")
        self.says("3 photos registered, 1 photo not", ".adding", 60)
        self.assertEqual(len(self.all(".uploads .done")), 3)
        self.assertEqual(len(self.all(".uploads .failed")), 1)
        self.shot("people-registered")
        self.wait(lambda: self.names() == ["Barack Obama", "Joe Biden"], "the list")
        self.assertIn("2 photos", self.text(".people"))

    def test_one_photo_twice(self):
        self.register(photo(BIDEN))
        self.says("Registered as biden", ".adding")
        self.click("Clear the list")
        self.register(photo(BIDEN))
        self.says("Was registered as biden before", ".adding")

    def test_several_faces_the_largest(self):
        self.switch("Take the largest face")
        self.register(photo(BOTH))
        self.says("Registered as two people", ".adding")

    def test_poor_pictures_are_refused(self):
        self.expected.append("422")
        self.switch("Good pictures only")
        self.register(self.blurred(OBAMA), photo(OBAMA2))
        self.says("1 photo registered, 1 photo not", ".adding")
        self.assertRegex(self.text(".uploads .failed .status"), r"Too poor a picture: .*blurred.*\. Its quality is [\d.]+ %; 50 % is the least\.")
        self.assertIn("Registered as obama", self.text(".uploads .done"))
        self.shot("people-poor")
        self.switch("Good pictures only")
        self.click("Register 1 photo", ".adding .panel")
        self.says("Registered as blurred-obama", ".adding")

    def test_rename_and_delete(self):
        self.server.register("team", "Jo", photo(BIDEN))
        self.server.register("team", "Barack", photo(OBAMA))
        self.go("people")
        self.go("people/team")
        self.wait(lambda: self.names() == ["Barack", "Jo"], "the list")
        self.shot("people-list")
        self.click("Rename Jo")
        self.one("dialog input").clear()
        self.one("dialog input").send_keys("Joe Biden", Keys.ENTER)
        self.wait(lambda: self.names() == ["Barack", "Joe Biden"], "the new name")
        self.click("Delete Joe Biden")
        self.says("This cannot be undone", "dialog")
        self.assertEqual(self.driver.switch_to.active_element.text, "Cancel")
        self.shot("people-delete")
        self.one("dialog")
        self.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
        self.wait(lambda: not self.all("dialog"), "the dialog gone")
        self.assertEqual(self.names(), ["Barack", "Joe Biden"])
        self.click("Delete Joe Biden")
        self.button("Delete", "dialog").click()
        self.wait(lambda: self.names() == ["Barack"], "one left")

    def test_a_taken_name(self):
        self.server.register("team", "Jo", photo(BIDEN))
        self.server.register("team", "Barack", photo(OBAMA))
        self.expected.append("409")
        self.go("people/team/Jo")
        self.click("Rename")
        self.one("dialog input").clear()
        self.one("dialog input").send_keys("Barack", Keys.ENTER)
        self.wait(lambda: len(self.text("dialog .error-line")) > 5, "why not")
        self.click("Cancel", "dialog")

    def test_a_person(self):
        self.server.register("team", "Barack Obama", photo(OBAMA))
        self.server.register("team", "Barack Obama", photo(OBAMA2), keep=False)
        self.go("people/team/Barack%20Obama")
        self.says("2 photos, registered since")
        self.one(".samples canvas.face")
        self.assertEqual(len(self.all(".samples li")), 2)
        wider = "return [...document.querySelectorAll('.samples li')].filter((e) => e.scrollWidth > e.clientWidth).length"
        for width in (320, 375, 1280):
            self.size(width, 900)
            self.assertEqual(self.js(wider), 0, f"cards that do not hold what is in them, {width} pixels wide")
        self.assertIn("Barack Obama", self.driver.title)
        self.shot("person")
        self.click("Compare a photo")
        self.choose(photo(OBAMA3), within="details[open]")
        self.says("This is Barack Obama", ".verdict", 60)
        self.shot("person-compare")

    def test_one_photo_is_deleted(self):
        for path, keep in ((OBAMA, True), (OBAMA2, False), (OBAMA3, True)):
            self.server.register("team", "Barack Obama", photo(path), keep=keep)
        self.go("people")
        self.go("people/team")
        # A picture is fetched when it comes into sight.
        into_sight = "document.querySelector('.people .face')?.scrollIntoView(); return true"
        self.wait(lambda: self.js(into_sight) and self.all(".people canvas.face"), "the picture")
        self.go("people/team/Barack%20Obama")
        self.wait(lambda: len(self.all(".samples li")) == 3, "three photos")
        self.click("Delete obama2.jpg")
        self.says("no longer known by this photo", "dialog")
        self.button("Delete", "dialog").click()
        self.wait(lambda: len(self.all(".samples li")) == 2, "two left")
        self.says("2 photos, registered since")
        self.assertEqual(len(self.server.call("GET", "/v1/collections/team/people/Barack%20Obama")["samples"]), 2)
        self.click("Delete obama.jpg")
        self.button("Delete", "dialog").click()
        self.wait(lambda: len(self.all(".samples li")) == 1, "one left")
        self.click("Delete obama3.jpg")
        self.says("It is the last one", "dialog")
        self.button("Delete", "dialog").click()
        self.says("Nobody is registered in “team” yet")

    def test_names_are_text(self):
        name = '<img src=x onerror="window.hit=1">'
        self.server.register("team", name, photo(BIDEN))
        self.go("people")
        self.go("people/team")
        self.wait(lambda: self.names() == [name], "the name as it is")
        self.all(".people a")[0].click()
        self.wait(lambda: self.text("main > section:not([hidden]) h1").strip() == name, "the person's page")
        self.go("search")
        self.says("Who is this?")
        self.choose(photo(BIDEN))
        self.says(name, ".result")
        self.assertIsNone(self.js("return window.hit ?? null"))

    def test_collections(self):
        self.click("New collection")
        self.one("dialog input[type=text]").send_keys("team")
        self.expected.append("409")
        self.click("Make", "dialog")
        self.wait(lambda: len(self.text("dialog .error-line")) > 5, "that it is there already")
        self.one("dialog input[type=text]").clear()
        self.one("dialog input[type=text]").send_keys("guests / 2026?")
        self.shot("collection-new")
        self.click("Make", "dialog")
        self.says("Nobody is registered in “guests / 2026?” yet")
        self.click("Delete collection")
        self.one("dialog input").send_keys("guests")
        self.click("Delete collection", "dialog")
        self.says("That is not the collection’s name", "dialog")
        self.one("dialog input").clear()
        self.one("dialog input").send_keys("guests / 2026?")
        self.click("Delete collection", "dialog")
        self.says("The collection “guests / 2026?” was deleted")
        self.wait(lambda: "guests" not in self.text("main select"), "its name gone")

    def test_no_such_collection(self):
        self.go("people/nowhere")
        self.says("There is no collection called “nowhere”", ".problem")

    def test_pages_and_filter(self):
        # The list alone: who is in it is answered here.
        self.inject("""
            const people = Array.from({ length: 120 }, (_, index) => ({ name: `Person ${String(index).padStart(3, '0')}`, faces: 1, created: '2026-01-02T03:04:05Z' }));
            const real = window.fetch;
            window.fetch = (path, options) => {
              const address = new URL(path, location.href);
              if (!address.pathname.endsWith('/people')) return real(path, options);
              const after = address.searchParams.get('after') ?? '';
              const limit = +address.searchParams.get('limit');
              const contains = (address.searchParams.get('contains') ?? '').toLowerCase();
              const rest = people.filter(({ name }) => name > after && name.toLowerCase().includes(contains));
              const page = rest.slice(0, limit);
              return Promise.resolve(Response.json({ people: page, next: rest.length > limit ? page.at(-1).name : null }));
            };
        """)
        self.open("people/team")
        self.wait(lambda: len(self.names()) == 50, "the first page")
        self.click("Next")
        self.wait(lambda: self.names()[:1] == ["Person 050"], "the second page")
        self.click("Next")
        self.wait(lambda: self.names()[-1:] == ["Person 119"], "the last page")
        self.assertFalse(self.button("Next").is_enabled())
        self.shot("people-pages")
        self.click("Previous")
        self.wait(lambda: self.names()[:1] == ["Person 050"], "the second page again")
        self.field("Filter by name").send_keys("n 11")
        self.wait(lambda: self.names() == [f"Person {number}" for number in range(110, 120)], "those found")
        self.says("10 people found")
        self.field("Filter by name").clear()
        self.field("Filter by name").send_keys("PERSON 0")
        self.says("1–50 of those found")
        self.click("Next")
        self.wait(lambda: self.names()[-1:] == ["Person 099"], "the rest of those found")

    def test_the_server_filters(self):
        self.server.register("team", "Joe Biden", photo(BIDEN))
        self.server.register("team", "Barack", photo(OBAMA))
        self.open("people/team")
        self.wait(lambda: self.names() == ["Barack", "Joe Biden"], "the list")
        self.field("Filter by name").send_keys("bid")
        self.wait(lambda: self.names() == ["Joe Biden"], "the one found")
        self.says("1 person found")


if __name__ == "__main__":
    unittest.main()
