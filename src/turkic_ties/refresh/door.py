"""The only door to the network: repeats, pace, limits, archive, and checks of what comes back.

`requests` asks and `requests_cache` keeps every answer as the raw archive, in which the next run
finds what to send as If-None-Match or If-Modified-Since, and from which a run without a network can
be answered (``--from``).
"""

from __future__ import annotations

import gzip
import io
import json
import os
import time
import zipfile
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import requests_cache
from platformdirs import user_cache_path
from requests.adapters import HTTPAdapter
from urllib3 import Retry
from urllib3.exceptions import MaxRetryError

from turkic_ties.errors import TiesError
from turkic_ties.refresh.source import Answer, NotToday, RefusedAnswer

PUBLISHERS = "TURKIC_TIES_PUBLISHERS"
"""Variable with a JSON object that puts other base addresses in the place of hosts, for replay."""

CONTACT = "TURKIC_TIES_CONTACT"
"""Variable with an address at which publishers can reach who runs this; Wikimedia asks for one."""

CONNECT_SECONDS, READ_SECONDS, SOURCE_SECONDS = 10.0, 60.0, 600.0
MOST_SECONDS_TO_WAIT = 120
PACE_SECONDS, BACKOFF_SECONDS = 1.0, 2.0
MAX_BYTES, MAX_HEAVY_BYTES = 100_000_000, 4_000_000_000
TRIES, CONNECTS, REDIRECTS = 4, 2, 5
BUSY = (429, 500, 502, 503, 504)
NOT_STORED = 504
"""What requests-cache says when it may not ask and has nothing."""

NOT_ALLOWED_NOW = (401, 403)
GONE = (404, 410)
DAYS_TO_TRUST = 30
"""Days after which an answer is asked for whole: some publishers complete an edition in place."""

STORED = (200, 204, 301, 302, 303, 307, 308)
"""Statuses of answers that are kept."""

MARK = "redirects.sqlite"
"""A file in every folder that requests-cache writes."""

KEY_HEADERS = ("Ocp-Apim-Subscription-Key", "Authorization")


class FailedError(TiesError):
    """A publisher cannot be asked as its connector asks."""

    status = 1


class _Retry(Retry):
    """Repeat as urllib3 does, but do not wait longer than `MOST_SECONDS_TO_WAIT`."""

    def increment(self, *args: Any, **more: Any) -> _Retry:
        response = more.get("response")
        asked = response.headers.get("Retry-After", "") if response is not None else ""
        if (
            asked
            and self.new(retry_after_max=10**9).parse_retry_after(asked) > self.retry_after_max
        ):
            raise MaxRetryError(more.get("_pool"), "", None)  # type: ignore[arg-type]
        return super().increment(*args, **more)


