"""What the tests of the web page share: a server, a browser, photos."""

import atexit
import base64
import json
import os
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
import uuid

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("DEEPFACE_SHARED", ROOT.parent / "shared"))
SHOTS = os.environ.get("DEEPFACE_SCREENSHOTS")
TEMPORARY = pathlib.Path(tempfile.mkdtemp(prefix="deepface-page-"))
atexit.register(shutil.rmtree, TEMPORARY, ignore_errors=True)


def photo(name):
    """The path of a photo like face_recognition-tests/obama.jpg; the test is left out where it is not there."""
    for path in (SHARED / "images" / name, ROOT / "demo" / "photos" / pathlib.Path(name).name):
        if path.exists():
            return str(path)
    raise unittest.SkipTest(f"{name} is not there: neither in {SHARED}/images nor in demo/photos")


OBAMA = "face_recognition-tests/obama.jpg"
OBAMA2 = "face_recognition-tests/obama2.jpg"
OBAMA3 = "face_recognition-tests/obama3.jpg"
BIDEN = "face_recognition-tests/biden.jpg"
BOTH = "face_recognition-tests/two_people.jpg"
LIVE, SPOOF = "antispoof/image_T1.jpg", "antispoof/image_F1.jpg"


# Whether an element e is shown; what is in closed <details> has a box, too.
SHOWN = "e.checkVisibility({ visibilityProperty: true })"


class Server:
    """A server of its own, with an empty store, on a free port."""

    def __init__(self, environment=None, arguments=()):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://localhost:{self.port}"
        self.token = (environment or {}).get("DEEPFACE_AUTH_TOKEN")
        command = shlex.split(os.environ.get("DEEPFACE_SERVE", f"{ROOT}/.build/release/deepface serve"))
        store = TEMPORARY / f"store-{self.port}.db"
        self.log = open(TEMPORARY / f"server-{self.port}.log", "w+b")
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--store", f"sqlite:{store}", *arguments],
            env={**os.environ, **(environment or {})}, stdout=self.log, stderr=self.log)
        atexit.register(self.stop)
        for _ in range(600):
            if self.process.poll() is not None:
                break
            try:
                return urllib.request.urlopen(f"{self.address}/ready", timeout=5).close()
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        self.log.seek(0)
        raise RuntimeError("the server did not start: " + self.log.read().decode()[-2000:])

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def call(self, method, path, body=None, kind="application/json"):
        request = urllib.request.Request(self.address + path, method=method, data=body, headers={"Content-Type": kind} if body else {})
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=120) as response:
            text = response.read()
        return json.loads(text) if text else None

    def make_collection(self, name):
        """An empty collection of this name."""
        try:
            self.call("DELETE", f"/v1/collections/{urllib.parse.quote(name, safe='')}")
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
        self.call("POST", "/v1/collections", json.dumps({"name": name}).encode())

    def register(self, collection, person, path, keep=True):
        boundary = uuid.uuid4().hex
        part = f'--{boundary}\r\nContent-Disposition: form-data; name="'
        body = b"".join([
            f'{part}keep_photo"\r\n\r\n{str(keep).lower()}\r\n'.encode(),
            f'{part}image"; filename="{os.path.basename(path)}"\r\nContent-Type: image/jpeg\r\n\r\n'.encode(),
            pathlib.Path(path).read_bytes(), f"\r\n--{boundary}--\r\n".encode()])
        quoted = [urllib.parse.quote(name, safe="") for name in (collection, person)]
        return self.call("POST", f"/v1/collections/{quoted[0]}/people/{quoted[1]}/samples", body, f"multipart/form-data; boundary={boundary}")

    def models(self):
        return self.call("GET", "/v1/models")


_servers = {}


def server(**environment):
    """The server with this environment, started by the first test that wants it."""
    key = tuple(sorted(environment.items()))
    if key not in _servers:
        _servers[key] = Server(environment)
    return _servers[key]


_browser = None


