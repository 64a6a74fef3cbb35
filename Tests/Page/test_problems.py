import unittest

from page import OBAMA, OBAMA2, PageTest, photo

REFUSING = """
    const real = window.fetch;
    window.refusals = %d;
    window.fetch = (path, options) => (String(path).includes('/v1/verify') && window.refusals-- > 0
      ? Promise.resolve(new Response(JSON.stringify({ type: 'about:blank', title: 't', status: %d, code: 'c', detail: '%s', request_id: 'r' }),
        { status: %d, headers: { 'Content-Type': 'application/problem+json', %s } }))
      : real(path, options));
"""


class Problems(PageTest):
    def refuse(self, times, status, detail, headers=""):
        self.inject(REFUSING % (times, status, detail, status, headers))
        self.open("verify")

    def compare(self):
        self.choose(photo(OBAMA))
        self.choose(photo(OBAMA2), index=1)

    def test_busy(self):
        self.refuse(1, 429, "too many requests wait already", "'Retry-After': '4'")
        self.compare()
        self.says("The server is busy: Too many requests wait already. Trying again in", "#notices")
        self.shot("problem-busy")
        self.says("Same person", ".verdict")
        self.assertEqual(self.text("#notices").strip(), "")

    def test_warming_up(self):
        self.refuse(1, 503, "the models are being loaded", "'Retry-After': '1'")
        self.compare()
        self.says("Trying again in", "#notices")
        self.says("Same person", ".verdict")

    def test_the_servers_fault(self):
        self.refuse(1, 500, "something broke")
        self.compare()
        self.says("The server failed", ".problem")
        self.says("Something broke.", ".problem")
        self.says("Request r", ".problem")
        self.click("Try again")
        self.says("Same person", ".verdict")

    def test_no_answer(self):
        self.expected = ["ERR_INTERNET_DISCONNECTED"]
        self.choose(photo(OBAMA))
        self.wait(lambda: self.all(".zone img"), "the photo")
        self.cdp("Network.enable")
        self.cdp("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        try:
            self.choose(photo(OBAMA2), index=1)
            self.says("The server cannot be reached", ".problem")
            self.shot("problem-unreachable")
        finally:
            self.cdp("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        self.click("Try again")
        self.says("Same person", ".verdict")


if __name__ == "__main__":
    unittest.main()
