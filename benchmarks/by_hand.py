"""Three instruments scored by plain functions, as a developer would write them for one product.

They check the answers and handle blanks, and give what the library's rules give, in the same order:
for each score its value, the label of its band, and whether each cut-off is met; then whether each flag is raised.
What is unknown is `None`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["pcl_5", "phq_9", "psqi"]

Values = tuple[Any, ...]


def check(answers: Sequence[Any], count: int, highest: int) -> None:
    """Refuse answers that are no whole number from 0 to the highest, and too many or too few."""
    if len(answers) != count:
        raise ValueError(f"{len(answers)} answers for {count} items")
    for number, answer in enumerate(answers, 1):
        if answer is not None and (type(answer) is not int or not 0 <= answer <= highest):
            raise ValueError(f"item {number}: {answer!r}")


def total_of(answers: Sequence[Any]) -> int | None:
    """Add up answers; unknown where one is missing."""
    return None if None in answers else sum(answers)


def severity(total: int | None) -> str | None:
    """Give the band of a PHQ-9 or PHQ-8 total."""
    if total is None:
        return None
    if total < 10:
        return "minimal" if total < 5 else "mild"
    if total < 15:
        return "moderate"
    return "moderately severe" if total < 20 else "severe"


def at_least(total: int | None, cutoff: int) -> bool | None:
    """Say whether a cut-off is met."""
    return None if total is None else total >= cutoff


def phq_9(answers: Sequence[Any]) -> Values:
    """Score the PHQ-9 with its 10th item."""
    check(answers, 10, 3)
    nine = answers[:9]
    missing = nine.count(None)
    total = total_of(nine)
    prorated = None
    if missing <= 2:
        known = sum(nine) if missing == 0 else sum(answer for answer in nine if answer is not None)
        prorated = known if missing == 0 else int(known * 9 / (9 - missing) + 0.5)
    syndrome = None
    if missing == 0:
        symptoms = sum(answer >= 2 for answer in answers[:8]) + (answers[8] >= 1)
        core = answers[0] >= 2 or answers[1] >= 2
        syndrome = "major" if core and symptoms >= 5 else "other" if core and symptoms >= 2 else "no-syndrome"
    two, eight = total_of(answers[:2]), total_of(answers[:8])
    return (
        total, severity(total), at_least(total, 10), at_least(total, 10), at_least(total, 10), at_least(total, 15),
        prorated, severity(prorated), syndrome, two, at_least(two, 3), eight, severity(eight), at_least(eight, 10),
        at_least(answers[8], 1),
    )  # fmt: skip


def pcl_5(answers: Sequence[Any]) -> Values:
    """Score the PCL-5."""
    check(answers, 20, 4)
    b, c, d, e = answers[:5], answers[5:7], answers[7:14], answers[14:]
    total = total_of(answers)
    provisional = None
    if total is not None:
        intrusion = any(answer >= 2 for answer in b)
        avoidance = any(answer >= 2 for answer in c)
        mood = sum(answer >= 2 for answer in d) >= 2
        arousal = sum(answer >= 2 for answer in e) >= 2
        provisional = "met" if intrusion and avoidance and mood and arousal else "not-met"
    return (
        total, at_least(total, 31), at_least(total, 33), at_least(total, 32), at_least(total, 34),
        total_of(b), total_of(c), total_of(d), total_of(e), provisional,
    )  # fmt: skip


def minutes(text: str | None) -> int | None:
    """Read a clock time as minutes since midnight."""
    if text is None:
        return None
    hours, _, rest = text.partition(":")
    if not (hours.isdigit() and rest.isdigit() and len(rest) == 2 and int(hours) < 24 and int(rest) < 60):
        raise ValueError(f"{text!r} is no time")
    return int(hours) * 60 + int(rest)


def points(value: float | None, first: float, second: float, third: float) -> int | None:
    """Give 0 to 3 for a value by the highest of each of the first three steps."""
    if value is None:
        return None
    return 0 if value <= first else 1 if value <= second else 2 if value <= third else 3


def efficiency_of(bed: int | None, rise: int | None, hours: float | None) -> int | None:
    """Give 0 to 3 for the share of the time in bed that was slept."""
    if bed is None or rise is None or hours is None or bed == rise:
        return None
    asleep = 100 * 60 * hours / ((rise - bed) % 1440)
    return 0 if asleep >= 85 else 1 if asleep >= 75 else 2 if asleep >= 65 else 3


def psqi(answers: Sequence[Any]) -> Values:
    """Score the PSQI: its seven components and their sum."""
    bed, waiting, rise, hours, *rest = answers
    check(rest, 14, 3)
    for value, highest in ((waiting, 1440), (hours, 24)):
        if value is not None and (type(value) not in (int, float) or not 0 <= value <= highest):
            raise ValueError(f"{value!r} is not from 0 to {highest}")
    onset = points(waiting, 15, 30, 60)
    latency = None if onset is None or rest[0] is None else points(onset + rest[0], 0, 2, 4)
    duration = None if hours is None else 0 if hours >= 7 else 1 if hours >= 6 else 2 if hours >= 5 else 3
    efficiency = efficiency_of(minutes(bed), minutes(rise), hours)
    troubles = total_of(rest[1:9])
    disturbance = None if troubles is None else points(troubles + (rest[9] or 0), 0, 9, 18)
    dysfunction = None if rest[12] is None or rest[13] is None else points(rest[12] + rest[13], 0, 2, 4)
    components = (rest[10], latency, duration, efficiency, disturbance, rest[11], dysfunction)
    total = total_of(components)
    return (total, None if total is None else total > 5, *components)
