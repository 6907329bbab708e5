"""Find services and community resources for what a plan is to help with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal

import attrs

from carecoord.errors import DataError, Fault
from carecoord.plans._needs import Need
from carecoord.plans._plan import CarePlan
from carecoord.plans._same_thing import same_thing
from carecoord.plans._service import Reason, Service, ServiceFilters

__all__ = ["ServiceMatch", "services"]

MatchState = Literal["fits", "undecided", "refused"]

_SOCIAL: Final = "social-category"
_ORDER: Final = ("fits", "undecided", "refused")


@attrs.frozen(kw_only=True)
class ServiceMatch:
    """Whether one service is one for one need, and why.

    Attributes:
        need: the id of the need.
        service: the service.
        state: `fits` where every filter says yes, `refused` where one says no, `undecided` where what nobody has said
            would decide it.
        reasons: what each filter says, the need first.
    """

    need: str
    service: Service
    state: MatchState
    reasons: tuple[Reason, ...]

    @property
    def because(self) -> str:
        """What decided, in words: what speaks against it, what is not known, or what speaks for it."""
        wanted = {"fits": "yes", "undecided": "unknown", "refused": "no"}[self.state]
        return "; ".join(each.because for each in self.reasons if each.answer == wanted)


def services(
    needs: CarePlan | Iterable[Need],
    directory: Iterable[Service],
    *,
    on: date,
    filters: ServiceFilters | None = None,
) -> tuple[ServiceMatch, ...]:
    """Say for each need and each service of the directory whether they go together, with the reason for each.

    A filter that is not stated is not asked, so each one more leaves the services that fit or fewer.
    What nobody has said of a service refuses nothing and fits nothing: it is to be asked.

    Args:
        needs: a plan, whose active needs are looked at, or the needs themselves.
        directory: the services of the host, in any order.
        on: the day asked about.
        filters: what is asked of a service.

    Returns:
        By need in the order given: what fits first, then what is undecided, then what is refused; the shortest wait
        first, then by id.

    Raises:
        DataError: two services have the same id.

    Example:
        >>> directory = [
        ...     Service(id="advice", name="Housing advice", domains=["social"], areas="any", languages=["en", "tr"]),
        ...     Service(id="shelter", name="Night shelter", domains=["social"], areas=["south"]),
        ... ]
        >>> wanted = ServiceFilters(area="north", languages=["tr"])
        >>> for match in services([Need(id="flat", domain="social")], directory, on=date(2026, 3, 1), filters=wanted):
        ...     print(match.state, match.service.id, match.because, sep=": ")
        fits: advice: it helps with social needs; any area will do; language: tr
        refused: shelter: area: south; wanted north
    """
    listed = tuple(directory)
    if len({each.id for each in listed}) < len(listed):
        raise DataError("directory", [Fault("$.id", "two services have the same id")])
    asked = filters or ServiceFilters()
    found = needs.needs if isinstance(needs, CarePlan) else tuple(needs)
    return tuple(
        match
        for need in found
        if need.status == "active"
        for match in sorted((_match(need, each, asked, on) for each in listed), key=lambda match: _key(match, on))
    )


def _key(match: ServiceMatch, on: date) -> tuple[int, date, str]:
    wait = match.service.wait
    return (_ORDER.index(match.state), date.max if wait is None else wait.after(on), match.service.id)


def _match(need: Need, service: Service, filters: ServiceFilters, on: date) -> ServiceMatch:
    reasons = (_helps(need, service), *filters.reasons(service, on=on))
    answers = {each.answer for each in reasons}
    state: MatchState = "refused" if "no" in answers else "undecided" if "unknown" in answers else "fits"
    return ServiceMatch(need=need.id, service=service, state=state, reasons=reasons)


def _helps(need: Need, service: Service) -> Reason:
    """Say whether a service helps with a need: by code or category where both have one, else by the side of life."""
    codes, helps_with = list(need.codes), [*service.codes, *(f"{_SOCIAL}|{each}" for each in service.categories)]
    if need.category is not None:
        codes.append(f"{_SOCIAL}|{need.category}")
    by_code = same_thing(codes, helps_with)
    if by_code is not None:
        return Reason(
            "need", *(("yes", "it helps with just this") if by_code else ("no", "it helps with other things"))
        )
    if service.domains and need.domain not in service.domains:
        return Reason("need", "no", f"it helps with {', '.join(sorted(service.domains))} needs")
    if helps_with:
        return Reason("need", "unknown", "it helps with certain things only, and no code says whether this is one")
    if not service.domains:
        return Reason("need", "unknown", "nobody has said what it helps with")
    return Reason("need", "yes", f"it helps with {need.domain} needs")
