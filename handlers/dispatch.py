"""Finding the handler of an update, and the ways in which handlers say what they are for.

The handlers are the framework's own; they are asked one after the other here, so that whatever
one of them raises reaches the caller.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol, cast

from telegram import Message, Update
from telegram.ext import Application, CallbackQueryHandler, MessageHandler, filters

from handlers.context import Context
from storage.actors import Actor
from storage.drafts import Draft
from templates.presses import Press
from templates.words import LANGUAGES, label_names

Callback = Callable[[Update, Context], Awaitable[None]]
Speaker = Callable[[Actor], bool]

_NEW = filters.UpdateType.MESSAGE
_TYPED = filters.TEXT & ~filters.COMMAND
_INPUT = _TYPED | filters.VOICE | filters.PHOTO | filters.Document.ALL


def anybody(actor: Actor) -> bool:
    """No condition on who speaks."""
    return True


class Handler(Protocol):
    """What the dispatch needs of a handler."""

    #: Lower ones are asked first; within a rank the order of the list decides.
    rank: int
    by: Speaker

    def check_update(self, update: object) -> Any:
        """Something true when the update is of the sort handled here."""
        ...

    async def handle_update(
        self, update: Any, application: Any, check_result: Any, context: Any
    ) -> Any:
        """Handle it."""
        ...

    def fits(self, draft: Draft | None) -> bool:
        """Whether the flow that the chat is in allows it."""
        ...


class PressHandler(CallbackQueryHandler[Context, None]):
    """A press on an inline key."""

    rank = 0

    def __init__(self, callback: Callback, press: type[Press], by: Speaker) -> None:
        """`press` spells the data behind the key."""
        super().__init__(cast("Any", callback), pattern=press.pattern())
        self.by = by

    def fits(self, draft: Draft | None) -> bool:
        """Keys work in the middle of any flow."""
        return True


class InputHandler(MessageHandler[Context, None]):
    """Something that a person wrote or sent; `flow` and `step` where only a flow asks for it."""

    def __init__(
        self, callback: Callback, accepts: filters.BaseFilter, *, rank: int, by: Speaker
    ) -> None:
        """`accepts` is the sort of message."""
        super().__init__(accepts, cast("Any", callback))
        self.rank = rank
        self.by = by
        self.flow: tuple[str, str | None] | None = None
        self.commands: frozenset[str] = frozenset()

    def fits(self, draft: Draft | None) -> bool:
        """Outside flows always; else when the draft stands at this flow and step."""
        if self.flow is None:
            return True
        flow, step = self.flow
        return draft is not None and draft.flow == flow and step in (None, draft.step)


class _Command(filters.MessageFilter):
    """`/name words`, also with the bot's name; the words become `context.args`."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(name=f"commands {sorted(names)}", data_filter=True)
        self._names = names

    def filter(self, message: Message) -> dict[str, Any] | None:
        first, *words = (message.text or "").split() or [""]
        name = first.partition("@")[0].removeprefix("/").lower()
        if not first.startswith("/") or name not in self._names:
            return None
        return {"args": words}


class _Label(filters.MessageFilter):
    """The words of a key of the persistent keyboard, in any language."""

    def __init__(self, label_name: str) -> None:
        super().__init__(name=f"menu {label_name}")
        self._label_name = label_name

    def filter(self, message: Message) -> bool:
        words = (message.text or "").strip()
        return any(label_names(one).get(words) == self._label_name for one in LANGUAGES)


def on_press(callback: Callback, press: type[Press], *, by: Speaker = anybody) -> PressHandler:
    """A press of this kind."""
    return PressHandler(callback, press, by)


def on_command(callback: Callback, *names: str, by: Speaker = anybody) -> InputHandler:
    """A command, without its stroke; `context.args` holds the words after it."""
    handler = InputHandler(callback, _NEW & _Command(frozenset(names)), rank=0, by=by)
    handler.commands = frozenset(names)
    return handler


def on_menu(callback: Callback, label_name: str, *, by: Speaker = anybody) -> InputHandler:
    """A key of the persistent keyboard."""
    return InputHandler(callback, _NEW & _Label(label_name), rank=1, by=by)


def in_flow(
    callback: Callback,
    flow: str,
    step: str | None = None,
    *,
    accepts: filters.BaseFilter = _INPUT,
    by: Speaker = anybody,
) -> InputHandler:
    """What is written or sent while the chat's draft stands at this flow (and step)."""
    handler = InputHandler(callback, _NEW & accepts, rank=2, by=by)
    handler.flow = (flow, step)
    return handler


def on_text(callback: Callback, *, by: Speaker = anybody) -> InputHandler:
    """Free text outside every flow; a changed message comes here too (`context.is_edited`)."""
    return InputHandler(callback, _TYPED, rank=3, by=by)


def on_voice(callback: Callback, *, by: Speaker = anybody) -> InputHandler:
    """A voice message."""
    return InputHandler(callback, _NEW & filters.VOICE, rank=3, by=by)


def on_photo(callback: Callback, *, by: Speaker = anybody) -> InputHandler:
    """A photo."""
    return InputHandler(callback, _NEW & filters.PHOTO, rank=3, by=by)


def on_document(callback: Callback, *, by: Speaker = anybody) -> InputHandler:
    """A file."""
    return InputHandler(callback, _NEW & filters.Document.ALL, rank=3, by=by)


def on_anything(callback: Callback, *, by: Speaker = anybody) -> InputHandler:
    """Whatever nobody else wants: stickers, unknown commands, contacts, places."""
    return InputHandler(callback, _NEW, rank=4, by=by)


def in_order(modules: Iterable[Sequence[Handler]]) -> tuple[Handler, ...]:
    """All handlers, presses and commands first, whatever nobody else wants last."""
    every = (handler for handlers in modules for handler in handlers)
    return tuple(sorted(every, key=lambda handler: handler.rank))


async def dispatch(handlers: Sequence[Handler], update: Update, context: Context) -> bool:
    """Let the first handler that is meant act; whether there was one."""
    draft = await context.draft() if update.message else None
    for handler in handlers:
        check = handler.check_update(update)
        if check is None or check is False:
            continue
        if handler.by(context.actor) and handler.fits(draft):
            nowhere = cast("Application[Any, Any, Any, Any, Any, Any]", None)
            await handler.handle_update(update, nowhere, check, context)
            return True
    return False
