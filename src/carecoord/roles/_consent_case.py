"""One person's consents, as they stand for one reader: may this be seen?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cached_property
from typing import Final, Literal, NamedTuple

from carecoord.roles._catalogue import catalogued_roles
from carecoord.roles._consent import Consent, Recipient, Terms, has_ended, was_known
from carecoord.roles._consent_authority import Emergency, ProxyAuthority, Reserved
from carecoord.roles._consent_decision import ClauseId, ConsentDecision, joined
from carecoord.roles._consent_part2 import part2_gaps
from carecoord.roles._consent_reading import Question, covers, may_cover, questions
from carecoord.roles._labels import LEVELS, NOTES, PART2, Label, Sensitivity
from carecoord.roles._team import Member, Team

__all__ = ["Asked", "Case", "day_of"]

_BREAK_GLASS: Final = frozenset(("log", "document", "notify", "review"))
_UNDER_PART2: Final = frozenset(("notice", "consent-explanation", "no-proceedings"))
_NO_PROCEEDINGS: Final = frozenset(("no-proceedings",))
_EMERGENCIES: Final = ("ETREAT", "BTG")
_ORDINARY, _STATED = LEVELS.index("N"), LEVELS.index("R")
Standing = Literal["absent", "revoked", "perhaps revoked", "stands"]
"""How a consent stands for one reader: where it is perhaps revoked, only what it refuses does."""

_NOT_ACTIVE: Final = ConsentDecision(result="deny", reason="not-active")


class Asked(NamedTuple):
    """What a case has to know of who asks; see `Reader` for each."""

    member: Member
    purpose: str
    on: date | datetime
    authorities: tuple[ProxyAuthority, ...]
    reserved: tuple[Reserved, ...]
    emergency: Emergency | None
    team: Team | None
    as_of: date | datetime | None
    codes: Sensitivity


def _any_met(recipients: tuple[Recipient, ...], member: Member) -> bool:
    for each in recipients:  # noqa: SIM110 - any() takes three times as long here, and this is asked most
        if each.is_met_by(member):
            return True
    return False


def _any_may_be(recipients: tuple[Recipient, ...], member: Member) -> bool:
    return any(each.may_be(member) for each in recipients)


def day_of(when: date | datetime) -> date:
    """Give the day of a moment, as its own clock has it."""
    return when.date() if isinstance(when, datetime) else when


class Case:
    """What one reader may see of one person: what does not depend on a label is worked out once."""

    def __init__(self, reader: Asked, patient: str | None, consents: Iterable[Consent]) -> None:
        self.reader, self.patient, self.consents = reader, patient, tuple(consents)
        self.on, self.codes, self.member, self.purpose = day_of(reader.on), reader.codes, reader.member, reader.purpose
        self.as_of = None if reader.as_of is None else day_of(reader.as_of)
        self.is_patient = patient is not None and reader.member.id == patient
        self.decided: dict[Label, ConsentDecision] = {}
        self.standing: dict[str, Standing] = {}
        self.applying: dict[int, bool] = {}

    # what stands

    def _stands(self, consent: Consent) -> Standing:
        """Say how a consent stands for this reader; asked again, the answer is remembered."""
        found = self.standing.get(consent.id)
        if found is None:
            found = self.standing[consent.id] = self._standing(consent)
        return found

    def _standing(self, consent: Consent) -> Standing:
        if not consent.is_in_force(on=self.on, as_of=self.as_of):
            return "absent"
        found: Standing = "stands"
        for each in consent.revocations:
            if each.on <= self.on and was_known(each.recorded, self.as_of):
                to = each.recipients
                if to is None or _any_met(to, self.member):
                    return "revoked"
                if _any_may_be(to, self.member):
                    found = "perhaps revoked"
        return found

    def _ends(self, terms: tuple[Terms, ...], question: Question, level: int) -> list[Terms]:
        """Give the clause in which each path ends: the deepest that applies."""
        found: list[Terms] = []
        for each in terms:
            if each.permits:
                touches = level <= each.level and covers(each.categories, question.asked, self.codes)
            else:
                touches = level >= each.level and may_cover(each.categories, question.touched, self.codes)
            if touches and self._applies(each):
                found += (self._ends(each.exceptions, question, level) if each.exceptions else None) or [each]
        return found

    def _applies(self, terms: Terms) -> bool:
        """Say whether a clause is about this reader, purpose and day, whatever the content."""
        found = self.applying.get(id(terms))
        if found is None:
            meant = self._is_permitted(terms) if terms.permits else self._is_refused(terms)
            found = self.applying[id(terms)] = meant and self._has_begun(terms)
        return found

    def _has_begun(self, terms: Terms) -> bool:
        return (terms.since is None or terms.since <= self.on) and (
            terms.until is None or not has_ended(terms.until, self.on, self.as_of)
        )

    def _is_permitted(self, terms: Terms) -> bool:
        """Say whether a permit is about this reader and purpose."""
        if not terms.is_read or self.purpose not in self.codes.purposes_granted(terms.purposes):
            return False
        return _any_met(terms.to, self.member)

    def _is_refused(self, terms: Terms) -> bool:
        """Say whether a refusal may be about this reader and purpose."""
        purposes = self.codes.purposes_refused(terms.purposes) if terms.purposes else None
        if purposes is not None and self.purpose not in purposes and self.purpose in self.codes.known_purposes:
            return False
        return _any_may_be(terms.to, self.member) if terms.to else not self.is_patient

    # deciding

    def decide(self, label: Label) -> ConsentDecision:
        """Decide about one label; asked again, the answer is remembered."""
        found = self.decided.get(label)
        if found is None:
            found = self.decided[label] = self._decide(label)
        return found

    def _decide(self, label: Label) -> ConsentDecision:
        if not self._is_active():
            return _NOT_ACTIVE
        if "TBOO" in label.categories and self._is_near:
            owed = frozenset(("denial-notice",)) if self.is_patient else frozenset[str]()
            return ConsentDecision(result="deny", reason="taboo", obligations=owed)
        if self.is_patient and self.purpose == "PATRQT":
            if label.notes is not None:
                return ConsentDecision(result="no-consent", reason="notes")
            return ConsentDecision(result="permit", reason="own-record", obligations=label.handling)
        if label.notes is not None and label.author == self.member.id and self._is_treating:
            return ConsentDecision(result="permit", reason="own-notes", obligations=label.handling)
        return joined([self._answer(label, each) for each in questions(label, self.codes)])

    def _is_active(self) -> bool:
        if not self.member.is_active(on=self.on):
            return False
        return self.reader.team is None or self.member in self.reader.team.active(on=self.on)

    @cached_property
    def _is_treating(self) -> bool:
        return self.purpose in self.codes.purposes_granted(frozenset(("TREAT",)))

    @cached_property
    def _is_near(self) -> bool:
        """Whether it is the person, a proxy, or somebody of the family or support network."""
        asked = self.codes.purposes_refused(frozenset(("PATRQT",)))
        role = catalogued_roles().get(self.member.role)
        return (
            self.is_patient
            or (asked is not None and self.purpose in asked)
            or (role is not None and not role.is_professional)
            or any(each.holder == self.member.id and each.patient == self.patient for each in self.reader.authorities)
        )

    def _answer(self, label: Label, question: Question) -> ConsentDecision:
        grants: list[ClauseId] = []
        refusals: list[ClauseId] = []
        lacking: list[str] = []
        protected = False
        for consent in self.consents:
            ends = self._ends(consent.terms, question, label.level)
            standing = self._stands(consent) if ends else "absent"
            if standing == "absent":
                continue
            for terms in ends:
                if terms.permits:
                    if lack := self._lack(consent, standing, terms, label, question):
                        lacking.append(f"{consent.id}: {lack}")
                    else:
                        grants.append(ClauseId(consent.id, terms.id))
                elif standing != "revoked":
                    refusals.append(ClauseId(consent.id, terms.id))
                    protected = protected or terms.emergencies
        by_authority = self._sees_by_authority(question, label.level)
        if (grants or by_authority) and not refusals:
            return ConsentDecision(
                result="permit",
                reason="authority" if by_authority and not grants else "",
                clauses=tuple(sorted(grants)),
                obligations=self._obligations(label, _UNDER_PART2 if grants else _NO_PROCEEDINGS),
            )
        if label.notes is None and not protected and self._is_emergency():
            return ConsentDecision(
                result="permit",
                reason="break-glass",
                clauses=tuple(sorted(refusals)),
                obligations=self._obligations(label, _NO_PROCEEDINGS) | _BREAK_GLASS,
            )
        if refusals:
            outweighed = (*map(str, sorted(grants)), *(("authority",) if by_authority else ()))
            nearest = tuple(f"{each}: outweighed" for each in outweighed)
            return ConsentDecision(result="deny", clauses=tuple(sorted(refusals)), nearest=nearest)
        return ConsentDecision(result="no-consent", nearest=tuple(sorted(lacking)) or self._nearest(label, question))

    def _lack(self, consent: Consent, standing: Standing, terms: Terms, label: Label, question: Question) -> str:
        """Say why a permit that covers something does not count; empty where it does."""
        if standing != "stands":
            return "revoked"
        if not terms.counts:
            return "what it is an exception to cannot be read in full"
        if consent.signed is None:
            return "not signed"
        if label.notes is not None and consent.only_notes != label.notes:
            return "combined with other content than such notes"
        if PART2 in label.law:
            if self.purpose in self._proceedings:
                return "proceedings"
            if gaps := part2_gaps(consent, codes=self.codes):
                return f"incomplete: {', '.join(gaps)}"
        if consent.given_by != consent.patient:
            return self._lack_of_authority(consent, question, consent.signed)
        return ""

    @cached_property
    def _proceedings(self) -> frozenset[str]:
        return self.codes.purposes_refused(frozenset(("HLEGAL",))) or frozenset(("HLEGAL",))

    def _lack_of_authority(self, consent: Consent, question: Question, signed: date) -> str:
        held = consent.authority
        if held is None or (held.holder, held.patient) != (consent.given_by, consent.patient):
            return "no authority"
        if "consent" not in held.may or not held.is_in_force(on=signed):
            return "no authority when signed"
        if not held.is_in_force(on=self.on):
            return "authority ended"
        if not covers(held.categories, question.asked, self.codes):
            return "authority for other content"
        return "reserved to the person" if self._is_reserved(question) else ""

    def _is_reserved(self, question: Question) -> bool:
        return any(
            each.is_in_force(on=self.on)
            and each.patient in (None, self.patient)
            and may_cover(each.categories, question.touched, self.codes)
            for each in self.reader.reserved
        )

    def _sees_by_authority(self, question: Question, level: int) -> bool:
        """Say whether the reader sees for the person: never notes, never what only the person decides."""
        if not self.reader.authorities or not self._asks_for_the_person or question.asked in NOTES:
            return False
        return any(
            (each.holder, each.patient) == (self.member.id, self.patient)
            and "see" in each.may
            and each.is_in_force(on=self.on)
            and level <= (_STATED if each.categories else _ORDINARY)
            and covers(each.categories, question.asked, self.codes)
            for each in self.reader.authorities
        ) and not self._is_reserved(question)

    @cached_property
    def _asks_for_the_person(self) -> bool:
        return self.purpose in self.codes.purposes_granted(frozenset(("PATRQT",)))

    def _is_emergency(self) -> bool:
        emergency = self.reader.emergency
        return (
            emergency is not None
            and self.purpose in _EMERGENCIES
            and "medical" in self.member.groups
            and (emergency.member, emergency.patient) == (self.member.id, self.patient)
            and emergency.is_in_force(on=self.reader.on)
        )

    def _obligations(self, label: Label, under_part2: frozenset[str]) -> frozenset[str]:
        owed = label.handling
        if PART2 in label.law:
            owed |= under_part2
        return owed | {"not-to-patient"} if "TBOO" in label.categories else owed

    # what came nearest

    def _nearest(self, label: Label, question: Question) -> tuple[str, ...]:
        """Say of the permits that lack least what they lack."""
        found: dict[str, list[str]] = {}
        for consent in self.consents:
            for terms in consent.permits:
                found[f"{consent.id}.{terms.id}"] = list(self._differences(consent, terms, label, question))
        least = min(map(len, found.values()), default=0)
        return tuple(sorted(f"{name}: {', '.join(lack)}" for name, lack in found.items() if 0 < len(lack) == least))

    def _differences(self, consent: Consent, terms: Terms, label: Label, question: Question) -> Iterator[str]:
        if not consent.is_in_force(on=self.on, as_of=self.as_of) or not self._has_begun(terms):
            yield "not in force"
        if not _any_met(terms.to, self.member):
            yield "other recipient"
        if self.purpose not in self.codes.purposes_granted(terms.purposes):
            yield "other purpose"
        if not covers(terms.categories, question.asked, self.codes):
            yield "other content"
        if label.level > terms.level:
            yield "more confidential"
        if not terms.is_read:
            yield "cannot be read in full"
