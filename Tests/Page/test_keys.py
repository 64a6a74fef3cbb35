import unittest

from page import LIVE, OBAMA, OBAMA2, Keys, PageTest, photo

TOKEN = "a-token-of-the-tests"


class AKey(PageTest):
    environment = {"DEEPFACE_AUTH_TOKEN": TOKEN}

    def setUp(self):
        super().setUp()
        self.expected = ["401", "403"]

    def give(self, key):
        self.one("dialog input[type=password]").send_keys(key, Keys.ENTER)

    def test_it_is_asked_for(self):
        self.says("An API key is needed", "dialog")
        self.shot("key")
        self.give("a-wrong-one")
        self.says("Another key is needed", "dialog")
        self.give(TOKEN)
        self.wait(lambda: not self.all("dialog"), "the dialog gone")
        self.choose(photo(OBAMA))
        self.choose(photo(OBAMA2), index=1)
        self.says("Same person", ".verdict")
        stored = self.js("return [JSON.stringify(sessionStorage), JSON.stringify(localStorage), document.cookie]")
        self.assertIn(TOKEN, stored[0])
        self.assertNotIn(TOKEN, stored[1] + stored[2])
        self.click("Forget the API key")
        self.says("An API key is needed", "dialog")
        self.assertNotIn(TOKEN, self.js("return JSON.stringify(sessionStorage)"))

    def test_live_video_with_a_key(self):
        photo(LIVE)
        self.give(TOKEN)
        self.wait(lambda: not self.all("dialog"), "the dialog gone")
        self.go("live")
        self.click("Start the camera")
        self.one(".stage .corners")

    def test_what_a_key_may_not_do(self):
        self.inject("""
            const real = window.fetch;
            window.fetch = (path, options) => (options?.method === 'POST' && path === '/v1/collections'
              ? Promise.resolve(new Response(JSON.stringify({ type: 'about:blank', title: 't', status: 403, code: 'forbidden', detail: 'this needs the role write', request_id: 'r' }),
                { status: 403, headers: { 'Content-Type': 'application/problem+json' } }))
              : real(path, options));
        """)
        self.open("people")
        self.give(TOKEN)
        self.wait(lambda: not self.all("dialog"), "the dialog gone")
        self.click("New collection")
        self.one("dialog input[type=text]").send_keys("mine", Keys.ENTER)
        self.says("This needs the role write.", "dialog .error-line")
        self.click("Cancel", "dialog")


if __name__ == "__main__":
    unittest.main()
