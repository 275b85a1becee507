"""A real browser for tests of pages: headless Chromium, driven by its own protocol over two pipes.

Clicks and keys are those of a mouse and a keyboard; what the page says on the console, and what it
asks the network for, is kept.
"""

import base64
import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
--disable-background-networking --disable-component-update --remote-debugging-pipe"""


class Browser:
    """A page in a browser. Made by `open_browser`.

    console (list[str]): What the page said on the console, and errors of its scripts.
    requests (list[str]): Addresses that it asked for, but for files.
    """

    def __init__(self, write: Any, read: Any) -> None:
        self.write, self.read = write, read
        self.number = 0
        self.session: str | None = None
        self.console: list[str] = []
        self.requests: list[str] = []
        self.loaded = 0

    def start(self) -> None:
        """Open an empty page."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """RETURNS (dict): What the browser answers to a command of its protocol."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session is not None:
            message["sessionId"] = self.session
        self.write.write(json.dumps(message).encode() + b"\0")
        self.write.flush()
        while True:
            found = self._receive()
            if found.get("id") == self.number:
                assert "error" not in found, found["error"]
                result: dict[str, Any] = found["result"]
                return result

    def open(self, page: Path, *, address: str = "") -> None:
        """Open a page from disk, and wait until it is there.

        address (str): What follows the file's name, as "#a=b".
        """
        self.visit(page.resolve().as_uri() + address)

    def visit(self, address: str) -> None:
        """Open an address, and wait until it is there."""
        before = self.loaded
        # the same file with another fragment would not be loaded again
        self.call("Page.navigate", url="about:blank")
        self.wait_for_load(before)
        before = self.loaded
        self.call("Page.navigate", url=address)
        self.wait_for_load(before)

    def wait_for_load(self, before: int) -> None:
        """Wait until more pages than so many were loaded, by whomever."""
        while self.loaded <= before:
            self._receive()

    def reload(self) -> None:
        """Load the page again."""
        before = self.loaded
        self.call("Page.reload")
        self.wait_for_load(before)

    def run(self, script: str, *, wait: bool = False) -> Any:
        """RETURNS (Any): The value of an expression in the page. wait (bool): Of the promise."""
        found = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=wait
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def text(self, query: str) -> str:
        """RETURNS (str): What an element shows."""
        return str(self.run(f"document.querySelector({json.dumps(query)}).innerText"))

    def texts(self, query: str) -> list[str]:
        """RETURNS (list[str]): What elements that are seen show."""
        script = f"[...document.querySelectorAll({json.dumps(query)})]"
        script += ".filter(one => one.checkVisibility()).map(one => one.innerText)"
        return list(self.run(script))

    def click(self, query: str) -> None:
        """Click in the middle of an element, where a person would."""
        x, y = self.move(query)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def move(self, query: str) -> tuple[float, float]:
        """Move the mouse to the middle of an element. RETURNS (tuple): Its place."""
        script = f"""(() => {{
            const one = document.querySelector({json.dumps(query)});
            one.scrollIntoView({{block: "center", inline: "center", behavior: "instant"}});
            const box = one.getBoundingClientRect();
            const at = [box.x + box.width / 2, box.y + box.height / 2];
            const top = document.elementFromPoint(...at);
            return one === top || one.contains(top) ? at : null;
        }})()"""
        found = self.run(script)
        assert found is not None, f"{query} is hidden or behind something"
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=found[0], y=found[1])
        return found[0], found[1]

    def press(self, key: str) -> None:
        """Press a key, e.g. "Tab" or "ArrowRight"."""
        codes = {"Tab": 9, "Enter": 13, "Home": 36, "End": 35, "ArrowLeft": 37, "ArrowRight": 39}
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=codes[key],
                **text,
            )

    def choose(self, query: str, value: str) -> None:
        """Choose an option, as a person with a keyboard: the page gets a change."""
        script = f"""(() => {{
            const one = document.querySelector({json.dumps(query)});
            one.value = {json.dumps(value)};
            one.dispatchEvent(new Event("change", {{bubbles: true}}));
            return one.value;
        }})()"""
        assert self.run(script) == value

    def size(self, width: int, height: int = 900) -> None:
        """Give the window another size."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def media(self, *, scheme: str = "light", kind: str = "screen") -> None:
        """Show the page in light or dark, on a screen or as printed."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=kind, features=features)

    def picture(self, path: Path, *, top: int = 0, height: int | None = None) -> None:
        """Take a picture of the whole page, or of a part of it."""
        whole = self.run("[document.documentElement.clientWidth, document.body.scrollHeight + 40]")
        height = height or whole[1] - top
        clip = {"x": 0, "y": top, "width": whole[0], "height": height, "scale": 1}
        shot = self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def print(self, path: Path) -> None:
        """Print the page into a PDF."""
        path.write_bytes(base64.b64decode(self.call("Page.printToPDF")["data"]))

    def _receive(self) -> dict[str, Any]:
        parts = bytearray()
        while not parts.endswith(b"\0"):
            one = self.read.read(1)
            assert one, "the browser is gone"
            parts += one
        found: dict[str, Any] = json.loads(parts[:-1])
        params = found.get("params", {})
        match found.get("method"):
            case "Page.loadEventFired":
                self.loaded += 1
            case "Runtime.consoleAPICalled":
                self.console.append(str([one.get("value") for one in params["args"]]))
            case "Runtime.exceptionThrown":
                self.console.append(str(params["exceptionDetails"]))
            case "Log.entryAdded":
                self.console.append(params["entry"]["text"])
            case "Network.requestWillBeSent":
                url = params["request"]["url"]
                if not url.startswith(("file:", "about:", "data:")):
                    self.requests.append(url)
        return found


@contextlib.contextmanager
def open_browser(folder: Path) -> Iterator[Browser]:
    """Start a browser, and end it.

    folder (Path): Gets its profile.
    YIELDS (Browser): With an empty page of 1200 x 900.
    """
    name = next(filter(None, map(shutil.which, BROWSERS)), None)
    if name is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    to_browser, write = os.pipe()
    read, from_browser = os.pipe()
    # the browser reads from 3 and writes to 4
    command = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
    arguments = [name, *FLAGS.split(), f"--user-data-dir={folder / 'profile'}"]
    process = subprocess.Popen(
        ["bash", "-c", command, *arguments],
        pass_fds=(to_browser, from_browser),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_browser)
    os.close(from_browser)
    with os.fdopen(write, "wb") as writer, os.fdopen(read, "rb") as reader:
        browser = Browser(writer, reader)
        try:
            browser.start()
            browser.size(1200)
            yield browser
        finally:
            process.kill()
            process.wait()
