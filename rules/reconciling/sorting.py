"""What the comparison says of each school: 无学籍, 人在籍不在, 籍在人不在 (rules.md 8)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rules.reconciling.lines import Line
from rules.reconciling.matching import Decided, Match, Matching, Pair, match_lists
from rules.reconciling.nearness import Why

#: A class without a roster whose children sit elsewhere in the school exists no more.
DISSOLVED_FROM = 0.5
ENTRY_GRADES = (1, 7)
LAST_PRIMARY, FIRST_JUNIOR = 6, 7


class Kind(StrEnum):
    """What stands on a school's lists."""

    UNREGISTERED = "unregistered"  # 无学籍
    NEWCOMER = "newcomer"  # 新生待建籍
    ELSEWHERE = "elsewhere"  # 人在籍不在 at one school, found there for the other
    MISSING = "missing"  # 籍在人不在
    WRONG_CLASS = "wrong_class"
    LEAVER_ARRIVED = "leaver_arrived"  # a grade-6 leaver on a grade-7 roster: [已报到] is asked
    LEAVER_MISSING = "leaver_missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One child that register and rosters say different things of."""

    kind: Kind
    registered: Line | None = None
    seated: Line | None = None

    @property
    def line(self) -> Line:
        """Whose name and numbers hold: as registered, else as on the roster."""
        found = self.registered or self.seated
        assert found is not None
        return found

    @property
    def key(self) -> tuple[str, str]:
        """The same in every run as long as the lists say the same of this child."""
        registered = self.registered.identity if self.registered else ""
        seated = self.seated.identity if self.seated and not self.registered else ""
        return self.kind.value, registered or seated


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two lines for a person to look at."""

    registered: Line
    seated: Line
    why: Why

    @property
    def key(self) -> tuple[str, str]:
        """What a person decides about."""
        return self.registered.identity, self.seated.identity


@dataclass(frozen=True)
class Comparison:
    """The whole county, compared."""

    matched: int
    findings: tuple[Finding, ...]
    doubts: tuple[Doubt, ...]
    without_roster: tuple[tuple[int, int, int], ...]  # classes that the register knows
    #: Everybody on a register, a roster, or among leavers whom nobody has found yet; each once.
    in_school: tuple[Line, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Lists:
    """What is compared: all that schools have handed in."""

    register: Sequence[Line]
    roster: Sequence[Line]
    leavers: Sequence[Line] = ()


@dataclass(frozen=True)
class Season:
    """What the calendar says: whether new pupils may still wait for their registration, and
    whether junior schools have had their days to report who has come."""

    newcomers_wait: bool = False
    leavers_late: bool = False


def compare(
    lists: Lists, decided: Decided | None = None, season: Season | None = None
) -> Comparison:
    """Compare register and rosters of the county (rules.md 8)."""
    found = match_lists(lists.register, lists.roster, decided)
    bare = _without_roster(found)
    held = _held(found.pairs)
    left = _leavers(lists, found, decided)
    arrived = {left.seats[one.roster] for one in left.matching.matches}
    season = season or Season()
    findings = [
        *_moved(found),
        *_missing(found, held[0], bare),
        *_unregistered(found, held[1] | arrived | left.doubtful, season),
        *_of_leavers(left, season),
    ]
    doubts = [
        Doubt(match.register[one.register], match.roster[one.roster], one.why)
        for match in (found, left.matching)
        for one in match.pairs
    ]
    in_school = (
        *lists.register,
        *(lists.roster[at] for at in found.seated_only),
        *(left.matching.register[at] for at in left.matching.registered_only),
    )
    return Comparison(
        len(found.matches), tuple(findings), tuple(doubts), tuple(sorted(bare)), in_school
    )


def _held(pairs: Collection[Pair]) -> tuple[set[int], set[int]]:
    """Whoever waits for a person is on no other list until then."""
    return {one.register for one in pairs}, {one.roster for one in pairs}


def _moved(found: Matching) -> list[Finding]:
    every = [_moved_one(found, one) for one in found.matches]
    return [one for one in every if one is not None]


def _moved_one(found: Matching, match: Match) -> Finding | None:
    here, there = found.register[match.register], found.roster[match.roster]
    if here.school != there.school:
        return Finding(Kind.ELSEWHERE, here, there)
    return Finding(Kind.WRONG_CLASS, here, there) if here.place != there.place else None


def _missing(
    found: Matching, held: set[int], bare: Collection[tuple[int, int, int]]
) -> list[Finding]:
    """Nobody is missing from a grade whose rosters have not all been handed in."""
    grades = {place[:2] for place in bare}
    lines = [found.register[one] for one in found.registered_only if one not in held]
    return [
        Finding(Kind.MISSING, line)
        for line in lines
        if line.is_expected and line.place[:2] not in grades
    ]


def _unregistered(found: Matching, held: set[int], season: Season) -> list[Finding]:
    lines = [found.roster[one] for one in found.seated_only if one not in held]
    return [
        Finding(
            Kind.NEWCOMER
            if season.newcomers_wait and line.grade in ENTRY_GRADES
            else Kind.UNREGISTERED,
            seated=line,
        )
        for line in lines
    ]


def _without_roster(found: Matching) -> set[tuple[int, int, int]]:
    """Classes of the register that have no roster, and whose children sit in no other class."""
    listed = {line.place for line in found.roster}
    size = Counter(line.place for line in found.register)
    elsewhere: Mapping[tuple[int, int, int], int] = Counter(
        found.register[one.register].place
        for one in found.matches
        if found.register[one.register].school == found.roster[one.roster].school
    )
    return {
        place
        for place, children in size.items()
        if place not in listed and elsewhere[place] < children * DISSOLVED_FROM
    }


@dataclass(frozen=True)
class _Leavers:
    """Last year's grade 6 beside the grade-7 children whom no register line explains."""

    matching: Matching
    seats: dict[int, int]  # places in this comparison's roster → places in the whole roster
    doubtful: set[int]
    has_rosters: bool


def _leavers(lists: Lists, found: Matching, decided: Decided | None) -> _Leavers:
    """Each grade-6 leaver is looked for on the grade-7 rosters of the county.

    One whom the new register knows already is the register's: its line stands there.
    """
    known: dict[str, set[str]] = defaultdict(set)
    for line in lists.register if lists.leavers else ():
        known[line.name] |= {line.id_number or "", line.register_number or ""}
    leavers = [
        line
        for line in lists.leavers
        if not {line.id_number, line.register_number} & (known[line.name] - {""})
    ]
    seats = [
        at for at in found.seated_only if lists.leavers and lists.roster[at].grade == FIRST_JUNIOR
    ]
    matching = match_lists(leavers, [lists.roster[at] for at in seats], decided)
    places = dict(enumerate(seats))
    doubtful = {places[one.roster] for one in matching.pairs}
    has_rosters = any(line.grade == FIRST_JUNIOR for line in lists.roster)
    return _Leavers(matching, places, doubtful, has_rosters)


def _of_leavers(left: _Leavers, season: Season) -> list[Finding]:
    """The primary school answers for a leaver until a junior school says [已报到]."""
    matching = left.matching
    arrived = [
        Finding(Kind.LEAVER_ARRIVED, matching.register[one.register], matching.roster[one.roster])
        for one in matching.matches
    ]
    if not season.leavers_late or not left.has_rosters:
        return arrived
    held = {one.register for one in matching.pairs}
    return arrived + [
        Finding(Kind.LEAVER_MISSING, matching.register[one])
        for one in matching.registered_only
        if one not in held and matching.register[one].is_expected
    ]
