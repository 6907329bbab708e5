"""What measures see of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from carecoord.plans import CarePlan, Review

__all__ = ["of_plan"]

OVER = ("completed", "cancelled", "stopped", "entered-in-error")


def of_plan(plan: CarePlan, on: date | None) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Give the entries of `plans`, `reviews` and `decisions` that a plan makes."""
    agreements = [one for one in plan.agreements if one.status == "active" and (on is None or one.on <= on)]
    latest = max(agreements, key=lambda one: one.on, default=None)
    yield (
        "plans",
        [
            (
                {
                    "on": plan.created,
                    "status": plan.status,
                    "agreed": None if latest is None else latest.is_full,
                    "own_words": bool(plan.matters),
                    "owned": all(one.owner is not None for one in plan.activities if one.status not in OVER),
                    "review_due": _next_due(plan, on),
                    "family_asked": any(one.status != "entered-in-error" for one in plan.family),
                }
            )
        ],
    )
    if on is not None:
        yield "reviews", [*_due_reviews(plan, on)]
    yield (
        "decisions",
        [
            ({"on": one.on, "agreed": _agreed(one.stances, plan.person)})
            for one in plan.decisions
            if one.status in ("active", "ended")
        ],
    )


def _agreed(stances: tuple[object, ...], person: str) -> bool | None:
    says = [getattr(one, "says", None) for one in stances if getattr(one, "member", None) == person]
    return None if not says or says[-1] == "pending" else says[-1] == "agrees"


def _next_due(plan: CarePlan, on: date | None) -> date | None:
    """Give the day the next review is due; `None` where there is none, or no day was asked about."""
    if on is None:
        return None
    standing = (review.standing(on=on) for review in plan.reviews)
    return min((one.due for one in standing if one.due is not None), default=None)


def _due_reviews(plan: CarePlan, on: date) -> Iterator[dict[str, Any]]:
    """Give the reviews of a plan that is or was carried out; one still in its grace when the plan ended is not missed.

    Of which plans reviews are due is as on the agenda: not of drafts, proposals and options.
    """
    if plan.intent not in ("plan", "order") or plan.status in ("draft", "entered-in-error"):
        return
    over = _over(plan) if plan.status in ("revoked", "completed") else None
    for review in plan.reviews:
        if over is None or on < over:
            yield from _reviews(review, plan.created, on)
            continue
        for entry in _reviews(review, plan.created, over):
            missed = entry["overdue_from"] is not None and entry["overdue_from"] <= over
            if entry["done"] is not None or missed:
                yield {**entry, "outstanding": False}


def _over(plan: CarePlan) -> date:
    """Give the day from which a plan is over; where its history does not say, the day of its last review."""
    changed = [one.on for one in plan.history if one.before.status is not None]
    done = [one.on for review in plan.reviews for one in review.done]
    return max(changed or done, default=plan.created)


def _reviews(review: Review, since: date, on: date) -> Iterator[dict[str, Any]]:
    """Give every review that was due up to the day, with the day it was done, and whether it is the outstanding one.

    What was done counts for the review it was recorded for; where a change of cycle took that away, for the one that
    the cycle of now says.
    """
    occurrences = review.cycle.occurrences(since, on)
    scheduled = {one.scheduled for one in occurrences}
    done: dict[date, date] = {}
    for one in sorted(review.done, key=lambda each: each.on, reverse=True):
        if one.outcome == "done" and one.on <= on:
            counts = None if one.scheduled in scheduled else review.cycle.counts_for(one.on)
            at = one.scheduled if counts is None else counts.scheduled
            if at is not None:
                done[at] = one.on
    outstanding = review.standing(on=on).outstanding
    for occurrence in occurrences:
        yield (
            {
                "on": occurrence.due,
                "due": occurrence.due,
                "overdue_from": occurrence.overdue_from,
                "done": done.get(occurrence.scheduled),
                "outstanding": outstanding is not None and outstanding.scheduled == occurrence.scheduled,
            }
        )
