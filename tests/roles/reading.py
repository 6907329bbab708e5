"""The rules of a valid assignment read once more, naively: one day at a time, nothing looked up, nothing remembered.

It shares no code with the library beside the values themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from carecoord.roles import (
    Absence,
    Assignment,
    Consent,
    Credential,
    Duty,
    Instruction,
    Member,
    ResponsibilityMatrix,
    Role,
    Team,
    TeamRecord,
    may_see,
    role,
    roles,
)

INFORMAL = {"patient", "family-caregiver", "friend", "legal-representative", "emergency-contact"}
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NOBODY = {"uncovered", "no-accountable", "several-accountable", "unnamed"}
CATALOGUE = {name: role(name) for name in roles()}

LETTERS = {"accountable": "A", "responsible": "R", "consulted": "C", "informed": "I"}
ABOUT = {"psychotherapy": "MH", "risk-assessment": "MH", "addiction-care": "SUD"}
PATIENT = "ada"

Told = tuple[str, str | None, str | None]
"""Kind, duty, and member; of somebody uncovered the duty alone, since there may be several."""


def holds(since: date | None, until: date | None, on: date) -> bool:
    """Say whether a day lies in a half-open period."""
    return (since or date.min) <= on < (until or date.max)


class Reading:
    """What is wrong on one day."""

    def __init__(self, team: Team, matrix: ResponsibilityMatrix, on: date) -> None:
        self.team, self.matrix, self.on = team, matrix, on
        self.known: dict[str, Role] = {**CATALOGUE, **{one.id: one for one in matrix.roles}}

    # people

    def serving(self, name: str) -> list[Member]:
        """Give the memberships of a person in force."""
        if not holds(self.team.since, self.team.until, self.on):
            return []
        return [one for one in self.team.members if one.id == name and holds(one.since, one.until, self.on)]

    def people(self) -> list[str]:
        """Give the ids of all members."""
        return sorted({one.id for one in self.team.members if self.serving(one.id)})

    def absences(self, one: Member) -> list[Absence]:
        """Give what takes a membership away."""
        found = [
            absence
            for absence in self.team.absences
            if absence.member == one.id
            and holds(absence.since, absence.until, self.on)
            and (absence.organisation is None or absence.organisation == one.organisation)
        ]
        return sorted(found, key=lambda absence: (absence.since, absence.cover or "", absence.organisation or ""))

    def state(self, name: str, held: str) -> str:
        """Give whether somebody is there in a role, has the day off, or is away."""
        states = set()
        for one in self.serving(name):
            if one.role == held:
                works = one.days is None or NAMES[self.on.weekday()] in one.days
                states.add("away" if self.absences(one) else "there" if works else "off")
        return next(state for state in ("there", "off", "away") if state in states)

    def all_away(self, name: str) -> bool:
        """Say whether somebody is away from everywhere."""
        return all(self.state(name, one.role) == "away" for one in self.serving(name))

    def professional(self, held: str) -> bool:
        """Say whether a role is neither the patient's nor an informal one."""
        return held not in INFORMAL

    # licences

    def usable(self, name: str, authority: str) -> list[Credential]:
        """Give the credentials of somebody that hold in the team's place, in force or not."""
        place = self.team.jurisdiction
        return [
            one
            for one in self.team.credentials or ()
            if (one.member, one.authority) == (name, authority)
            and (place is None or place == one.jurisdiction or place.startswith(f"{one.jurisdiction}-"))
        ]

    def statuses(self, name: str, authority: str) -> set[str]:
        """Give the statuses of somebody's authority in force."""
        return {one.status for one in self.usable(name, authority) if holds(one.since, one.until, self.on)}

    def supervises(self, name: str, authority: str) -> bool:
        """Say whether somebody may supervise: there, or covered by somebody who is, who has it themselves."""
        if not self.serving(name):
            return False
        acting = [name]
        if self.all_away(name):
            covers = [absence.cover for one in self.serving(name) for absence in self.absences(one)]
            covers += [one.cover for one in self.serving(name)]
            acting = [cover for cover in covers if cover and self.serving(cover) and not self.all_away(cover)]
        return any(
            "granted" in self.statuses(one, authority) and "denied" not in self.statuses(one, authority)
            for one in acting
        )

    def lacking(self, duty: Duty, name: str, serving: list[Member]) -> str | None:
        """Give the kind of what somebody lacks, what bars them first."""
        found = [self.lacks(authority, name, serving) for authority in (duty.scope, *duty.licences) if authority]
        barring = [kind for kind in found if kind not in {None, "law-silent"}]
        return next(iter([*barring, *(kind for kind in found if kind is not None)]), None)

    def lacks(self, authority: str, name: str, serving: list[Member]) -> str | None:
        """Give the kind of what somebody lacks of one authority."""
        if self.team.credentials is None:
            held = {known for one in serving for known in (one.role, one.profession) if known in self.known}
            if authority == "emdr" or not held:
                return None
            usual = {getattr(self.known[known], authority).usually for known in held if known}
            return "unlicensed" if usual <= {"denied", "limited"} else None
        records = self.usable(name, authority)
        current = [one for one in records if holds(one.since, one.until, self.on)]
        statuses = {one.status for one in current}
        if "denied" in statuses:
            return "unlicensed"
        if "granted" in statuses:
            return None
        supervised = [one for one in current if one.status == "supervised"]
        if supervised:
            able = [one for one in supervised if one.supervisor and self.supervises(one.supervisor, authority)]
            return None if able else "unsupervised"
        if "silent" in statuses:
            return "law-silent"
        over = [one for one in records if one.status != "denied" and one.until is not None and one.until <= self.on]
        return "credential-lapsed" if over else "unlicensed"

    def bars(self, duty: Duty, name: str, serving: list[Member]) -> bool:
        """Say whether what they lack keeps somebody from doing a duty."""
        return self.lacking(duty, name, serving) not in {None, "law-silent"}

    # who acts

    def given(self, duty: Duty, part: str) -> list[Assignment]:
        """Give the assignments of a part in force."""
        return [
            one
            for one in self.matrix.assignments
            if (one.duty, one.part) == (duty.id, part) and holds(one.since, one.until, self.on)
        ]

    def wanted(self, duty: Duty, part: str) -> tuple[set[str], set[str]]:
        """Give the people and the roles that have a part."""
        given = self.given(duty, part)
        letter = LETTERS[part]
        if not given:
            return set(), {name for name, letters in duty.letters.items() if letter in letters}
        return {one.member for one in given if one.member}, {one.role for one in given if one.role}

    def may(self, duty: Duty, part: str, held: str) -> bool:
        """Say whether a role may have a part."""
        return self.professional(held) or (part == "responsible" and duty.patient_may)

    def holders(self, duty: Duty, part: str) -> list[tuple[str, str | None, bool]]:
        """Give who holds a part: person, role (none where they are no member), and whether by name."""
        names, wanted = self.wanted(duty, part)
        found: set[tuple[str, str | None, bool]] = {
            (one.id, one.role, False)
            for name in self.people()
            for one in self.serving(name)
            if one.role in wanted and self.may(duty, part, one.role)
        }
        letter = LETTERS[part]
        for name in names:
            if not self.serving(name):
                found.add((name, None, True))
            able = [one.role for one in self.serving(name) if self.may(duty, part, one.role)]
            if able:
                able.sort(
                    key=lambda held: (self.state(name, held) != "there", letter not in duty.letters.get(held, ""), held)
                )
                found.add((name, able[0], True))
        return sorted(found, key=str)

    def stands_in(self, duty: Duty, covered: str, cover: str) -> list[tuple[str, str]]:
        """Give the roles in which somebody may stand in for another, each with whether they are there."""
        found = []
        for one in self.serving(cover):
            own = {one.role, one.profession or one.role}
            usual = {covered, *(self.known[covered].held_by if covered in self.known else ())}
            does = {"A", "R"} & set(duty.letters.get(one.role, ""))
            fits = self.professional(one.role) and (own & usual or does)
            if fits and not self.bars(duty, cover, [one]) and self.state(cover, one.role) != "away":
                found.append((one.role, self.state(cover, one.role)))
        return found

    def actor(self, duty: Duty, name: str, held: str | None) -> tuple[str, str] | None:
        """Give who acts for somebody who holds a part, and in which role; `None` for nobody."""
        if held is None:
            return None
        state = self.state(name, held)
        if state == "there":
            return name, held
        covers: list[str | None] = []
        mine = [one for one in self.serving(name) if one.role == held]
        if state == "away":
            away = {absence for one in mine for absence in self.absences(one)}
            covers += [
                absence.cover
                for absence in sorted(away, key=lambda one: (one.since, one.cover or "", one.organisation or ""))
            ]
        mine.sort(key=lambda one: (one.organisation or "", one.setting or "", one.since))
        covers += [one.cover for one in mine]
        later = (name, held) if state == "off" else None
        for cover in covers:
            found = self.stands_in(duty, held, cover) if cover and self.serving(cover) else []
            if cover is None or not found:
                continue
            _, _, _, there_as = min((at != "there", own != held, own not in duty.letters, own) for own, at in found)
            if dict(found)[there_as] == "there":
                return cover, there_as
            later = later or (cover, there_as)
        return None if duty.safety else later

    def answers(self, duty: Duty) -> list[tuple[str, str, str, str]]:
        """Give who acts for those who are accountable: whose part it is, in which role, who acts and in which role."""
        claims = self.holders(duty, "accountable")
        found = [(name, held, self.actor(duty, name, held)) for name, held, _ in claims if held is not None]
        return [(name, held, *acting) for name, held, acting in found if acting is not None]

    def accountable(self, duty: Duty) -> tuple[str | None, str]:
        """Give the one person who answers for a duty, or what is wrong."""
        names, wanted = self.wanted(duty, "accountable")
        claims = self.holders(duty, "accountable")
        claims = [one for one in claims if one[1] is not None] or claims
        if not claims:
            return None, "uncovered" if names or wanted else "no-accountable"
        answers = self.answers(duty)
        there = {acting for _, _, acting, _ in answers}
        if not there:
            return None, "uncovered"
        if len({name for name, _, _ in claims}) == 1:
            own = [acting for name, _, acting, _ in answers if acting == name]
            return min(own or there), ""
        if len(there) == 1 and len(answers) == len(claims):
            return there.pop(), ""
        alike = len({held for _, held, _ in claims}) == 1 and not any(by_name for _, _, by_name in claims)
        return None, "unnamed" if alike else "several-accountable"

    def doing(self, duty: Duty) -> dict[str, set[str]]:
        """Give who is to do a duty that day, each with their roles and those of whom they cover for."""
        found: dict[str, set[str]] = {}
        for name, held, _ in self.holders(duty, "responsible"):
            acting = self.actor(duty, name, held)
            if acting is not None and held is not None:
                found.setdefault(acting[0], set()).update((acting[1], held))
        return found

    # what is wrong

    def told(self, record: TeamRecord, people: Mapping[str, int]) -> set[Told]:
        """Give everything that is wrong."""
        if not holds(self.team.since, self.team.until, self.on):
            return {("not-in-force", None, None)}
        found = {one for duty in self.matrix.duties for one in self.about(duty, record)}
        if self.matrix.escalation and any(kind in NOBODY for kind, _, _ in found):
            there = [
                one
                for name in self.people()
                for one in self.serving(name)
                if one.role in self.matrix.escalation and self.state(name, one.role) == "there"
            ]
            found |= set() if there else {("no-escalation", None, None)}
        for wanted in self.matrix.minimum_team:
            if not any(one.role == wanted for name in self.people() for one in self.serving(name)):
                found.add(("incomplete-team", None, None))
        for name in self.people():
            for one in self.serving(name):
                limits = [other.ceiling for other in self.serving(name) if other.role == one.role]
                own = [limit for limit in limits if limit is not None]
                usual = [ceiling.people for ceiling in self.matrix.ceilings if ceiling.role == one.role]
                limit = sum(own) if own else next(iter(usual), None)
                if limit is not None and people.get(name, 0) > limit:
                    found.add(("over-ceiling", None, name))
                if one.role not in self.known:
                    found.add(("unknown-role", None, name))
        return found | set(self.prepared(record)) | set(self.instructed(record.instructions))

    def about(self, duty: Duty, record: TeamRecord) -> Iterator[Told]:
        """Give what is wrong with one duty."""
        answering, wrong = self.accountable(duty)
        if answering is None:
            yield wrong, duty.id, None
            if self.is_broken(duty):
                yield "broken-hand-over", duty.id, None
        for one in self.given(duty, "accountable"):
            others = [
                other
                for other in self.matrix.assignments
                if (other.duty, other.part) == (duty.id, "accountable") and other.until == one.since is not None
            ]
            if not one.reason and {(other.member or other.role) for other in others} - {one.member or one.role}:
                yield "unexplained-hand-over", duty.id, one.member
        for part in ("accountable", "responsible"):
            names, wanted = self.wanted(duty, part)
            if any(not self.may(duty, part, held) for held in wanted):
                yield "not-allowed", duty.id, None
            for name in names:
                if self.serving(name) and not any(self.may(duty, part, one.role) for one in self.serving(name)):
                    yield "not-allowed", duty.id, name
        yield from self.done_by(duty, is_held=answering is not None)
        if answering is not None:
            yield from self.answering(duty, answering, record)

    def is_broken(self, duty: Duty) -> bool:
        """Say whether somebody named had the duty, and nobody is named now."""
        ever = [one for one in self.matrix.assignments if (one.duty, one.part) == (duty.id, "accountable")]
        return any(one.until is not None and one.until <= self.on for one in ever) and not self.given(
            duty, "accountable"
        )

    def done_by(self, duty: Duty, *, is_held: bool) -> Iterator[Told]:
        """Give what is wrong with who does it."""
        named = self.wanted(duty, "accountable")[0]
        doing = self.wanted(duty, "responsible")[0]
        hidden = named if not any(self.serving(name) for name in named) else set()
        for name in (named | doing) - hidden:
            if not self.serving(name):
                yield "inactive", duty.id, name
        both = set().union(*self.wanted(duty, "accountable")) & set().union(*self.wanted(duty, "responsible"))
        if not self.doing(duty) and (is_held or not both):
            yield "no-responsible", duty.id, None
        for name, roles_held in sorted(self.doing(duty).items()):
            kind = self.lacking(duty, name, self.serving(name))
            if kind is not None:
                yield kind, duty.id, name
            if self.team.trained is not None:
                yield from self.untrained(duty, name, roles_held)

    def untrained(self, duty: Duty, name: str, held: set[str]) -> Iterator[Told]:
        """Give the trainings that somebody who does a duty lacks or has to renew."""
        for training in self.matrix.trainings:
            if (training.duties and duty.id not in training.duties) or (
                training.roles and not held & set(training.roles)
            ):
                continue
            ends = []
            for one in self.team.trained or ():
                if (one.member, one.training) == (name, training.id) and one.on <= self.on:
                    limits = [one.until or date.max]
                    if training.valid is not None:
                        limits.append(training.valid.after(one.on))
                    ends.append(min(limits))
            last = max(ends, default=date.min)
            if last <= self.on:
                yield "untrained", duty.id, name
            elif last != date.max and (training.notice.before(last) if training.notice else last) <= self.on:
                yield "training-due", None, name

    def answering(self, duty: Duty, answering: str, record: TeamRecord) -> Iterator[Told]:
        """Give what is wrong with the one who answers for it."""
        acting = [one for one in self.answers(duty) if one[2] == answering]
        own = sorted(held for name, held, _, _ in acting if name == answering)
        if own:
            yield from self.confirmed(duty, answering, record)
            yield from self.reachable(duty, answering, own[0])
            if duty.id in self.matrix.standing_cover:
                covers = [one.cover for one in self.serving(answering) if one.role == own[0] and one.cover]
                if not any(self.serving(cover) and self.stands_in(duty, own[0], cover) for cover in covers):
                    yield "no-standing-cover", duty.id, answering
        else:
            name, held = min((name, held) for name, _, _, held in acting)
            yield from self.confirmed(duty, name, record)
            yield from self.reachable(duty, answering, held)

    def reachable(self, duty: Duty, answering: str, held: str) -> Iterator[Told]:
        """Give that nobody knows how to reach them."""
        if duty.safety and not any(one.reach for one in self.serving(answering) if one.role == held):
            yield "unreachable", None, answering

    def confirmed(self, duty: Duty, holder: str, record: TeamRecord) -> Iterator[Told]:
        """Give that they were not confirmed after the last change."""
        changes = [day for one in self.team.members for day in (one.since, one.until)]
        for one in self.matrix.assignments:
            if (one.duty, one.part) == (duty.id, "accountable"):
                changes += [one.since, one.until]
        past = [day for day in (*changes, *record.plan_changes) if day is not None and day <= self.on]
        if record.confirmations is None or not past:
            return
        if not any(
            one.member == holder and one.duty in {None, duty.id} and max(past) <= one.on <= self.on
            for one in record.confirmations
        ):
            yield "unconfirmed", duty.id, holder

    def prepared(self, record: TeamRecord) -> Iterator[Told]:
        """Give what waits for approval, and what was approved by somebody who may not."""
        duties = {duty.id: duty for duty in self.matrix.duties}

        def may(name: str, duty: str, on: date) -> bool:
            then = Reading(self.team, self.matrix, on)
            doing = [one for one in then.doing(duties[duty]) if not then.bars(duties[duty], one, then.serving(one))]
            return name in {then.accountable(duties[duty])[0], *doing}

        for one in record.done:
            if one.on > self.on or one.duty not in duties:
                continue
            wanted = [("unapproved", duties[one.duty].approval)]
            if one.duty in {other.approval for other in duties.values()}:
                wanted.append(("not-authorised", one.duty))
            for kind, approval in wanted:
                if approval in duties and not any(
                    (other.duty, other.about) == (approval, one.about)
                    and one.on <= other.on <= self.on
                    and may(other.member, other.duty, other.on)
                    for other in record.done
                ):
                    yield kind, approval, one.member

    def instructed(self, instructions: tuple[Instruction, ...]) -> Iterator[Told]:
        """Give what two members have instructed on."""
        active = [one for one in instructions if holds(one.since, one.until, self.on)]
        if any(one.about == other.about and one.member != other.member for one in active for other in active):
            settling = [duty for name in self.matrix.settled_by for duty in self.matrix.duties if duty.id == name]
            duty = settling[0] if settling else None
            yield "conflict", duty.id if duty else None, self.accountable(duty)[0] if duty else None

    def unseen(self, consents: list[Consent]) -> Iterator[Told]:
        """Give who has a part in a duty and may not see what it is about."""
        for duty in self.matrix.duties:
            for part in LETTERS:
                for name, held in self.parts(duty, part):
                    informal = (
                        "SUPNWK" if held in INFORMAL else "TREAT" if part in {"accountable", "responsible"} else "COC"
                    )
                    seen = [
                        may_see(
                            consents,
                            one,
                            ABOUT.get(duty.id, ()),
                            purpose="PATRQT" if name == PATIENT else informal,
                            on=self.on,
                            patient=PATIENT,
                        ).permits
                        for one in self.serving(name)
                        if one.role == held
                    ]
                    if not any(seen):
                        yield "may-not-see", duty.id, name

    def parts(self, duty: Duty, part: str) -> set[tuple[str, str]]:
        """Give who has a part, or acts for somebody who has, each in a role."""
        names, wanted = self.wanted(duty, part)
        found = {(one.id, one.role) for name in self.people() for one in self.serving(name) if one.role in wanted}
        for name in names:
            held = [one.role for one in self.serving(name)]
            found |= {(name, min(held, key=lambda each: (each not in duty.letters, each)))} if held else set()
        if part in {"accountable", "responsible"}:
            acting = [self.actor(duty, name, held) for name, held, _ in self.holders(duty, part)]
            found |= {one for one in acting if one is not None}
        return found
