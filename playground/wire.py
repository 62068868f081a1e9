"""HTTP on the one side, calls and replies on the other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from playground.calls import Call, Upload
from playground.refusals import Refused, bad_request

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    content_type: str = "application/json"


def granted(result: object) -> Reply:
    body = '{"ok":true,"result":' + _encode(result) + "}"
    return Reply(200, body.encode("utf-8", "replace"))


def refused(refusal: Refused) -> Reply:
    envelope: dict[str, Any] = {
        "ok": False,
        "error_code": refusal.code,
        "description": refusal.description,
    }
    if refusal.parameters:
        envelope["parameters"] = refusal.parameters
    return Reply(refusal.code, _encode(envelope).encode("utf-8", "replace"))


def respond(reply: Reply, timestamp: float) -> web.Response:
    headers = {"Date": formatdate(timestamp, usegmt=True)}
    return web.Response(
        status=reply.status, body=reply.body, content_type=reply.content_type, headers=headers
    )


async def read_call(request: web.Request, method: str) -> Call:
    fields = _pairs(request.rel_url.raw_query_string)
    files: dict[str, Upload] = {}
    if request.content_type == "multipart/form-data":
        await _read_form(request, fields, files)
    elif request.content_type == "application/json":
        fields |= _object(await request.read())
    elif request.can_read_body:
        fields |= _pairs(_utf8(await request.read()))
    return Call(method, fields, files)


def _pairs(encoded: str) -> dict[str, Any]:
    return dict(parse_qsl(encoded, keep_blank_values=True)) if encoded else {}


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def _object(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body or b"{}")
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise bad_request("can't parse request JSON object")
    return {name: value for name, value in fields.items() if value is not None}


async def _read_form(
    request: web.Request, fields: dict[str, Any], files: dict[str, Upload]
) -> None:
    for name, value in (await request.post()).items():
        if isinstance(value, str):
            fields[name] = value
            continue
        if isinstance(value, web.FileField):
            with value.file as file:
                files[name] = Upload(value.filename, value.content_type, file.read())
        else:
            fields[name] = bytes(value).decode("utf-8", "replace")
