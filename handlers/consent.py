"""Guardians say who they are, and agree to the chat channel or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from telegram import Update

from handlers import contactability
from handlers.children import book_of
from handlers.context import Context
from handlers.dispatch import on_press
from handlers.invites import open_code
from handlers.menus import look_again, say_with_menu
from rules.binding import Claim, ClaimedAs, claim
from rules.codes import spend
from rules.consent import refuse
from rules.decision import Decision
from rules.leaving import come_back, may_come_back
from rules.model.people import GuardianState
from rules.parties import Party, Tie
from rules.refusals import NotYours, OldButton
from storage.facts.binding import left_here, party_of
from storage.views.binding import Place, confirmed, place_of, places_of
from templates.presses_binding import (
    AgreePress,
    BackPress,
    ClaimPress,
    NotOthersPress,
    OthersPress,
    PhoneMePress,
)


@dataclass(frozen=True)
class ConsentAsk:
    """Who asks, and what the keys need: a code, or the person who comes back."""

    place: Place
    is_back: bool = False
    is_carer: bool = False
    code: str = ""
    claimed_as: str = ""
    person_id: int = 0


async def ask_who(context: Context, code: str, tie: Tie) -> None:
    """[我是父亲] [我是母亲] [我是照看人]: school and class, but no child's name yet."""
    place = await place_of(context.work, tie.school_class.id)
    await context.say("who_are_you", {"place": place, "code": code})


async def say_who(update: Update, context: Context) -> None:
    """A guardian says who they are, and reads what they are asked to agree to."""
    press = context.press(ClaimPress)
    opened = await open_code(context, press.code)
    if opened is None or opened.tie is None:
        return
    said = _as(press.claimed_as)
    place = await place_of(context.work, opened.tie.school_class.id)
    is_carer = said is ClaimedAs.CARER
    ask = ConsentAsk(place, is_carer=is_carer, code=press.code, claimed_as=said.value)
    await context.show("consent_ask", ask)


async def agree(update: Update, context: Context) -> None:
    """[同意，接收通知]: the teacher of the class is asked whether it is them."""
    press = context.press(AgreePress)
    opened = await open_code(context, press.code)
    if opened is None or opened.tie is None:
        return
    said = _as(press.claimed_as)
    spent = Decision((spend(opened.invite, context.chat_id, context.now),))
    await _claim(context, opened.party, (opened.tie,), said, spent)
    await _offer_others(context, opened.party.person.id, said)


async def take_phone(update: Update, context: Context) -> None:
    """[不用，打电话]: nothing is kept of the chat, and the code stays good."""
    opened = await open_code(context, context.press(PhoneMePress).code)
    if opened is None or opened.tie is None:
        return
    version = context.words("consent.version")
    await context.carry_out(refuse(opened.tie.link, version, context.now) or Decision())
    await context.toast("binding.declined")
    await context.show("phone_only", {})


async def agree_for_others(update: Update, context: Context) -> None:
    """[一起接通]: the same consent for the other children of the same person."""
    press = context.press(OthersPress)
    party = await _own_party(context, press.person_id)
    if not party.unasked:
        raise OldButton
    await _claim(context, party, party.unasked, _as(press.claimed_as), Decision())


async def take_phone_for_others(update: Update, context: Context) -> None:
    """[不用，打电话] for the other children."""
    party = await _own_party(context, context.press(NotOthersPress).person_id)
    version = context.words("consent.version")
    for tie in party.unasked:
        await context.carry_out(refuse(tie.link, version, context.now) or Decision())
    await context.toast("binding.declined")
    await context.show("phone_only", {})


async def offer_return(context: Context) -> bool:
    """Somebody who stopped in this chat opens it again; whether there is such a person."""
    for person_id in await left_here(context.work, context.chat_id):
        party = await party_of(context.work, person_id, book_of(context), context.today)
        if may_come_back(party, context.chat_id):
            tie = party.in_state(GuardianState.STOPPED)[0]
            place = await place_of(context.work, tie.school_class.id)
            await context.say("consent_ask", ConsentAsk(place, is_back=True, person_id=person_id))
            return True
    return False


async def return_or_not(update: Update, context: Context) -> None:
    """After `/stop`: agree once more, or leave it at that."""
    press = context.press(BackPress)
    party = await party_of(context.work, press.person_id, book_of(context), context.today)
    if not may_come_back(party, context.chat_id):
        raise OldButton
    if not press.wants:
        await context.show("phone_only", {})
        return
    version = context.words("consent.version")
    ties = party.in_state(GuardianState.STOPPED)
    await context.carry_out(
        come_back(party, context.chat_id, version, context.policy, context.now)
    )
    await _say_linked(context, party.person.id, ties)


async def _claim(
    context: Context, party: Party, ties: tuple[Tie, ...], said: ClaimedAs, spent: Decision
) -> None:
    words = Claim(said, context.chat_id, context.words("consent.version"))
    decision = claim(party, ties, words, context.policy, context.now)
    await context.carry_out(decision + spent)
    if party.would_move(context.chat_id):  # what was asked in the other chat reaches nobody now
        await contactability.lost(context.work, party.person.id, "moved")
        await contactability.found_again(context.work, party.person.id)
    await _say_linked(context, party.person.id, ties)


async def _say_linked(context: Context, person_id: int, ties: Iterable[Tie]) -> None:
    """What was agreed to stays on its message; what follows comes below, with the keyboard."""
    await context.toast("binding.linked_now")
    await context.show("consent_given", {"at": context.now})
    await look_again(context)
    asked = {tie.link.id for tie in ties}
    party = await party_of(context.work, person_id, book_of(context), context.today)
    bound = [tie.link.id for tie in party.in_state(GuardianState.BOUND) if tie.link.id in asked]
    waiting = [tie for tie in party.in_state(GuardianState.CLAIMED) if tie.link.id in asked]
    if bound:
        view = await confirmed(context.work, person_id, bound, context.today)
        await say_with_menu(context, "guardian_confirmed", view)
    if waiting:
        places = await places_of(context.work, [tie.school_class.id for tie in waiting])
        await say_with_menu(context, "claim_waiting", {"places": places})


async def _offer_others(context: Context, person_id: int, said: ClaimedAs) -> None:
    """Other children of the same person, by school and class alone."""
    party = await party_of(context.work, person_id, book_of(context), context.today)
    places = await places_of(context.work, [tie.school_class.id for tie in party.unasked])
    if places:
        view = {"places": places, "person_id": person_id, "claimed_as": said.value}
        await context.say("other_children", view)


async def _own_party(context: Context, person_id: int) -> Party:
    if person_id not in context.actor.person_ids:
        raise NotYours
    return await party_of(context.work, person_id, book_of(context), context.today)


def _as(word: str) -> ClaimedAs:
    try:
        return ClaimedAs(word)
    except ValueError:
        raise OldButton from None


HANDLERS = (
    on_press(say_who, ClaimPress),
    on_press(agree, AgreePress),
    on_press(take_phone, PhoneMePress),
    on_press(agree_for_others, OthersPress),
    on_press(take_phone_for_others, NotOthersPress),
    on_press(return_or_not, BackPress),
)
