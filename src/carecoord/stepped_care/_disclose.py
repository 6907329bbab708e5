"""What a protocol says of somebody, as one reader may see it."""

from __future__ import annotations

from collections.abc import Iterator

from carecoord.errors import CareCoordError
from carecoord.roles import Disclosure, Label, Reader
from carecoord.roles._disclosure import check_people, disclosed, shape
from carecoord.roles._projection import Projection
from carecoord.stepped_care._decision import decide
from carecoord.stepped_care._episode import Episode
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._ruling import Decision
from carecoord.stepped_care._view import categories_read

__all__ = ["disclose_decision"]


def disclose_decision(
    protocol: Protocol, episode: Episode, reader: Reader, *, accept_unverified: bool = False
) -> Disclosure[Decision | None]:
    """Give a reader what a protocol says of somebody on their day, from what they may see of the episode.

    It is decided on what is left of the episode, as if there were nothing else: the decision, its explanation and
    what it asks for say nothing of the rest. Only readers who may see everything that the protocol declares it may
    read are shown any, whatever there is of this person; an entry that its author labelled by itself may still be
    missing, so tell the reader that a decision is always from what they may see.

    Args:
        protocol: the protocol.
        episode: the person's history, whole.
        reader: who sees it; it is decided for their day.
        accept_unverified: decide also where a number that a decision rests on was not read in a source.

    Returns:
        the record, with the decision as its view, `None` where they are shown none; `attention` names what the
        decision from the whole episode says and theirs does not.

    Raises:
        DefinitionError: what the protocol says in this step is unverified in part, and that was not accepted.
        DataError: a consent is about somebody else.

    >>> from datetime import date
    >>> from carecoord.roles import Clause, Consent, Member, Recipient
    >>> from carecoord.stepped_care import Assessment, Enrolment, protocol
    >>> episode = Episode("anna", [
    ...     Enrolment(id="1", on=date(2026, 1, 5), protocol="german-impact"),
    ...     Assessment(id="2", on=date(2026, 1, 5), instrument="phq-9", scores={"total": 20}, items={"q9": 0}),
    ...     Assessment(id="3", on=date(2026, 3, 2), instrument="phq-9", scores={"total": 4}, items={"q9": 0}),
    ... ])
    >>> to = [Recipient(person="sam")]
    >>> moods = Clause(id="1", decision="permit", categories=["MH"], to=to, purposes=["COC"])
    >>> consent = Consent(id="a", patient="anna", signed=date(2026, 1, 5), clauses=[moods])
    >>> sam = Member("sam", role="counselor", since=date(2025, 1, 1))
    >>> reader = Reader(member=sam, purpose="COC", on=date(2026, 3, 2), consents=[consent])
    >>> disclose_decision(protocol("german-impact"), episode, reader).view.move
    'step-down'
    """
    check_people({episode.person}, reader)
    projection = Projection(reader)
    left: Episode | None = shape(episode).project(episode, projection)
    read = [Label.of(code) for code in sorted(categories_read(protocol, reader.codes))]
    shown: Decision | None = None
    if left is not None and projection.decide(episode.person, read).permits:
        shown = decide(protocol, left, on=reader.on, accept_unverified=accept_unverified)
    try:
        whole = decide(protocol, episode, on=reader.on, accept_unverified=accept_unverified)
    except CareCoordError as error:
        attention: tuple[str, ...] = (f"what the whole episode says cannot be decided: {error}",)
    else:
        attention = tuple(f"{episode.person}: {each}" for each in _differs(whole, shown))
    return disclosed(shown, projection, attention=attention)


def _differs(whole: Decision, shown: Decision | None) -> Iterator[str]:
    """Say what the decision from the whole says and the one that is shown does not."""
    seen = {(alert.id, alert.state) for alert in shown.alerts} if shown is not None else set[tuple[str, str]]()
    for alert in whole.alerts:
        if (alert.id, alert.state) not in seen:
            yield f"{alert.urgency}, {alert.state}: {alert.meaning}, not shown"
    if shown is None:
        yield f"{whole.ruling.outcome}, not shown"
    elif whole.ruling.outcome != shown.ruling.outcome:
        yield f"{whole.ruling.outcome}, shown as {shown.ruling.outcome}"
