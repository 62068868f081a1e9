"""What the county has already, as far as rows are matched with it; read once per import."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from rules.calendar import Calendar
from rules.model.case import Task
from rules.model.eligible import Eligible, Village
from rules.model.people import Pairing, Post, Role
from rules.policy import Policy
from storage.importing.batch import Batch, Numbers
from storage.importing.known import Children, People, Places
from storage.importing.records import DayRecord, Review, TermRecord
from storage.lookups import phone_hash
from storage.sealing import Vault

REPAIR = "data_repair"
CONTACT = "contact_repair"


@dataclass
class County(Places, Children, People):
    """Everything that an import looks things up in; new rows join at once, under placeholders."""

    vault: Vault
    calendar: Calendar
    now: datetime
    policy: Policy
    is_new: bool = False
    numbers: Numbers = field(default_factory=Numbers)
    pairings: dict[tuple[str, int, str], Pairing] = field(default_factory=dict)
    terms: dict[tuple[str, int | None], TermRecord] = field(default_factory=dict)
    days: dict[tuple[date, int | None], DayRecord] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    #: Villages by township and name.
    villages: dict[tuple[int | None, str], Village] = field(default_factory=dict)
    repairs: dict[str, Task] = field(default_factory=dict)
    #: What the repair of a contact that is open is about.
    checking: set[str] = field(default_factory=set)
    repaired: set[tuple[str, str]] = field(default_factory=set)
    #: Children whose new school has confirmed them while the register still names the old one.
    seated_elsewhere: set[int] = field(default_factory=set)
    #: Children, and staff, that a row of this table has been matched with.
    seen: set[int] = field(default_factory=set)
    #: Posts and pairings that a row of this table has named.
    confirmed: set[int] = field(default_factory=set)
    #: Children and groups, with their beginning, that a row of this table has named.
    grouped: set[tuple[int, str, date | None]] = field(default_factory=set)
    #: Identity numbers of new children, by placeholder: a dry run finds them nowhere else.
    planned: dict[int, str | None] = field(default_factory=dict)
    #: New lines of the age-eligible list likewise, by what tells them apart.
    planned_lines: dict[object, Eligible] = field(default_factory=dict)
    #: What is on its way into the database: whoever reads does not see it yet.
    under_way: Batch | None = None
    #: Children listed on the roster of a class in this import.
    listed: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    _phone_marks: dict[str, str] = field(default_factory=dict)

    def phone_mark(self, phone: str) -> str:
        """What a phone is looked up by; remembered for as long as this batch is read."""
        mark = self._phone_marks.get(phone)
        if mark is None:
            mark = self._phone_marks[phone] = phone_hash(self.vault, phone)
        return mark

    def forget_families(self) -> None:
        """Later rows meet those who go at `part` under their ids, and need no placeholders."""
        for number in self.going():
            self.numbers.stored.pop(number, None)

    def part(self) -> None:
        """A batch is over: earlier families are met again when a row names them."""
        self._phone_marks.clear()
        super().part()

    @property
    def today(self) -> date:
        """The county's date."""
        return self.calendar.local_date(self.now)

    @property
    def known_since(self) -> datetime | None:
        """Of what joins now; what was there before the first run holds from the beginning."""
        return None if self.is_new else self.now

    def holder(self, unit_id: int | None, role: Role) -> int | None:
        """Who holds this post in this unit today."""
        if unit_id is None:
            return None
        fits = (one for one in self.posts_in[unit_id] if one.role is role and self.is_held(one))
        return next((one.person_id for one in fits), None)

    def is_held(self, post: Post) -> bool:
        """Whether the post is not over."""
        return post.to_on is None or post.to_on >= self.today

    def namesakes_in(self, unit_id: int, name: str) -> list[int]:
        """The persons of this name who hold a post in this unit."""
        found = {one.person_id for one in self.posts_in[unit_id] if self.is_held(one)}
        return sorted(one for one in found if self.persons[one].name == name)

    def forget_table(self) -> None:
        """Another table begins: what rows of the last one have named does not matter to it."""
        self.seen.clear()
        self.confirmed.clear()
        self.grouped.clear()
        self.listed.clear()

    def settle(self, batch: Batch, stored: dict[int, int]) -> None:
        """A batch is on its way into the database: placeholders have become ids."""
        self.under_way = batch
        self.numbers.stored |= batch.lasting(stored)
        self.planned.clear()
        self.planned_lines.clear()
