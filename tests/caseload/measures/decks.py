"""The published test patients of two measures, as records.

Origin: each file of tests/data/measures says it in `about`.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import attrs

from carecoord.caseload import Record

DATA = Path(__file__).parents[2] / "data" / "measures"

KINDS = {
    "MajorDepressionIncludingRemission": "major-depression",
    "Dysthymia": "dysthymia",
    "BipolarDisorder": "bipolar",
    "PersonalityDisorderEmotionallyLabile": "emotionally-labile",
    "SchizophreniaorPsychoticDisorder": "psychotic",
    "PervasiveDevelopmentalDisorder": "pervasive-developmental",
    "HospiceCareAmbulatory": "hospice-ambulatory",
    "HospiceDiagnosis": "hospice-diagnosis",
    "HospiceEncounter": "hospice-encounter",
    "Hospice care MDS": "hospice-mds",
    "PalliativeCareDiagnosis": "palliative-diagnosis",
    "PalliativeCareEncounter": "palliative-encounter",
    "PalliativeCareIntervention": "palliative-intervention",
    "FACIT-Pal": "facit-pal",
    "ContactorOfficeVisit": "contact-or-office-visit",
    "EncounterInpatient": "inpatient",
    "EncountertoScreenforDepression": "depression-screening-encounter",
    "PhysicalTherapyEvaluation": "physical-therapy-evaluation",
    "TelephoneVisits": "telephone-visit",
    "Adolescent depression screening": "adolescent-depression-screening",
    "Adult depression screening": "adult-depression-screening",
    "AdolescentDepressionMedications": "adolescent-depression-medication",
    "AdultDepressionMedications": "adult-depression-medication",
    "ReferralforAdolescentDepression": "adolescent-depression-referral",
    "ReferralforAdultDepression": "adult-depression-referral",
    "FollowUpforAdolescentDepression": "adolescent-depression-follow-up",
    "FollowUpforAdultDepression": "adult-depression-follow-up",
}
"""Our words for the published value sets."""

DISCHARGES = {"Discharge home hospice": "home hospice", "Discharge to facility hospice": "facility hospice"}
NOT_DONE = {"Depression screening declined": "declined", "MedicalReason": "medical reason"}


@attrs.frozen
class Case:
    """One published test patient, and the counts that the publisher expects."""

    title: str
    period: tuple[date, date]
    record: Record
    expected: dict[str, int]


def cases(name: str) -> list[Case]:
    """Give the test patients of a measure."""
    deck = json.loads((DATA / f"{name}-2026.json").read_text(encoding="utf-8"))
    return [_case(one) for one in deck["cases"]]


def _case(one: dict[str, Any]) -> Case:
    first, last = map(date.fromisoformat, one["measurement_period"])
    lists: dict[str, list[dict[str, Any]]] = {}
    for event in one["patient"]["events"]:
        name, entry = _entry(event)
        entry["kinds"] = tuple(KINDS[each] for each in event["value_sets"] if each in KINDS)
        lists.setdefault(name, []).append(entry)
    about = {"birth_date": date.fromisoformat(one["patient"]["birth_date"])}
    if "deceased" in one["patient"]:
        about["died"] = datetime.fromisoformat(one["patient"]["deceased"])
    record = Record(person=one["id"], about=about, lists=lists)
    return Case(one["title"], (first, last), record, one["expected"])


def _entry(event: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    def at(key: str) -> datetime | None:
        return datetime.fromisoformat(event[key]) if event.get(key) else None

    status = event.get("status")
    match event["type"]:
        case "Condition":
            span = event.get("onsetPeriod", {})
            start = at("onsetDateTime") or datetime.fromisoformat(span["start"])
            return "diagnoses", {
                "start": start,
                "end": datetime.fromisoformat(span["end"]) if span.get("end") else None,
                "clinical": event["clinical_status"],
                "verification": event["verification_status"],
            }
        case "Encounter":
            discharge: str = (event.get("discharge") or [""])[0]
            return "visits", {
                "start": at("start"),
                "end": at("end"),
                "status": status,
                "discharge": DISCHARGES.get(discharge, discharge) or None,
            }
        case "Procedure":
            span = event.get("performedPeriod", {})
            start = at("performedDateTime") or datetime.fromisoformat(span["start"])
            end = datetime.fromisoformat(span["end"]) if span.get("end") else start
            return "procedures", {"start": start, "end": end, "status": status}
        case "ServiceRequest" | "MedicationRequest":
            return "orders", {"on": at("authored"), "status": status, "do_not_perform": event.get("do_not_perform")}
        case "Observation" if "PHQ9andPHQ9MTools" in event["value_sets"]:
            return "scores", {
                "on": at("effectiveDateTime"),
                "instrument": "phq-9",
                "score": "total",
                "value": event["value"],
                "status": status,
            }
        case _:
            found = event.get("value_sets_of_value")
            value = event.get("value")
            reason: str = (event.get("not_done_reason") or [""])[0]
            return "observations", {
                "on": at("effectiveDateTime") or at("issued"),
                "answer": found[0].lower() if found else "recorded" if value is not None else None,
                "status": status,
                "not_done": NOT_DONE.get(reason, reason) or None,
            }
