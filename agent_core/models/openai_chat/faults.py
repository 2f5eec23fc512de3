"""What an endpoint's complaint means: try again, send less, or tell the user what to do."""

import email.utils
import json
import re
import time
from collections.abc import Mapping

from agent_core.models.openai_chat.endpoint import Endpoint
from agent_core.models.protocol import ContextOverflow, ModelFailed

OVERFLOW = re.compile(
    r"context[ _](?:length|window|size)[ _]?\w{0,30} ?(?:is )?(?:exceeded|exceeds|overflow)"
    r"|exceed(?:s|ed)?[ _](?:the )?(?:\w{1,30} ){0,3}context|exceed_context_size"
    r"|maximum (?:context|prompt|sequence|input) length|max_model_len"
    r"|(?:prompt|input|request|conversation)(?: \w{1,30})? (?:is )?too (?:long|large)"
    r"|request_too_large|too many (?:input |prompt )?tokens"
    r"|reduce the length of (?:the|your) (?:messages|prompt|input)"
    r"|exceed(?:s|ed)? (?:the )?(?:maximum number of tokens|model token limit|limit of \d+)"
    r"|greater than the context length|range of input length|longer than the model's context",
    re.IGNORECASE,
)
"""How OpenAI, vLLM, llama.cpp, LM Studio, Groq, xAI, Moonshot, Google and others say it."""
SPENT = re.compile(
    r"insufficient[_ ](?:quota|balance|credit)|exceeded_current_quota|billing", re.IGNORECASE
)
NO_TOOLS = re.compile(
    r"does not support (?:tools|function)|tool(?:s| use| calling).{0,80}not supported",
    re.IGNORECASE,
)
NO_MODEL = re.compile(
    r"model_not_found|model .{0,80}(?:not found|does not exist|not exist)", re.IGNORECASE
)
TITLE = re.compile(r"<title[^>]{0,99}>([^<]{0,300})", re.IGNORECASE)
STATUS = re.compile(r"[45]\d\d")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
TRANSIENT = frozenset({408, 409, 425, 429})
OVERLONG = frozenset({400, 413, 422, 500})
ENDLESS = 1e9
"""More seconds or milliseconds than anyone means."""
LATER = "Go on later: the session is kept."
SHOWN = 300
"""Characters of a complaint that are passed on."""


class Passing(Exception):  # noqa: N818  (it may pass: that is the point)
    """May succeed when sent again, up to `tries` times, and `after_s` from now if that was said.

    `hint` is what the user can do once all tries have failed.
    """

    def __init__(
        self, why: str, *, after_s: float | None = None, tries: int = 8, hint: str = LATER
    ) -> None:
        super().__init__(why)
        self.why = why
        self.after_s = after_s
        self.tries = tries
        self.hint = hint


class Refused(ModelFailed):
    """The endpoint does not take a request like this; `said` is its complaint in full."""

    def __init__(self, message: str, *, said: str) -> None:
        super().__init__(message)
        self.said = said


class ModelMissing(ModelFailed):
    """There is no such model, or nothing at this address at all."""


def judge(
    status: int, body: str, headers: Mapping[str, str], *, endpoint: Endpoint
) -> Passing | ModelFailed:
    """The exception that an error answer deserves. Nothing of it holds the key."""
    body = endpoint.scrub(body)
    said = complaint(body, endpoint=endpoint)
    if status == 413 or (status in OVERLONG and OVERFLOW.search(body)):
        return ContextOverflow(f"The conversation is too long for the model: {said}")
    if status in {401, 402, 403} or SPENT.search(body):
        return _locked_out(status, said, endpoint)
    if status in TRANSIENT or status >= 500:
        return Passing(_unwell(status, said), after_s=retry_after(headers))
    return _mistaken(status, body, said, endpoint)


def _mistaken(status: int, body: str, said: str, endpoint: Endpoint) -> ModelFailed:
    """The request itself is at fault."""
    if status == 404 or NO_MODEL.search(body):
        return ModelMissing(said)
    if NO_TOOLS.search(body):
        return ModelFailed(
            f"This model cannot call tools, says {endpoint.shown}: {said}. Choose one that can."
        )
    return Refused(f"{endpoint.shown} refused the request ({status}): {said}", said=body)


def in_stream(error: object, *, endpoint: Endpoint) -> Passing | ModelFailed:
    """The exception that an error within an answer deserves; one without a code may pass."""
    code = str(error.get("code", error.get("status"))) if isinstance(error, dict) else ""
    status = int(code) if STATUS.fullmatch(code) else 500
    return judge(status, json.dumps({"error": error}), {}, endpoint=endpoint)


def moved(status: int, location: str, *, endpoint: Endpoint) -> ModelFailed:
    """A redirect is not followed: the key is for one host alone."""
    target = endpoint.scrub(location).partition("?")[0] or "nowhere"
    return ModelFailed(
        f"{endpoint.shown} redirects ({status}) to {target}; the key is not sent on. "
        "If that is where the model answers, set it as the base URL."
    )


def web_page(text: str, *, endpoint: Endpoint) -> ModelFailed:
    """A web page in place of an answer."""
    return ModelFailed(
        f"{endpoint.shown} answers with {complaint(text, endpoint=endpoint)}, not as a model does. "
        "Check the base URL, and whether a network login stands before it."
    )


def complaint(body: str, *, endpoint: Endpoint) -> str:
    """The sentence within an error body: JSON of several shapes, a web page, or plain text.

    JSON may escape what it says, so the key is taken out of what is read.
    """
    if body.lstrip().startswith("<"):
        title = TITLE.search(body)
        return f"a web page, {one_line(endpoint.scrub(title[1]))!r}" if title else "a web page"
    try:
        said: object = json.loads(body)
    except (ValueError, RecursionError):
        said = body
    for field in ("error", "message", "detail", "msg"):
        if isinstance(said, dict) and said.get(field):
            said = said[field]
    text = said if isinstance(said, str) else json.dumps(said)
    return one_line(endpoint.scrub(text)) or "no reason given"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the endpoint asks for them, in seconds or as a date; never negative."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return max(0.0, milliseconds / 1000)
    said = headers.get("retry-after", "")
    seconds, until = _number(said), _seconds(said)
    if seconds is None and until is not None:
        now = _seconds(headers.get("date", ""))  # theirs: our clocks may differ
        seconds = until - (time.time() if now is None else now)
    return None if seconds is None else max(0.0, seconds)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < ENDLESS else None


def _seconds(date: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError, OSError):  # no date, or one that no clock can show
        return None


def _locked_out(status: int, said: str, endpoint: Endpoint) -> ModelFailed:
    variable = endpoint.key_variable
    if status not in {401, 403}:
        return ModelFailed(f"The account at {endpoint.shown} has no credit left: {said}")
    if not endpoint.has_key:
        return ModelFailed(f"{endpoint.shown} asks for a key. Set {variable}.")
    if status == 401:  # its complaint often quotes half the key
        return ModelFailed(
            f"{endpoint.shown} does not accept the key in {variable} (401). "
            f"Check that {variable} holds a key of this provider."
        )
    return ModelFailed(
        f"{endpoint.shown} denies access (403): {said}. "
        f"Check what the key in {variable} may be used for."
    )


def _unwell(status: int, said: str) -> str:
    what = {408: "the request timed out", 429: "rate limited"}.get(status, f"error {status}")
    return f"{what} ({said})" if said != "no reason given" else what


def one_line(text: str) -> str:
    """A stranger's words in one line, without what a terminal would obey, cut to what is read."""
    line = UNSEEN.sub(" ", text).strip().rstrip(".")
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"
