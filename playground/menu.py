"""The bot's command menu, by scope and language."""

from __future__ import annotations

import json
import re
from typing import Any

from playground.calls import Call
from playground.refusals import bad_request

MOST_COMMANDS = 100
NAME = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"([a-z]{2})?")
SCOPES = {
    "default": set[str](),
    "all_private_chats": set[str](),
    "all_group_chats": set[str](),
    "all_chat_administrators": set[str](),
    "chat": {"chat_id"},
    "chat_administrators": {"chat_id"},
    "chat_member": {"chat_id", "user_id"},
}
Commands = list[dict[str, str]]
Key = tuple[str, str]


class Menu:
    def __init__(self) -> None:
        self._commands: dict[Key, Commands] = {}

    def set(self, call: Call) -> None:
        self._commands[_key(call)] = _commands(call)

    def get(self, call: Call) -> Commands:
        return self._commands.get(_key(call), [])

    def delete(self, call: Call) -> None:
        self._commands.pop(_key(call), None)

    def seen_by(self, chat_id: int, language: str) -> Commands:
        """What a person in a private chat sees: the narrowest scope that has commands."""
        for scope in ({"type": "chat", "chat_id": chat_id}, {"type": "all_private_chats"}, {}):
            for spoken in (language[:2], ""):
                found = self._commands.get((_scope_key(scope or {"type": "default"}), spoken))
                if found:
                    return found
        return []


def _scope_key(scope: dict[str, Any]) -> str:
    return json.dumps(scope, sort_keys=True)


def _key(call: Call) -> Key:
    scope = call.value("scope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    for name in SCOPES[scope["type"]]:
        if name not in scope:
            raise bad_request(f"can't parse BotCommandScope: Can't find field \"{name}\"")
    language = call.text("language_code")
    if not LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return _scope_key(scope), language


def _commands(call: Call) -> Commands:
    source = call.value("commands")
    if not isinstance(source, list):
        raise bad_request("can't parse commands JSON object")
    if len(source) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_command(item) for item in source]


def _command(source: Any) -> dict[str, str]:
    if not isinstance(source, dict) or {"command", "description"} - source.keys():
        raise bad_request("can't parse BotCommand: expected an Object with both fields")
    name, description = str(source["command"]).removeprefix("/"), str(source["description"])
    if not NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}
