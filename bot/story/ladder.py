"""The second chapter: one case through notice, refusal, report and township, back, and again.

Its papers, the printed case file and the stamped copies are left in a folder.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from bot.story import binding, contact
from bot.story.people import Actor
from bot.story.scene import Scene

CHILD, MOTHER = "leaving", "leaving.mother"
CASE = "1"
#: Notice and report of the school; for the bureau one paper each.
PAPERS = 5
A_PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c636060600000000400010a2b9c0f0000000049454e44ae426082"
)


async def bind(scene: Scene) -> None:
    """Staff, the township's contact, and one family."""
    scene.narrator.clock(scene.at)
    main, silent = scene.plot.schools
    scene.tell("binding.staff", main_school=main.name, silent_school=silent.name)
    await binding.bind_staff(scene)
    official = scene.plot.county.chain[main.township][3]
    scene.parts["township"] = scene.cast.staff("township", official.name)
    binding.give_part(scene, CHILD, scene.plot.simple(scene.plot.main)[2])
    await binding.ask_to_be_linked(scene[MOTHER].quietly, scene.papers[MOTHER], "mother")
    await scene["teacher"].quietly.hears("binding_card", child=scene.child(CHILD))
    await scene["teacher"].quietly.taps("is_them")
    await scene[MOTHER].quietly.hears("confirmed")


async def _still_missing(scene: Scene, number: int) -> None:
    """A day's roll calls, told in passing."""
    await scene.day(number)
    await scene.quiet_roll("teacher", leaving=False)
    await scene["teacher"].quietly.taps("tell_now")
    await scene.all_here("teacher")


async def refuses(scene: Scene) -> None:
    """Day 1: the child is missing, and the family says why."""
    await scene.day(1)
    scene.tell("ladder1.roll")
    await scene.roll("teacher", (CHILD,))
    await scene.all_here("teacher")
    await scene.to("08:14")
    mother, teacher, child = scene[MOTHER], scene["teacher"], scene.child(CHILD)
    await mother.hears("alert")
    for key in ("reply_other", "reply_unwilling", "talk_teacher"):
        await mother.taps(key)
    await teacher.hears("refused", child=child)
    await contact.in_full(teacher, child, contact.CALL_REFUSED)


async def notice(scene: Scene) -> None:
    """Day 2: a visit in vain; the notice is asked for, sent back, signed, stamped and served."""
    await _still_missing(scene, 2)
    await scene.to("15:30")
    teacher, child = scene["teacher"], scene.child(CHILD)
    scene.tell("ladder2.visit")
    await contact.in_full(teacher, child, contact.VISIT_REFUSED)
    await scene[MOTHER].hears("visited")
    scene.tell("ladder2.asks")
    await teacher.taps_for(child, "handle")
    await teacher.taps("more")
    await teacher.taps("ask_notice")
    await _words(teacher, scene.words("ladder2.words"))
    await _sent_back(scene)
    await _signed(scene["head"], "notice_approval", "approve")
    scene.tell("ladder2.serves")
    await _served(scene)


async def _words(who: Actor, words: str) -> None:
    who.says(words)
    await who.taps("hand_in_now")


async def _sent_back(scene: Scene) -> None:
    head, teacher = scene["head"], scene["teacher"]
    await head.hears("notice_approval")
    await head.hears("draft")
    await head.taps("send_back")
    await head.quietly.hears("asks_comment")
    head.says(scene.words("ladder2.comment"))
    await teacher.hears("returned")
    await teacher.taps("hand_in")
    await _words(teacher, scene.words("ladder2.more_words"))


async def _signed(who: Actor, card: str, key: str, drafts: int = 1) -> None:
    """The card comes, and the drafts; what was read is signed."""
    await who.hears(card)
    for _ in range(drafts):
        await who.hears("draft")
    await who.taps(key)


async def _served(scene: Scene) -> None:
    """Printed and stamped; refused at the door, two people see it."""
    teacher = scene["teacher"]
    await teacher.hears("notice_service")
    await teacher.hears("approved")
    await teacher.taps("upload_stamped")
    teacher.sends(A_PHOTO)
    await teacher.taps("served_refused")
    await teacher.taps("served_today")
    teacher.says(scene.words("ladder2.witnesses"))
    await teacher.quietly.hears("asks_proof")
    teacher.sends(A_PHOTO)
    await teacher.taps("served_save")


