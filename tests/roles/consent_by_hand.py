"""How clauses are read, written a second time: slowly, from the words of the table, sharing nothing with the library.

It knows its own codes and purposes; of the library it uses only the values that hold consents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from carecoord.roles import (
    Clause,
    Consent,
    Emergency,
    EndingEvent,
    Label,
    Member,
    ProxyAuthority,
    Recipient,
    Reserved,
    Revocation,
)

UNDER = {
    "BH": "SPI", "COGN": "BH", "DVD": "BH", "EMOTDIS": "BH", "MH": "SPI", "PSY": "SPI", "PSYTHPN": "SPI", "SUD": "SPI",
    "ETHUD": "SUD", "OPIOIDUD": "SUD", "SPI": None, "ETH": None, "HIV": None, "TBOO": None,
}  # fmt: skip
ALIKE = {("ETH", "SUD"), ("SPI", "ETH")} | {("BH", other) for other in ("MH", "PSY", "PSYTHPN", "SUD", "ETH")}
PURPOSE_UNDER = {
    "TREAT": None, "COC": "TREAT", "ETREAT": "TREAT", "BTG": "ETREAT", "CLINTRL": "TREAT", "HOPERAT": None,
    "CAREMGT": "HOPERAT", "HLEGAL": "HOPERAT", "PATRQT": None, "SUPNWK": "PATRQT", "HPAYMT": None,
}  # fmt: skip
BY_NAME = ("HLEGAL", "CLINTRL")
RANK = {level: rank for rank, level in enumerate("ULMNRV")}
KINDS = {"psychotherapy": "PSYTHPN", "sud-counselling": "SUD"}


def upwards(code: str, under: dict[str, str | None]) -> list[str]:
    """Give a code and everything that it lies under."""
    found = [code]
    while (above := under.get(found[-1])) is not None:
        found.append(above)
    return found


def may_stand_for(coarse: str, fine: str) -> bool:
    """Say whether something labelled with one code may be about the other, by nesting or likeness, step by step."""
    if coarse == fine:
        return True
    steps = {code for code, above in UNDER.items() if above == coarse} | {b for a, b in ALIKE if a == coarse}
    return any(may_stand_for(step, fine) for step in steps)


def day(when: date | datetime) -> date:
    """Give the day of a moment."""
    return when.date() if isinstance(when, datetime) else when


class ByHand:
    """One question, answered from the table's words."""

    def __init__(
        self,
        consents: Sequence[Consent],
        member: Member,
        *,
        purpose: str,
        on: date | datetime,
        patient: str,
        authorities: Sequence[ProxyAuthority] = (),
        reserved: Sequence[Reserved] = (),
        emergency: Emergency | None = None,
        as_of: date | None = None,
    ) -> None:
        self.consents, self.member, self.purpose, self.moment, self.patient = consents, member, purpose, on, patient
        self.on, self.authorities, self.reserved, self.emergency = day(on), authorities, reserved, emergency
        self.as_of = as_of

    def answer(self, label: Label) -> tuple[str, str]:
        """Give the result, and the reason where there is one besides clauses."""
        if not (self.member.since <= self.on and (self.member.until is None or self.on < self.member.until)):
            return "deny", "not-active"
        is_patient = self.member.id == self.patient
        if "TBOO" in label.categories and (
            is_patient
            or "PATRQT" in upwards(self.purpose, PURPOSE_UNDER)
            or self.member.role in ("family-caregiver", "legal-representative", "patient")
            or any(one.holder == self.member.id and one.patient == self.patient for one in self.authorities)
        ):
            return "deny", "taboo"
        if is_patient and self.purpose == "PATRQT":
            return ("no-consent", "notes") if label.notes else ("permit", "own-record")
        if label.notes and label.author == self.member.id and self.purpose in ("TREAT", "COC", "ETREAT"):
            return "permit", "own-notes"
        if label.notes:
            asked: list[str | None] = [label.notes]
        else:
            asked = [code for code in sorted(label.categories) if code != "TBOO"] or [None]
        answers = [self.one(label, each) for each in asked]
        for result in ("deny", "no-consent"):
            if any(answer[0] == result for answer in answers):
                return result, ""
        reasons = [reason for _, reason in answers]
        return "permit", "break-glass" if "break-glass" in reasons else "authority" if "authority" in reasons else ""

    def one(self, label: Label, asked: str | None) -> tuple[str, str]:
        """Answer for one category, one kind of notes, or ordinary content."""
        granted = refused = named = False
        for consent in self.consents:
            if not self.stands(consent):
                continue
            for path in self.paths(consent, label, asked):
                end = path[-1]
                if end.decision == "permit":
                    granted |= self.counts(consent, path, label, asked)
                elif not self.revoked(consent, certain=True):
                    refused = True
                    unbroken: list[int] = []
                    for place in range(len(path) - 1, -1, -1):
                        if path[place].decision == "permit":
                            break
                        unbroken.append(place)
                    named |= any(said(path[: p + 1], "purposes") & {"ETREAT", "BTG"} for p in unbroken)
        proxy = self.sees_as_proxy(label, asked)
        if (granted or proxy) and not refused:
            return "permit", "" if granted else "authority"
        if self.is_emergency(label) and not named:
            return "permit", "break-glass"
        return ("deny", "") if refused else ("no-consent", "")

    # consents

    def known(self, recorded: date | None) -> bool:
        """Say whether something had been written down by the day asked about."""
        return self.as_of is None or recorded is None or recorded <= self.as_of

    def over(self, end: date | EndingEvent | None) -> bool:
        """Say whether an end has come."""
        if isinstance(end, EndingEvent):
            return end.on is not None and self.on >= end.on and self.known(end.recorded)
        return end is not None and self.on >= end

    def stands(self, consent: Consent) -> bool:
        """Say whether a consent is in force."""
        begun = consent.signed is None or self.on >= consent.signed
        return consent.status == "active" and begun and not self.over(consent.until) and self.known(consent.recorded)

    def revoked(self, consent: Consent, *, certain: bool) -> bool:
        """Say whether it was taken back for the reader, for certain or possibly."""

        def hit(revocation: Revocation) -> bool:
            to = revocation.recipients
            return to is None or any(self.is_met(one, certain=certain) for one in to)

        return any(one.on <= self.on and self.known(one.recorded) and hit(one) for one in consent.revocations)

    def is_met(self, to: Recipient, *, certain: bool) -> bool:
        """Say whether the reader is meant, for certain or possibly."""
        who = self.member
        roles = [who.role] if certain else [who.role, who.profession]
        elsewhere = to.organisation is not None and to.organisation != who.organisation
        return not (
            (to.person is not None and to.person != who.id)
            or (to.role is not None and to.role not in roles)
            or (elsewhere and (certain or who.organisation is not None))
            or (to.group is not None and to.group not in who.groups)
        )

    # clauses

    def paths(self, consent: Consent, label: Label, asked: str | None) -> Iterator[list[Clause]]:
        """Give every path of clauses that apply which cannot be followed further."""

        def follow(path: list[Clause]) -> Iterator[list[Clause]]:
            further = [[*path, one] for one in path[-1].exceptions if self.applies([*path, one], label, asked)]
            for longer in further:
                yield from follow(longer)
            if not further:
                yield path

        for clause in consent.clauses:
            if self.applies([clause], label, asked):
                yield from follow([clause])

    def applies(self, path: list[Clause], label: Label, asked: str | None) -> bool:
        """Say whether the last clause of a path applies, its words completed from those above it."""
        clause = path[-1]
        if (clause.since is not None and self.on < clause.since) or self.over(clause.until):
            return False
        to: tuple[Recipient, ...] = next((one.to for one in reversed(path) if one.to), ())
        categories, purposes = said(path, "categories"), said(path, "purposes")
        if clause.decision == "permit":
            return (
                not clause.unread
                and any(self.is_met(one, certain=True) for one in to)
                and self.granted_purpose(purposes)
                and RANK[label.confidentiality] <= RANK[self.highest(path, categories)]
                and grants(categories, asked)
            )
        levels = []
        for one in reversed(path):
            if one.decision == "permit":
                break
            levels.append(one.from_level)
        lowest = next((level for level in levels if level is not None), "U")
        strange = bool(purposes - PURPOSE_UNDER.keys()) or self.purpose not in PURPOSE_UNDER
        return (
            (any(self.is_met(one, certain=False) for one in to) if to else self.member.id != self.patient)
            and (not purposes or strange or bool(set(upwards(self.purpose, PURPOSE_UNDER)) & purposes))
            and RANK[label.confidentiality] >= RANK[lowest]
            and refuses(categories, label, asked)
        )

    def highest(self, path: list[Clause], categories: frozenset[str]) -> str:
        """Give the level up to which a permit goes: its own word, or the nearest above it that no refusal resets."""
        word: str | None = None
        for one in path:
            if one.decision == "permit":
                word = one.up_to or word
            else:
                above = path[path.index(one) - 1] if path.index(one) else None
                word = one.from_level or (word if above is not None and above.decision == "refuse" else None)
        return word or ("R" if categories else "N")

    def granted_purpose(self, purposes: frozenset[str]) -> bool:
        """Say whether a permit for these purposes covers the one asked."""
        if self.purpose == "BTG" or self.purpose not in PURPOSE_UNDER:
            return False
        way = upwards(self.purpose, PURPOSE_UNDER)
        if self.purpose in BY_NAME:
            way = [self.purpose]
        return bool(set(way) & purposes)

    # what makes a permit count

    def counts(self, consent: Consent, path: list[Clause], label: Label, asked: str | None) -> bool:
        """Say whether a permit that applies counts."""
        if self.revoked(consent, certain=False) or consent.signed is None or any(one.unread for one in path):
            return False
        permits = list(every_permit(consent.clauses, []))
        if label.notes:
            words = {
                "psychotherapy" if word == "PSYTHPN" else word
                for one in permits
                for word in (said(one, "categories") or {"ordinary"})
            }
            if words != {label.notes}:
                return False
        if "42CFRPart2" in label.law and (self.purpose == "HLEGAL" or not is_complete(consent, permits)):
            return False
        if consent.given_by == consent.patient:
            return True
        held = consent.authority
        return (
            held is not None
            and held.holder == consent.given_by
            and held.patient == consent.patient
            and "consent" in held.may
            and holds(held, consent.signed)
            and holds(held, self.on)
            and grants(held.categories, asked)
            and not self.is_reserved(label, asked)
        )

    def is_reserved(self, label: Label, asked: str | None) -> bool:
        """Say whether only the person decides."""
        return any(
            holds(one, self.on) and one.patient in (None, self.patient) and refuses(one.categories, label, asked)
            for one in self.reserved
        )

    def sees_as_proxy(self, label: Label, asked: str | None) -> bool:
        """Say whether the reader sees for the person."""
        if label.notes or "PATRQT" not in upwards(self.purpose, PURPOSE_UNDER) or self.is_reserved(label, asked):
            return False
        return any(
            one.holder == self.member.id
            and one.patient == self.patient
            and "see" in one.may
            and holds(one, self.on)
            and RANK[label.confidentiality] <= RANK["R" if one.categories else "N"]
            and grants(one.categories, asked)
            for one in self.authorities
        )

    def is_emergency(self, label: Label) -> bool:
        """Say whether the glass may be broken."""
        found = self.emergency
        return (
            found is not None
            and self.purpose in ("ETREAT", "BTG")
            and "medical" in self.member.groups
            and found.member == self.member.id
            and found.patient == self.patient
            and isinstance(self.moment, datetime)
            and found.since <= self.moment < found.until
            and not label.notes
        )


