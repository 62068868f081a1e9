"""After the eighth day: what the record says, what every phone saw, and what is still open."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from bot.story.scene import Scene
from bot.story.texts import words

#: Part of a child → how its case stands at the end: state, and as what it ended.
ENDINGS = {
    "sick": ("closed", "explained"),
    "unanswered": ("watch", "returned"),
    "unwilling": ("open", None),
    "forgotten": ("open", None),
    "lost": ("closed", "returned"),
    "hidden": ("closed", "returned"),
}

#: The two children who did not come back, and the one who is watched.
OPEN = 3


async def play(scene: Scene) -> None:
    """Read the record by the commands, look at every phone, and say what is open."""
    scene.narrator.chapter("closing.title")
    stage = scene.stage
    status, shown, line, cases = await asyncio.gather(
        stage.answer("status"), stage.command("status"), stage.command("verify"), _cases(scene)
    )
    scene.checks.hold(f"status: {status['cases']}", sum(status["cases"].values()) >= OPEN)
    _check_endings(scene, cases)
    _check_phones(scene)
    _check_calls(scene)
    scene.narrator.command("guixiao status", shown)
    scene.checks.hold(f"verify: {line}", bool(line.strip()))
    scene.narrator.command("guixiao verify", line)
    _say_what_is_open(scene, status)


async def _cases(scene: Scene) -> dict[str, dict[str, Any]]:
    """Child → case, each read with `guixiao case N --json`."""
    numbers = range(1, len(ENDINGS) + 2)
    found = await asyncio.gather(*(scene.stage.answer("case", str(n)) for n in numbers))
    return {case["student"]: case for case in found}


def _check_endings(scene: Scene, cases: dict[str, dict[str, Any]]) -> None:
    for part, (state, ended_as) in ENDINGS.items():
        case = cases.get(scene.child(part), {})
        stands = (case.get("state"), case.get("ended_as"))
        scene.checks.hold(f"{scene.child(part)}: {stands}", stands == (state, ended_as))
        scene.narrator.check(
            f"closing.{part}", n=case["case"], child=scene.child(part), days=case["counted"]
        )


def _check_phones(scene: Scene) -> None:
    """Every text says that it is a rehearsal; guardians read no word that is not for them."""
    forbidden = words("forbidden.guardians").split("|")
    families = {actor.phone.chat_id for part, actor in scene.parts.items() if "." in part}
    for chat_id, phone in scene.stage.api.people.items():
        texts = [one.shown.text for one in phone.arrivals]
        unmarked = [text for text in texts if not text.startswith(words("heard.rehearsal"))]
        scene.checks.hold(f"{phone.name}: {unmarked[:1]}", not unmarked)
        wrong = [text for text in texts if any(word in text for word in forbidden)]
        scene.checks.hold(f"{phone.name}: {wrong[:1]}", chat_id not in families or not wrong)
    pupil = scene["pupil"].phone
    told = [one for one in pupil.arrivals if pupil.name in one.shown.text]
    scene.checks.hold(f"{pupil.name}: {told[:1]}", not told)
    scene.narrator.check("closing.phones", n=len(scene.stage.api.people))


def _check_calls(scene: Scene) -> None:
    """No alert was sent twice; no chat was refused but that of the family that blocked the bot.

    An answer to a press names no chat; one that comes too late is no error.
    """
    calls = scene.stage.api.calls
    blocked = {scene[f"blocked.{one}"].phone.chat_id for one in ("mother", "father")}
    refused = [call for call in calls.of(ok=False) if call.chat_id not in blocked | {None}]
    scene.checks.hold(f"refused: {refused[:1]}", not refused)
    alerts = calls.of("sendMessage", contains=words("heard.alert").split("|")[0], ok=True)
    families = {actor.phone.chat_id for part, actor in scene.parts.items() if "." in part}
    twice = Counter((one.chat_id, one.params["text"]) for one in alerts if one.chat_id in families)
    scene.checks.hold(f"twice: {twice.most_common(1)}", max(twice.values()) == 1)
    scene.narrator.check("closing.calls", alerts=sum(twice.values()), calls=len(calls))


def _say_what_is_open(scene: Scene, status: dict[str, Any]) -> None:
    scene.tell(
        "closing.open",
        cases=sum(status["cases"].values()),
        due=status["tasks"]["due"],
        overdue=status["tasks"]["overdue"],
    )
