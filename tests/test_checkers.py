"""Checkers of web pages that are no Python packages; run them before a release.

Both come from npm: ``npm install --prefix ~/checkers vnu-jar lighthouse``. Then ``make test`` with
``VNU_JAR=~/checkers/node_modules/vnu-jar/build/dist/vnu.jar`` (needs Java) and with
``~/checkers/node_modules/.bin`` on the path (needs Chromium). Lighthouse measures time as well, so
leave the machine alone while it works.
"""

from __future__ import annotations

import functools
import gzip
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

PUBLISHED = Path(__file__).parents[1] / "reports"
PAGES = sorted(path.relative_to(PUBLISHED).as_posix() for path in PUBLISHED.rglob("*.html"))
VNU_JAR = os.environ.get("VNU_JAR", "")
LIGHTHOUSE, CHROMIUM = shutil.which("lighthouse"), shutil.which("chromium")

NOT_FOLLOWED = "Inline script violates Content Security Policy"
"""The Nu checker does not compute the hashes of scripts, which the policy lists."""


@pytest.mark.skipif(not VNU_JAR, reason="needs the Nu checker, see tests/test_checkers.py")
def test_the_nu_checker_has_nothing_to_say() -> None:
    command = ["java", "-Xss8m", "-jar", VNU_JAR, "--format", "json", *PAGES]
    answer = subprocess.run(command, cwd=PUBLISHED, capture_output=True, text=True, check=False)
    said = json.loads(answer.stderr)["messages"]
    assert [each for each in said if not each["message"].startswith(NOT_FOLLOWED)] == []


class _Compressed(SimpleHTTPRequestHandler):
    """Serve pages as web servers do: compressed."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        content = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", f"{self.guess_type(path)}; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    handler = functools.partial(_Compressed, directory=str(PUBLISHED))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.skipif(
    not (LIGHTHOUSE and CHROMIUM), reason="needs Lighthouse, see tests/test_checkers.py"
)
@pytest.mark.parametrize("preset", ["phone", "desktop"])
@pytest.mark.parametrize("page", ["index", "trade/kaz-tur", "articles/subtle-cooperation"])
def test_lighthouse_gives_at_least_95_of_100(address: str, page: str, preset: str) -> None:
    flags = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
    command = [str(LIGHTHOUSE), f"{address}/{page}.html", "--quiet", "--output=json"]
    command += [f"--chrome-flags={flags}", *(["--preset=desktop"] if preset == "desktop" else [])]
    answer = subprocess.run(
        command,
        env=os.environ | {"CHROME_PATH": str(CHROMIUM)},
        capture_output=True,
        text=True,
        check=True,
    )
    categories = json.loads(answer.stdout)["categories"]
    scores = {name: each["score"] for name, each in categories.items()}
    assert set(scores) == {"performance", "accessibility", "best-practices", "seo"}
    assert min(scores.values()) >= 0.95, scores
