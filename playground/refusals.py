"""What the server answers when it refuses, in Telegram's own words."""

from __future__ import annotations


class Refused(Exception):
    """The call is refused; nothing has changed."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(what: str) -> Refused:
    return Refused(400, f"Bad Request: {what}")


def forbidden(what: str) -> Refused:
    return Refused(403, f"Forbidden: {what}")


def conflict(what: str) -> Refused:
    return Refused(409, f"Conflict: {what}")


def unauthorized() -> Refused:
    return Refused(401, "Unauthorized")


def not_found() -> Refused:
    return Refused(404, "Not Found")


def too_many_requests(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def not_modified() -> Refused:
    return bad_request(
        "message is not modified: specified new message content and reply markup are exactly "
        "the same as a current content and reply markup of the message"
    )


def query_too_old() -> Refused:
    return bad_request("query is too old and response timeout expired or query ID is invalid")


def other_poller() -> Refused:
    return conflict(
        "terminated by other getUpdates request; make sure that only one bot instance is running"
    )


def webhook_is_set() -> Refused:
    return conflict(
        "can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
