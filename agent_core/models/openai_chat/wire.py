"""One request over HTTP, and its answer in pieces. Nothing is tried twice here."""

import asyncio
import contextlib
import functools
import logging
import ssl
from collections.abc import AsyncGenerator, Callable

import httpx
import msgspec

from agent_core.models.openai_chat import faults, sse
from agent_core.models.openai_chat.chunks import Chunk, Damaged, decode
from agent_core.models.openai_chat.endpoint import Endpoint
from agent_core.models.openai_chat.faults import Passing
from agent_core.models.protocol import ModelFailed

DONE = "[DONE]"
TAIL_S = 5.0
"""For the count of tokens, once the answer itself is complete."""
LONGEST = 64 * 2**20
"""Bytes of a whole answer; most of them are the wrapping of each few characters."""
COMPLAINT = 65_536
"""Bytes of an error answer that are read."""
LISTING = 8 * 2**20
"""Bytes of a list of models that are read."""
UNREACHED_TRIES = 3
"""For an address where nothing answers: it is more often wrong than busy."""
PROXY_VARIABLES = "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"


class Options(msgspec.Struct, frozen=True):
    """Limits in seconds: to connect, between two signs of life, and of all waits in one turn."""

    connect_s: float = 15.0
    idle_s: float = 300.0
    patience_s: float = 180.0


class Wire:
    """Sends requests to one endpoint, each over a connection of its own that ends with it."""

    def __init__(self, endpoint: Endpoint, options: Options) -> None:
        self._endpoint = endpoint
        self._options = options

    async def send(self, body: bytes, take: Callable[[Chunk], bool]) -> None:
        """Send one request and hand on each piece; `take` says when only a tail can follow.

        Raises:
            Passing: it may succeed when sent again.
            ModelFailed: it may not.
        """
        try:
            async with (
                self._client() as client,
                client.stream("POST", self._endpoint.chat, content=body) as response,
            ):
                await self._receive(response, take)
        except httpx.RequestError as error:
            raise self._broken(error) from None  # its request carries the key

    async def model_names(self) -> list[str]:
        """The models that the endpoint says it has; none if it does not say."""
        try:
            async with (
                asyncio.timeout(TAIL_S),
                self._client() as client,
                client.stream("GET", self._endpoint.models) as response,
            ):
                answer = await _start(response, LISTING)
            listed = msgspec.json.decode(answer, type=_Models)
        except (httpx.RequestError, TimeoutError, msgspec.MsgspecError, UnicodeDecodeError):
            return []
        return sorted(model.id for model in listed.data)

    def _client(self) -> httpx.AsyncClient:
        options = self._options
        logging.getLogger("httpcore").setLevel(logging.INFO)  # below, it writes down headers
        try:
            return httpx.AsyncClient(
                headers=self._endpoint.headers,
                timeout=httpx.Timeout(options.idle_s, connect=options.connect_s),
                verify=self._ssl,
                trust_env=not self._endpoint.loopback,
                follow_redirects=False,
            )
        except (ImportError, ValueError):
            raise ModelFailed(
                f"The proxy named in {PROXY_VARIABLES} cannot be used. "
                "Name an http proxy, or list the model's host in NO_PROXY."
            ) from None  # it may hold a password

    @functools.cached_property
    def _ssl(self) -> ssl.SSLContext:
        if not self._endpoint.chat.startswith("https:"):
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading the authorities takes 20 ms
        return httpx.create_ssl_context()

    async def _receive(self, response: httpx.Response, take: Callable[[Chunk], bool]) -> None:
        status = response.status_code
        if 300 <= status < 400:
            location = response.headers.get("location", "")
            raise faults.moved(status, location, endpoint=self._endpoint)
        if status >= 400:
            said = (await _start(response, COMPLAINT)).decode(errors="replace")
            raise faults.judge(status, said, response.headers, endpoint=self._endpoint)
        try:
            async with (
                asyncio.timeout(None) as limit,
                contextlib.aclosing(self._payloads(response)) as payloads,
            ):
                async for payload in payloads:
                    if payload.strip() == DONE:
                        return
                    if self._hand_on(payload, take) and limit.when() is None:
                        limit.reschedule(asyncio.get_running_loop().time() + TAIL_S)
        except TimeoutError:
            return  # all but the tail had come
        except Damaged:
            raise Passing("the answer came damaged") from None
        except sse.TooLong:
            raise ModelFailed(
                f"{self._endpoint.shown} answers without end. Go on, or choose another model."
            ) from None

    def _hand_on(self, payload: str, take: Callable[[Chunk], bool]) -> bool:
        chunk = decode(payload)
        finished = take(chunk)
        if chunk.fault and not finished:
            raise faults.in_stream(chunk.fault, endpoint=self._endpoint)
        return finished

    async def _payloads(self, response: httpx.Response) -> AsyncGenerator[str, None]:
        parser: sse.Parser | None = None
        received = 0
        async for piece in response.aiter_bytes():
            received += len(piece)
            if received > LONGEST:
                raise sse.TooLong
            if parser is None:
                if not piece.strip():
                    continue
                if sse.is_markup(piece):
                    page = piece.decode(errors="replace")
                    raise faults.web_page(page, endpoint=self._endpoint)
                parser = sse.parser_for(piece)
            for payload in parser.feed(piece):
                yield payload
        for payload in parser.close() if parser else []:
            yield payload

    def _broken(self, error: httpx.RequestError) -> Passing | ModelFailed:
        """What a failure below HTTP means."""
        shown = self._endpoint.shown
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return ModelFailed(
                f"The certificate of {shown} cannot be trusted. If your network has an authority "
                "of its own, name its certificate file in SSL_CERT_FILE."
            )
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
            return Passing(
                f"nothing answers at {shown} ({error})",
                tries=UNREACHED_TRIES,
                hint="Start it or correct the base URL, and go on: the session is kept.",
            )
        if isinstance(error, httpx.ReadTimeout):
            return Passing(f"no sign of life for {self._options.idle_s:.0f} s")
        return Passing("the connection broke")


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model]


async def _start(response: httpx.Response, most: int) -> bytes:
    """The first bytes of an answer."""
    said = bytearray()
    try:
        async for piece in response.aiter_bytes():
            said += piece
            if len(said) >= most:
                break
    except httpx.RequestError:
        pass  # what has come says enough
    return bytes(said[:most])
