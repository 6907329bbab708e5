"""A service of the directory, and what is asked of one: each stated filter with its answer and its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

import attrs

from carecoord._values import FrozenMapping, Period
from carecoord.errors import DataError, Fault
from carecoord.plans._activities import Channel
from carecoord.plans._needs import Domain, SocialCategory
from carecoord.plans._part import given, labelled, texts

__all__ = ["Ages", "Reason", "Service", "ServiceFilters"]

Answer = Literal["yes", "no", "unknown"]


def _some(values: Iterable[str] | None) -> frozenset[str] | None:
    """Keep what is offered; `None` where nobody has said."""
    return None if values is None else frozenset(texts(values))


def _domains(value: Iterable[Domain]) -> frozenset[Domain]:
    return frozenset(value)


def _categories(value: Iterable[SocialCategory]) -> frozenset[SocialCategory]:
    return frozenset(value)


def _wanted_channels(value: Iterable[Channel] | Channel) -> tuple[Channel, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _channels(value: Iterable[Channel] | None) -> frozenset[Channel] | None:
    return None if value is None else frozenset(value)


def _period(value: Period | str | None) -> Period | None:
    try:
        return Period.parse(value) if isinstance(value, str) else value
    except ValueError as error:
        raise DataError("period", [Fault("", str(error))]) from None


@attrs.frozen
class Ages:
    """The ages that a service takes, both included.

    Attributes:
        youngest: in years; 0 where there is no lower limit.
        oldest: in years; `None` where there is no upper limit.
    """

    youngest: int = 0
    oldest: int | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse ages that nobody has."""
        if self.youngest < 0 or (self.oldest is not None and self.oldest < self.youngest):
            raise DataError("ages", [Fault("", f"from 0 up are wanted, found {self}")])

    def __str__(self) -> str:
        """Say them as people do."""
        return f"{self.youngest} and older" if self.oldest is None else f"{self.youngest} to {self.oldest}"


@attrs.frozen(kw_only=True)
class Service:
    """A service or community resource of the host's directory.

    `None` is what nobody has said; what holds `any` has no limit.

    Attributes:
        id: text the host gives.
        name: what it is called.
        organisation: who runs it, as consents call it.
        domains: the sides of life it helps with.
        categories: the social needs it helps with, as `housing-instability`; where it has some, only these.
        codes: what it helps with in the host's terminology, as `system|code`; where it has some, only that.
        areas: where people may live, as the host names areas.
        ages: whom it takes.
        languages: which languages are spoken there; `any` where there are interpreters.
        payers: who pays for it; `any` where it does not matter.
        fee: what it costs the person, in the host's currency and unit; 0 where it is free.
        wait: how long people wait for it at present.
        channels: how people meet there.
        modalities: how it is given, in the host's words, as `group`.
        offers: what else is known of it, by the host's words: `True` or `False`, as `step-free`.
        since: the first day it is open.
        until: the day after the last one.
        checked: the day on which somebody last made sure that all this is so.
        reach: how to reach it.
        labels: what it discloses to be sent there, as `SUD`; empty where it discloses nothing, `None` where nobody has
            said so.
    """

    id: str = attrs.field(validator=given)
    name: str = attrs.field(validator=given)
    organisation: str | None = None
    domains: frozenset[Domain] = attrs.field(default=frozenset(), converter=_domains)
    categories: frozenset[SocialCategory] = attrs.field(default=frozenset(), converter=_categories)
    codes: tuple[str, ...] = attrs.field(default=(), converter=texts)
    areas: frozenset[str] | None = attrs.field(default=None, converter=_some)
    ages: Ages | None = None
    languages: frozenset[str] | None = attrs.field(default=None, converter=_some)
    payers: frozenset[str] | None = attrs.field(default=None, converter=_some)
    fee: float | None = None
    wait: Period | None = attrs.field(default=None, converter=_period)
    channels: frozenset[Channel] | None = attrs.field(default=None, converter=_channels)
    modalities: frozenset[str] | None = attrs.field(default=None, converter=_some)
    offers: FrozenMapping[str, bool] = attrs.field(factory=FrozenMapping[str, bool], converter=FrozenMapping[str, bool])
    since: date | None = None
    until: date | None = None
    checked: date | None = None
    reach: str = ""
    labels: frozenset[str] | None = attrs.field(default=None, converter=labelled)


@attrs.frozen
class Reason:
    """What one filter says of one service.

    Attributes:
        filter: which one, as `age`.
        answer: `yes`, `no`, or `unknown` where nobody has said what it asks about.
        because: why, in words.
    """

    filter: str
    answer: Answer
    because: str


