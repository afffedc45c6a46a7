# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Chromium without a window, driven as WebDriver (W3C) says: over HTTP, through Debian's chromedriver."""

import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

import engine

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# The flags after the third keep it from asking anybody's servers anything.
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-proxy-server", "--disable-dev-shm-usage", "--hide-scrollbars",
         "--force-device-scale-factor=1", "--lang=en")


class Browser:
    def __init__(self, width=1280, height=1100):
        self._folder = tempfile.mkdtemp(prefix="postroom-chromium-")
        # A data folder of its own; XDG too, or it writes into the home of whoever runs the test.
        environment = {**os.environ, "HOME": self._folder, "XDG_CONFIG_HOME": self._folder, "XDG_CACHE_HOME": self._folder}
        self._driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
        self._session = None
        try:
            self._url = "http://127.0.0.1:%d" % self._port()
            options = {"args": [*FLAGS, "--user-data-dir=" + os.path.join(self._folder, "profile"), "--window-size=%d,%d" % (width, height)],
                       "binary": shutil.which("chromium") or "/usr/bin/chromium"}
            session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
            self._session = "/session/" + session["sessionId"]
        except BaseException:
            self.close()
            raise

    def _port(self):
        said = []
        for line in self._driver.stdout:
            said.append(line)
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                return int(found.group(1))
        raise engine.Failed("chromedriver did not start:\n" + "".join(said))

    def _call(self, method, path, body=None):
        request = urllib.request.Request(self._url + path, None if body is None else json.dumps(body).encode(),
                                         {"Content-Type": "application/json"}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=90) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise WrongStep("%s: %s" % (value["error"], value["message"].split("\n")[0])) from None

    def _do(self, path, body=None):
        return self._call("POST", self._session + path, {} if body is None else body)

    def open(self, url):
        self._do("/url", {"url": url})

    def run(self, script, *arguments):
        return self._do("/execute/sync", {"script": script, "args": list(arguments)})

    def all(self, css):
        return self._do("/elements", {"using": "css selector", "value": css})

    def find(self, css, seconds=30):
        """The first that is shown, waiting for it."""
        def shown():
            with contextlib.suppress(WrongStep):
                for element in self.all(css):
                    if self._call("GET", "%s/element/%s/displayed" % (self._session, element[ELEMENT])):
                        return element
            return None
        return engine.until(shown, seconds, "the appearance of " + css)

    def click(self, css):
        """Clicks it once nothing lies over it."""
        def clicked():
            try:
                element = self.find(css)
                self.run("arguments[0].scrollIntoView({block: 'center'})", element)
                self._do("/element/%s/click" % element[ELEMENT])
                return True
            except WrongStep:
                return False
        engine.until(clicked, 30, "a click on " + css)

    def type(self, css, text):
        self._do("/element/%s/value" % self.find(css)[ELEMENT], {"text": text})

    def text(self, css):
        return self._call("GET", "%s/element/%s/text" % (self._session, self.find(css)[ELEMENT]))

    def console(self):
        """What was written to the console since the last call: [{level, message}]."""
        return self._do("/se/log", {"type": "browser"})

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self._call("GET", self._session + "/screenshot")))

    def close(self):
        if self._session:
            with contextlib.suppress(OSError, WrongStep):
                self._call("DELETE", self._session)
        self._driver.terminate()
        self._driver.wait(20)
        self._driver.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class WrongStep(ValueError):
    """WebDriver's own word of why a step was not possible."""