class Door:
    """The only way to a network, of one source.

    It repeats what may be repeated, keeps its pace, and refuses an answer that is cut, too large,
    of another host, or a web page where data were asked.

    Parameters
    ----------
    source
        Its id, for messages and the archive.
    hosts
        The hosts it may ask; a redirect to another one is refused.
    read_seconds
        How long an answer may take.
    heavy
        Whether answers may have gigabytes.
    stored
        A folder of the archive from which to answer, without a network.
    """

    def __init__(
        self,
        source: str,
        hosts: tuple[str, ...],
        read_seconds: float | None = None,
        heavy: bool = False,
        stored: Path | None = None,
    ) -> None:
        self.source = source
        self.hosts = hosts
        self.stored = stored
        self.read_seconds = read_seconds or READ_SECONDS
        self.limit = MAX_HEAVY_BYTES if heavy else MAX_BYTES
        self.until = time.monotonic() + SOURCE_SECONDS * (6 if heavy else 1)
        self.keys: list[str] = []
        self.calls = 0
        self.replayed: dict[str, str] = json.loads(os.environ.get(PUBLISHERS) or "{}")

    @cached_property
    def session(self) -> requests_cache.CachedSession:
        """The session of requests, with its archive."""
        session = requests_cache.CachedSession(
            str(self.stored or archive() / self.source),
            backend="filesystem",
            serializer="json",
            decode_content=False,
            expire_after=timedelta(milliseconds=1),  # kept, and asked for again
            allowable_codes=STORED,
            allowable_methods=("GET", "POST"),
            ignored_parameters=KEY_HEADERS,
            fast_save=True,  # of redirects, which are not followed here
            read_only=self.stored is not None,
            stale_if_error=self.stored is not None,
        )
        if self.stored:
            session.adapters.clear()
            return session
        session.cache.delete(older_than=timedelta(days=DAYS_TO_TRUST))
        retry = _Retry(
            total=TRIES,
            connect=CONNECTS,
            status_forcelist=BUSY,
            allowed_methods=None,
            backoff_factor=0 if self.replayed else BACKOFF_SECONDS,
            raise_on_status=False,
            retry_after_max=MOST_SECONDS_TO_WAIT,
        )
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        contact = os.environ.get(CONTACT, "no contact given")
        session.headers["User-Agent"] = f"turkic-ties/{version('turkic-ties')} ({contact})"
        session.hooks["response"].append(self._read)
        return session

    def key(self, variable: str) -> str | None:
        """Read a key from the environment, for a header, and redact it from now on."""
        if value := os.environ.get(variable):
            self.keys.append(value)
        return value or None

    def redact(self, text: str) -> str:
        """Take all keys out of a text."""
        for key in self.keys:
            text = text.replace(key, "***")
        return text

    def get(
        self,
        url: str,
        name: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        page: bool = False,
    ) -> Answer:
        """Ask for an address; `page` says that a web page is expected."""
        return self._ask("GET", url, name, page, params=params, headers=headers)

    def post(
        self, url: str, name: str, *, json: Any, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a question that changes nothing at the publisher."""
        return self._ask("POST", url, name, False, json=json, headers=headers)

    def _ask(self, method: str, url: str, name: str, page: bool, **more: Any) -> Answer:
        asked = url
        for _ in range(REDIRECTS):
            response = self._send(method, asked, more)
            if not response.is_redirect:
                break
            asked = self._original(urljoin(response.url, response.headers["Location"]))
            method, more = "GET", {}  # no key to where we are sent
        host = urlsplit(asked).hostname
        if response.status_code in (*BUSY, *NOT_ALLOWED_NOW):
            wait = response.headers.get("Retry-After")
            said = f"asks to wait {wait} s" if wait else f"answers {response.status_code}"
            raise NotToday(f"{host} {said}")
        if response.status_code in GONE:
            raise FailedError(f"{asked} is not there any more ({response.status_code}): moved?")
        if response.status_code not in (200, 204):
            raise FailedError(f"{asked} answers {response.status_code} {response.reason}")
        if response.status_code == 200:
            self._check(name, response, page)
        return Answer(name, response.content, self.redact(asked))

    def _send(self, method: str, url: str, more: dict[str, Any]) -> requests.Response:
        host = urlsplit(url).hostname or ""
        if host not in self.hosts:
            raise FailedError(f"{url} is not at {', '.join(self.hosts)}: not followed")
        base = self.replayed.get(host)
        where = base + url.partition(host)[2] if base else url
        if self.calls and not (base or self.stored):
            time.sleep(PACE_SECONDS)
        self.calls += 1
        more |= {"timeout": (CONNECT_SECONDS, self.read_seconds), "allow_redirects": False}
        for last_try in (False, True):
            try:
                response = self.session.request(
                    method, where, only_if_cached=self.stored is not None, **more
                )
                if self.stored and response.status_code == NOT_STORED:
                    raise FailedError(f"{self.stored} has no answer to {url}")
                return response
            except requests.exceptions.ChunkedEncodingError:
                if last_try:  # urllib3 repeats what fails before the body, not in it
                    raise NotToday(f"{host} broke off in the middle of an answer") from None
            except requests.exceptions.Timeout:
                raise NotToday(f"{host} did not answer in {self.read_seconds:.0f} s") from None
            except requests.exceptions.RetryError:
                raise NotToday(f"{host} is too busy") from None
            except requests.exceptions.ConnectionError:
                raise NotToday(f"{host} cannot be reached") from None
        raise AssertionError("not reached")

    def day(self) -> date:
        """Return the day of the newest answer in the folder from which this door answers."""
        kept = self.session.cache.responses.values()
        answered = [each.expires for each in kept if each.expires]
        if not answered:
            raise FailedError(f"{self.stored} has no answers")
        return max(answered).astimezone().date()

    def _original(self, url: str) -> str:
        """Write the address of a replayed publisher as its own."""
        for host, base in self.replayed.items():
            if url.startswith(base):
                return f"https://{host}{url.removeprefix(base)}"
        return url

    def _read(self, response: requests.Response, **_: Any) -> None:
        """Read a body within the limits of size and time, before requests does without."""
        if response._content_consumed:
            return
        response.headers.pop("Vary", None)  # a question is always put in the same way
        body = bytearray()
        for part in response.iter_content(1 << 16):
            body += part
            if len(body) > self.limit:
                raise FailedError(f"{response.url} has more than {self.limit:,} bytes")
            if time.monotonic() > self.until:
                raise NotToday(f"{self.source} takes longer than {SOURCE_SECONDS:.0f} s in all")
        response._content = bytes(body)

    def _check(self, name: str, response: requests.Response, page: bool) -> None:
        """Refuse what is no answer although its status says so."""
        content: bytes = response.content
        start = content[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
        if not content:
            raise RefusedAnswer(self.source, name, "the whole", "is empty")
        if not page and start.startswith((b"<!doctype html", b"<html")):
            problem = "is a web page where data were asked for (a wall or captcha?)"
            raise RefusedAnswer(self.source, name, "the first line", problem)
        try:
            if content.startswith(b"PK\x03\x04"):
                damaged = zipfile.ZipFile(io.BytesIO(content)).testzip()
            elif content.startswith(b"\x1f\x8b"):
                with gzip.open(io.BytesIO(content)) as file:
                    while file.read(1 << 20):
                        pass
                damaged = None
            else:
                return
        except (OSError, EOFError, zipfile.BadZipFile) as error:
            damaged = str(error)
        if damaged:
            raise RefusedAnswer(self.source, name, "the archive", f"is damaged ({damaged})")


def archive() -> Path:
    """Return the folder of raw answers, one below it per source."""
    return user_cache_path("turkic-ties") / "raw"