async def report(scene: Scene) -> None:
    """Day 3: refused again; head, section and bureau leader sign, and the township hears."""
    await _still_missing(scene, 3)
    await scene.to("10:00")
    scene.tell("ladder3.refused")
    await contact.in_full(scene["teacher"], scene.child(CHILD), contact.CALL_REFUSED)
    await _signed(scene["head"], "report_signature", "approve")
    scene.tell("ladder3.section")
    await scene["section"].hears("report_acknowledgement")
    await scene["section"].taps("acknowledge")
    scene.tell("ladder3.bureau")
    await _signed(scene["bureau"], "joint_issue", "issue", drafts=3)
    await _delivered(scene["section"])
    scene.tell("ladder3.township")
    township = scene["township"]
    await township.hears("township_card", child=scene.child(CHILD))
    await township.taps("accept_case")
    await township.quietly.hears("asks_responsible")
    township.says(scene.words("ladder3.responsible"))


async def _delivered(section: Actor) -> None:
    for card, key in (
        ("township_delivery", "sent_to_township"),
        ("county_delivery", "reported_to_county"),
    ):
        await section.hears(card)
        await section.taps(key)
        await section.quietly.hears("asks_receipt")
        section.sends(A_PHOTO)


async def visit(scene: Scene) -> None:
    """Day 4: the township goes there, and the family gives in."""
    await _still_missing(scene, 4)
    await scene.to("16:20")
    township = scene["township"]
    scene.tell("ladder4.visit")
    township.presses("my_cases")
    await township.hears("my_cases", child=scene.child(CHILD))
    await township.taps_for(scene.child(CHILD), "handle")
    await township.taps("log_joint")
    await township.taps("full_record")
    for step in contact.VISIT_PROMISED:
        await township.taps(step)
    await township.taps("save")


async def returns(scene: Scene) -> None:
    """Day 5: seen in class, signed by the leader; whoever looked for the child hears it."""
    await scene.day(5)
    scene.tell("ladder5.back")
    await scene.roll("teacher", leaving=True)
    await scene.all_here("teacher")
    await scene["leader"].hears("return_sign", child=scene.child(CHILD))
    await scene["leader"].taps("confirm_return")
    await scene["township"].hears("is_back", child=scene.child(CHILD))
    await scene[MOTHER].hears("welcome")


async def relapse(scene: Scene) -> None:
    """Days 6 to 8: there, missing again, and back: the same case, with its history."""
    await scene.day(6)
    await scene.quiet_roll("teacher")
    await scene.all_here("teacher")
    await scene.day(7)
    scene.tell("ladder7.again")
    await scene.roll("teacher", (CHILD,))
    await scene.all_here("teacher")
    await scene.to("08:14")
    await scene[MOTHER].hears("alert")
    await contact.in_full(scene["teacher"], scene.child(CHILD), contact.CALL_PROMISED)
    await _check_case(scene, "open", "persuade")
    await scene.day(8)
    scene.tell("ladder8.back")
    await scene.roll("teacher", leaving=True)
    await scene.all_here("teacher")
    await scene["leader"].hears("return_sign", child=scene.child(CHILD))
    await scene["leader"].taps("confirm_return")


async def _check_case(scene: Scene, state: str, stage: str) -> None:
    case = await scene.stage.answer("case", CASE)
    stands = (case["state"], case["stage"])
    scene.checks.hold(f"case {CASE}: {stands}", stands == (state, stage))


async def leave_papers(scene: Scene, folder: Path) -> None:
    """The papers of the case in a folder, the case file beside them, the chain proven."""
    scene.narrator.chapter("ladder9.title")
    await _check_case(scene, "watch", "persuade")
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    page = folder / "case.html"
    said = await scene.stage.command("case", CASE, "--papers", str(folder), "--full")
    scene.narrator.command(f"guixiao case {CASE} --papers {folder} --full", said)
    await scene.stage.command("case", CASE, "--html", str(page))
    scene.narrator.command(f"guixiao case {CASE} --html {page}")
    written, printed = await asyncio.to_thread(_left_in, folder, page)
    scene.checks.hold(f"papers: {written}", len(written) >= PAPERS)
    scene.checks.hold("case file", scene.child(CHILD) in printed)
    line = await scene.stage.command("verify")
    scene.checks.hold(f"verify: {line}", bool(line.strip()))
    scene.narrator.command("guixiao verify", line)
    scene.tell("ladder9.left", folder=folder, n=len(written))


def _left_in(folder: Path, page: Path) -> tuple[list[str], str]:
    """The papers that were written, and what the case file says."""
    return sorted(one.name for one in folder.glob("*.docx")), page.read_text(encoding="utf-8")


def chapters(folder: Path) -> tuple[Callable[[Scene], Awaitable[None]], ...]:
    """The whole of it, its papers left in `folder`."""
    days = (refuses, notice, report, visit, returns, relapse)
    return (bind, *days, partial(leave_papers, folder=folder))