@attrs.frozen(kw_only=True)
class ServiceFilters:
    """What is asked of a service; what is left out is not asked.

    Attributes:
        age: how old the person is, in years.
        area: where they live, as the host names areas.
        languages: the languages they speak; one of them is enough.
        payer: who pays for them; what is free needs nobody to pay.
        most_fee: what it may cost the person at most.
        longest_wait: how long they can wait at most.
        channels: how they can meet; one of them is enough.
        modality: how it is to be given.
        offers: what it is to offer besides; all of it.
        checked_within: how recently somebody must have made sure of the entry: where they have not, nothing that it
            says is sure, and the answer is unknown.
    """

    age: int | None = None
    area: str | None = None
    languages: tuple[str, ...] = attrs.field(default=(), converter=texts)
    payer: str | None = None
    most_fee: float | None = None
    longest_wait: Period | None = attrs.field(default=None, converter=_period)
    channels: tuple[Channel, ...] = attrs.field(default=(), converter=_wanted_channels)
    modality: str | None = None
    offers: tuple[str, ...] = attrs.field(default=(), converter=texts)
    checked_within: Period | None = attrs.field(default=None, converter=_period)

    def reasons(self, service: Service, *, on: date) -> Iterator[Reason]:
        """Give the answer of each stated filter, and whether the service is open."""
        yield from _open(service, on)
        if self.age is not None:
            yield _age(self.age, service.ages)
        if self.area is not None:
            yield _among("area", (self.area,), service.areas)
        if self.languages:
            yield _among("language", self.languages, service.languages)
        if self.payer is not None:
            yield _paid(self.payer, service)
        if self.most_fee is not None:
            yield _fee(self.most_fee, service.fee)
        if self.longest_wait is not None:
            yield _wait(self.longest_wait, service.wait, on)
        if self.channels:
            yield _among("channel", self.channels, service.channels)
        if self.modality is not None:
            yield _among("modality", (self.modality,), service.modalities)
        for each in self.offers:
            yield _offer(each, service.offers.get(each))
        if self.checked_within is not None:
            yield _checked(self.checked_within, service.checked, on)


def _open(service: Service, on: date) -> Iterator[Reason]:
    if service.since is not None and on < service.since:
        yield Reason("open", "no", f"it opens on {service.since}")
    if service.until is not None and on >= service.until:
        yield Reason("open", "no", f"it closed on {service.until}")


def _age(age: int, ages: Ages | None) -> Reason:
    if ages is None:
        return Reason("age", "unknown", "nobody has said which ages it takes")
    fits = ages.youngest <= age and (ages.oldest is None or age <= ages.oldest)
    return Reason("age", "yes" if fits else "no", f"it takes people aged {ages}, and the person is {age}")


def _among(name: str, wanted: tuple[str, ...], there: Iterable[str] | None) -> Reason:
    if there is None:
        return Reason(name, "unknown", f"nobody has said which {name} it has")
    if "any" in there:
        return Reason(name, "yes", f"any {name} will do")
    offered = sorted(there)
    fitting = [each for each in wanted if each in offered]
    if fitting:
        return Reason(name, "yes", f"{name}: {', '.join(fitting)}")
    return Reason(name, "no", f"{name}: {', '.join(offered) or 'none'}; wanted {' or '.join(wanted)}")


def _paid(payer: str, service: Service) -> Reason:
    if service.fee == 0:
        return Reason("payer", "yes", "it is free")
    return _among("payer", (payer,), service.payers)


def _fee(most: float, fee: float | None) -> Reason:
    if fee is None:
        return Reason("fee", "unknown", "nobody has said what it costs")
    return Reason("fee", "yes" if fee <= most else "no", f"it costs {fee:g}, and {most:g} is the most")


def _wait(longest: Period, wait: Period | None, on: date) -> Reason:
    if wait is None:
        return Reason("wait", "unknown", "nobody has said how long people wait")
    fits = wait.after(on) <= longest.after(on)
    return Reason(
        "wait", "yes" if fits else "no", f"people wait {wait.words or '0 days'}, and {longest.words} is the longest"
    )


def _offer(name: str, offered: bool | None) -> Reason:  # noqa: FBT001 - it is what the entry says
    if offered is None:
        return Reason(name, "unknown", f"nobody has said whether it offers {name}")
    return Reason(name, "yes" if offered else "no", f"it offers {name}" if offered else f"it does not offer {name}")


def _checked(within: Period, checked: date | None, on: date) -> Reason:
    if checked is None:
        return Reason("checked", "unknown", "nobody has said when the entry was last checked")
    if within.after(checked) < on:
        return Reason("checked", "unknown", f"the entry was last checked on {checked}, more than {within.words} ago")
    return Reason("checked", "yes", f"the entry was checked on {checked}")