def said(path: list[Clause], field: str) -> frozenset[str]:
    """Give what the last clause of a path says, or else what the nearest above it says."""
    found: frozenset[str] = next((getattr(one, field) for one in reversed(path) if getattr(one, field)), frozenset())
    return found


def holds(what: ProxyAuthority | Reserved, on: date) -> bool:
    """Say whether a day lies between start and end."""
    return (what.since is None or on >= what.since) and (what.until is None or on < what.until)


def grants(categories: frozenset[str], asked: str | None) -> bool:
    """Say whether a permit about these covers what is asked."""
    if asked is None:
        return "all" in categories or not categories
    if asked in KINDS:
        return asked in categories or (asked == "psychotherapy" and "PSYTHPN" in categories)
    if asked not in UNDER:
        return False
    return "all" in categories or bool(set(upwards(asked, UNDER)) & categories)


def refuses(categories: frozenset[str], label: Label, asked: str | None) -> bool:
    """Say whether a refusal about these may cover what is asked."""
    if not categories or "all" in categories or categories - UNDER.keys() - KINDS.keys():
        return True
    about = set(label.categories) | {KINDS[label.notes]} if label.notes else {"TBOO"} & label.categories
    if asked is not None and not label.notes:
        about = about | {asked}
    if about - UNDER.keys():
        return True
    if label.notes and label.notes in categories:
        return True
    plain = categories - KINDS.keys()
    return any(may_stand_for(one, code) or may_stand_for(code, one) for one in plain for code in about)


def every_permit(clauses: Iterable[Clause], above: list[Clause]) -> Iterator[list[Clause]]:
    """Give the path to every clause that permits."""
    for clause in clauses:
        path = [*above, clause]
        if clause.decision == "permit":
            yield path
        yield from every_permit(clause.exceptions, path)


def is_complete(consent: Consent, permits: list[list[Clause]]) -> bool:
    """Say whether a consent has every element of 42 CFR 2.31."""
    form = consent.part2
    if form is None or not permits or consent.signed is None:
        return False
    purposes = [said(path, "purposes") for path in permits]
    shared = {name for name in PURPOSE_UNDER if upwards(name, PURPOSE_UNDER)[-1] in ("TREAT", "HPAYMT", "HOPERAT")}
    shared -= {"BTG", *BY_NAME}
    all_shared = all(found and found <= shared for found in purposes)
    return bool(
        form.discloser
        and form.description
        and form.signature
        and form.says_how_to_revoke
        and all(any(one.to for one in path) for path in permits)
        and all(purposes)
        and (consent.until is not None or (form.expiry and all_shared))
        and (form.says_redisclosure or not any(found & shared for found in purposes))
        and (not form.intermediary or form.participants)
        and (consent.given_by == consent.patient or consent.authority is not None)
    )