def browser():
    """One Chromium for all tests; what its camera sees is a clip of a live face, then of a photo of one."""
    global _browser
    if _browser:
        return _browser
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
                     "--host-resolver-rules=MAP 203.0.113.7 127.0.0.1", "--window-size=1280,900", "--lang=en-US",
                     f"--user-data-dir={TEMPORARY}/profile"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    clip = os.environ.get("DEEPFACE_CLIP", f"{TEMPORARY}/camera.mjpeg")
    options.add_argument(f"--use-file-for-fake-video-capture={clip}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    _browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    atexit.register(_browser.quit)
    if not os.path.exists(clip):
        make_clip(_browser, clip)
    return _browser


def make_clip(driver, path):
    """Two photos, upright and of one size, as JPEGs one after the other: that is a film."""
    frames = b""
    for name in (LIVE, SPOOF):
        try:
            data = base64.b64encode(pathlib.Path(photo(name)).read_bytes()).decode()
        except unittest.SkipTest:
            return
        frames += 60 * base64.b64decode(driver.execute_async_script("""
            const done = arguments[1];
            const image = new Image();
            image.onload = () => {
              const canvas = document.createElement('canvas');
              [canvas.width, canvas.height] = [640, 480];
              const factor = Math.min(640 / image.naturalWidth, 480 / image.naturalHeight);
              const [width, height] = [image.naturalWidth * factor, image.naturalHeight * factor];
              canvas.getContext('2d').drawImage(image, (640 - width) / 2, (480 - height) / 2, width, height);
              done(canvas.toDataURL('image/jpeg', 0.9).split(',')[1]);
            };
            image.src = 'data:image/jpeg;base64,' + arguments[0];
        """, data))
    pathlib.Path(path).write_bytes(frames)


class PageTest(unittest.TestCase):
    """A test with the page open at `start`; fails when the page writes an error to the console that was not expected."""

    start = "verify"
    environment = {}

    @classmethod
    def setUpClass(cls):
        cls.server = server(**cls.environment)

    def setUp(self):
        self.driver = browser()
        self.expected = []
        self.scripts = []
        self.size(1280, 900)
        self.scheme("light")
        self.open(self.start)

    def tearDown(self):
        for script in self.scripts:
            self.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=script)
        errors = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        self.js("sessionStorage.clear()")
        self.driver.get("about:blank")
        left = [message for message in errors if not any(re.search(pattern, message) for pattern in self.expected)]
        self.assertEqual(left, [], "errors on the console")

    # The browser

    def cdp(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def size(self, width, height, mobile=False):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def scheme(self, name):
        self.cdp("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": name}, {"name": "prefers-reduced-motion", "value": "reduce"}])

    def inject(self, script):
        """Runs a script in every document before its own."""
        self.scripts.append(self.cdp("Page.addScriptToEvaluateOnNewDocument", source=script)["identifier"])

    def open(self, view, address=None):
        self.driver.get("about:blank")
        self.driver.get(f"{address or self.server.address}/ui/#{view}")
        self.wait(lambda: self.all("main h1"), "the page")

    def go(self, view):
        self.driver.execute_script("location.hash = arguments[0]", view)

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def wait(self, condition, what, seconds=30):
        try:
            return WebDriverWait(self.driver, seconds, 0.05, [StaleElementReferenceException]).until(lambda _: condition())
        except TimeoutException:
            self.fail(f"waited in vain for {what}; the page says: {self.text()[:600]}")

    # What is on the page

    def all(self, selector):
        """What is shown of what matches."""
        return self.js(f"return [...document.querySelectorAll(arguments[0])].filter((e) => {SHOWN})", selector)

    def one(self, selector, seconds=30):
        return self.wait(lambda: self.all(selector), selector, seconds)[0]

    def button(self, words, within="body"):
        def found():
            return self.js(f"""
                return [...document.querySelectorAll(arguments[0])].flatMap((e) => [...e.querySelectorAll('button, a.button, summary')])
                  .filter((e) => {SHOWN} && (e.getAttribute('aria-label') ?? e.innerText).includes(arguments[1]));
            """, within, words)
        return self.wait(found, f"the button {words}")[0]

    def click(self, words, within="body"):
        self.button(words, within).click()

    def field(self, label):
        """The control with this label."""
        def found():
            return [element for element in self.all("input, select") if element.accessible_name == label]
        return self.wait(found, f"the field {label}")[0]

    def switch(self, label):
        def found():
            return [element for element in self.all("label.switch .switch-words") if label in element.text]
        self.wait(found, f"the switch {label}")[0].click()

    def text(self, selector="body"):
        return self.js(f"return [...document.querySelectorAll(arguments[0])].filter((e) => {SHOWN}).map((e) => e.innerText).join('\\n')", selector)

    def says(self, words, selector="body", seconds=30):
        self.wait(lambda: words in self.text(selector), f"“{words}”", seconds)

    def choose(self, path, index=0, within="main > section:not([hidden])"):
        """Gives a file to the place for photos with this number."""
        def given():
            self.all(f"{within} input[type=file]:not([capture])")[index].send_keys(path)
            return True
        self.wait(given, "the place for a photo")

    def hand_over(self, event, selector, *paths):
        """Drops files on an element, or pastes them into it."""
        files = [{"name": os.path.basename(path), "data": base64.b64encode(pathlib.Path(path).read_bytes()).decode()} for path in paths]
        self.js("""
            const data = new DataTransfer();
            for (const { name, data: text } of arguments[2]) {
              const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
              data.items.add(new File([bytes], name, { type: name.endsWith('.png') ? 'image/png' : 'image/jpeg' }));
            }
            const place = document.querySelector(arguments[1]);
            const init = { bubbles: true, cancelable: true };
            if (arguments[0] === 'paste') place.dispatchEvent(new ClipboardEvent('paste', { ...init, clipboardData: data }));
            else for (const kind of ['dragenter', 'dragover', 'drop']) place.dispatchEvent(new DragEvent(kind, { ...init, dataTransfer: data }));
        """, event, selector, files)

    # Pictures

    def blurred(self, name):
        """The path of this photo out of focus."""
        data = base64.b64encode(pathlib.Path(photo(name)).read_bytes()).decode()
        jpeg = self.driver.execute_async_script("""
            const [data, done] = arguments;
            const image = new Image();
            image.onload = () => {
              const canvas = document.createElement('canvas');
              [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
              const context = canvas.getContext('2d');
              context.filter = 'blur(8px)';
              context.drawImage(image, 0, 0);
              done(canvas.toDataURL('image/jpeg', 0.95).split(',')[1]);
            };
            image.src = 'data:image/jpeg;base64,' + data;
        """, data)
        path = TEMPORARY / f"blurred-{os.path.basename(name)}"
        path.write_bytes(base64.b64decode(jpeg))
        return str(path)

    def shot(self, name):
        """Writes what the page looks like, in both modes, on a desk and on a phone."""
        if not SHOTS:
            return
        os.makedirs(SHOTS, exist_ok=True)
        for device, width, height in (("desktop", 1280, 900), ("phone", 375, 812)):
            for scheme in ("light", "dark"):
                self.size(width, height)
                self.scheme(scheme)
                time.sleep(0.4)
                self.js("scrollTo(0, 0)")
                whole = self.js("return Math.min(document.documentElement.scrollHeight, 4000)")
                is_dialog = bool(self.all("dialog[open]"))
                picture = self.cdp("Page.captureScreenshot", captureBeyondViewport=not is_dialog, clip={
                    "x": 0, "y": 0, "width": width, "height": height if is_dialog else max(whole, height), "scale": 1})
                pathlib.Path(SHOTS, f"{name}-{device}-{scheme}.png").write_bytes(base64.b64decode(picture["data"]))
        self.size(1280, 900)
        self.scheme("light")
