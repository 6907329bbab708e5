"""What a reader sees of a plan, and what becomes of what they change: the leaks that are closed, one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError, UnknownIdError
from carecoord.interop import dumps, loads
from carecoord.plans import (
    Activity,
    CarePlan,
    Goal,
    Need,
    Owner,
    PlanView,
    Review,
    ReviewCycle,
    WorkDecision,
    merge,
    plan_history,
    view,
    write_back,
)
from carecoord.roles import (
    Clause,
    Consent,
    Declassification,
    Disclosure,
    EndingEvent,
    Label,
    Member,
    Part2Form,
    Reader,
    Recipient,
    Release,
    Team,
    disclose,
    project,
    sensitivity,
)

MADE, DAY = date(2026, 1, 5), date(2026, 6, 15)
LEE = Member("lee", role="primary-care-provider", since=MADE, organisation="clinic")
ADM = Member("adm", role="addiction-physician", since=MADE, organisation="rehab")
KIM = Member("kim", role="nurse", since=MADE, organisation="recovery house")
ANNA = Member("anna", role="patient", since=MADE)
DRINKING = Need(id="drinking", domain="substance-use", title="drinking")
RENT = Need(id="rent", domain="social", title="rent")


def permit(*categories: str, who: str = "lee", purpose: str = "TREAT", **fields: Any) -> Consent:
    """Give the person's consent to one member."""
    clause = Clause(
        id="1", decision="permit", categories=categories, to=[Recipient(person=who)], purposes=[purpose], **fields
    )
    name = f"permit {' '.join(categories)}"
    return Consent(id=name, patient="anna", signed=MADE, clauses=[clause])


def reader(*consents: Consent, **fields: Any) -> Reader:
    """Give a reader who may see ordinary content, and whatever else these consents permit."""
    said: dict[str, Any] = {"member": LEE, "team": Team([LEE, ADM, KIM]), **fields}
    return Reader(purpose="TREAT", on=DAY, consents=[permit(), *consents], **said)


def plan(**fields: Any) -> CarePlan:
    """Give the plan of one person."""
    said: dict[str, Any] = {"status": "active", **fields}
    return CarePlan(id="plan", person="anna", created=MADE, **said)


def seen(made: CarePlan, by: Reader | None = None) -> PlanView:
    """Give what a reader sees."""
    return view(made, by or reader())


# what is shown


def test_a_goal_with_labels_is_shown_without_the_need_that_is_not() -> None:
    """The reference goes, and the goal keeps its other needs."""
    goal = Goal(id="g", statement="keep my flat", needs=["drinking", "rent"], labels=())
    made = plan(needs=[DRINKING, RENT], goals=[goal])
    shown = seen(made)
    assert [need.title for need in shown.needs] == ["rent"]
    assert shown.goals[0].needs == (shown.needs[0].id,)


def test_a_goal_without_labels_goes_with_the_need_it_answers() -> None:
    """Nobody has said that it does not disclose it; the discloser is told what would show it."""
    goal = Goal(id="g", statement="keep my flat", needs=["drinking", "rent"])
    disclosure = disclose(plan(needs=[DRINKING, RENT], goals=[goal]), reader())
    assert disclosure.view.goals == ()
    hints = {each.element: each.hint for each in disclosure.withheld}
    assert hints == {"needs.drinking": "", "goals.g": "state its labels to show it without what it refers to"}


def test_an_activity_inherits_through_the_goal() -> None:
    """What it serves is what it discloses, at any distance."""
    goal = Goal(id="g", statement="drink less", needs=["drinking"])
    activity = Activity(id="a", kind="treatment", title="Wednesdays at ten", goals=["g"])
    made = plan(needs=[DRINKING], goals=[goal], activities=[activity, attrs.evolve(activity, id="b", labels=())])
    assert [each.id for each in seen(made).activities] == ["activity-0001"]
    assert seen(made).activities[0].goals == ()


def test_the_side_of_life_says_what_a_need_and_a_review_are_about() -> None:
    """Without labels, a need on the side of substance use discloses it, even where its author says there is nothing."""
    cycle = ReviewCycle(anchor=MADE, every="P1M")
    reviews = [Review(id="r", cycle=cycle, domain="substance-use"), Review(id="s", cycle=cycle)]
    made = plan(needs=[attrs.evolve(DRINKING, labels=()), RENT], reviews=reviews)
    assert [need.title for need in seen(made).needs] == ["rent"]
    assert [need.title for need in seen(made, reader(permit("SUD"))).needs] == ["drinking", "rent"]
    assert len(seen(made).reviews) == 1


def test_an_author_declassifies_with_a_name_a_day_and_a_reason() -> None:
    """From that day on, for that part of that person's plan."""
    said = Declassification(
        patient="anna", element="needs.drinking", categories=["SUD"], by="adm", on=DAY, reason="it is about water"
    )
    made = plan(needs=[DRINKING, RENT])
    assert len(seen(made, reader(declassified=[said])).needs) == 2
    for other in ({"on": date(2026, 6, 16)}, {"patient": "ben"}, {"element": "needs.rent"}, {"categories": ["MH"]}):
        assert len(seen(made, reader(declassified=[attrs.evolve(said, **other)])).needs) == 1
    with pytest.raises(DataError, match=r"\$\.reason: is wanted"):
        attrs.evolve(said, reason="")


def test_a_clinician_releases_what_was_kept_from_the_person() -> None:
    """Until then they do not see it, and the law may owe them a written denial."""
    kept = attrs.evolve(RENT, labels=["TBOO"])
    notes = Activity(id="n", kind="treatment", title="session", labels=["psychotherapy"])
    made = plan(needs=[kept], activities=[notes], labels=())
    own: dict[str, Any] = {"member": ANNA, "purpose": "PATRQT", "on": DAY}
    before = disclose(made, Reader(**own))
    assert (before.view.needs, before.view.activities, set(before.obligations)) == ((), (), {"denial-notice"})
    releases = [
        Release(patient="anna", element=each, by="lee", on=DAY, reason="we spoke")
        for each in ("needs.rent", "activities.n")
    ]
    after = disclose(made, Reader(releases=releases, **own))
    assert (len(after.view.needs), len(after.view.activities), after.obligations) == (1, 1, frozenset())
    late = [attrs.evolve(each, on=date(2026, 6, 16)) for each in releases]
    assert view(made, Reader(releases=late, **own)).needs == ()
    staff = reader(releases=releases)
    assert seen(made, staff).activities == ()


@pytest.mark.parametrize(
    ("owner", "is_shown"),
    [
        (Owner(member="lee"), True), (Owner(member="anna"), True), (Owner(duty="follow-up"), True),
        (Owner(member="adm"), False), (Owner(duty="addiction-care"), False), (Owner(member="stranger"), False),
    ],
)  # fmt: skip
def test_who_holds_something_is_shown_where_their_role_may_be(owner: Owner, is_shown: bool) -> None:
    """An addiction physician discloses as much as the need; of somebody unknown nobody can say."""
    made = plan(needs=[RENT], goals=[Goal(id="g", statement="keep my flat", owner=owner)])
    disclosure = disclose(made, reader())
    assert disclosure.view.goals[0].owner == (owner if is_shown else None)
    assert [each.element for each in disclosure.withheld] == ([] if is_shown else ["owner of goals.g"])


def test_who_may_see_everything_sees_who_holds_it() -> None:
    """Nothing is lost by habit."""
    made = plan(goals=[Goal(id="g", statement="keep my flat", owner=Owner(member="stranger"))])
    shown = seen(made, reader(permit("all")))
    assert shown.goals[0].owner == Owner(member="stranger")


def test_an_organisation_discloses_what_the_site_says() -> None:
    """The name of a recovery house does; so does a profession."""
    made = plan(goals=[Goal(id="g", statement="keep my flat", owner=Owner(member="kim"))])
    ours = sensitivity().with_defaults("organisation", {"recovery house": ["SUD"]})
    assert seen(made).goals[0].owner == Owner(member="kim")
    assert seen(made, reader(codes=ours)).goals[0].owner is None
    professional = attrs.evolve(KIM, organisation=None, profession="addiction-counselor")
    assert seen(made, reader(team=Team([LEE, professional]))).goals[0].owner is None


def test_who_did_something_is_shown_as_who_holds_it() -> None:
    """The day stays, the name goes."""
    review = Review(id="r", cycle=ReviewCycle(anchor=MADE, every="P1M")).record(on=MADE, by="adm")
    activity = Activity(id="a", kind="test", title="weight").record(on=MADE, by="adm")
    shown = seen(plan(reviews=[review], activities=[activity]))
    times = [*shown.reviews[0].done, *shown.activities[0].done]
    assert [(each.on, each.by) for each in times] == [(MADE, None)] * 2


def test_title_and_words_of_an_unlabelled_plan_are_in_no_view() -> None:
    """Alike for everybody, so that nothing can be read from their absence."""
    words: dict[str, Any] = {"title": "after rehab", "strengths": ["a garden"], "matters": ["my children"]}
    for by in (reader(), reader(permit("all"))):
        shown = seen(plan(needs=[RENT], **words), by)
        assert (shown.title, shown.strengths, shown.matters) == ("", (), ())
    labelled = seen(plan(needs=[RENT], labels=(), **words))
    assert (labelled.title, labelled.strengths, labelled.matters) == ("after rehab", ("a garden",), ("my children",))


def test_a_plan_that_may_not_be_seen_is_answered_as_one_that_is_not_there() -> None:
    """Because of its label, or because nothing in it may be seen; empty ones are seen by whoever may see everything."""
    hidden = [plan(needs=[RENT], labels=["SUD"]), plan(needs=[DRINKING]), plan()]
    for made in hidden:
        for ask in (view, project):
            with pytest.raises(UnknownIdError) as raised:
                ask(made, reader())
            assert "anna" not in str(raised.value)
            assert "plan-of" not in str(raised.value)
        assert disclose(made, reader()).view is None
    assert seen(plan(), reader(permit("all"))).needs == ()
    assert seen(plan(labels=())).needs == ()


# ids, versions, history


def test_ids_in_views_tell_nothing_and_only_the_record_maps_them_back() -> None:
    """Numbers in the order of the view; with a key, the same for this reader each time and for no other."""
    made = plan(needs=[DRINKING, RENT])
    disclosure = disclose(made, reader())
    assert disclosure.view.needs[0].id == "need-0001"
    assert dict(disclosure.ids) == {"need-0001": ("plan", "rent"), "plan-0001": ("plan",)}
    keyed = seen(made, reader(key=b"secret"))
    assert keyed.needs[0].id == seen(plan(needs=[RENT]), reader(key=b"secret")).needs[0].id != "rent"
    other = attrs.evolve(LEE, id="kim")
    consents = [permit(who="kim")]
    theirs = view(made, Reader(member=other, purpose="TREAT", on=DAY, consents=consents, key=b"secret"))
    assert theirs.needs[0].id != keyed.needs[0].id
    assert seen(made, reader(key=b"another")).needs[0].id != keyed.needs[0].id


def test_a_view_is_known_by_what_it_says_and_stands_since_it_last_changed() -> None:
    """A version in which only hidden parts change is none for the reader."""
    made = plan(needs=[RENT, DRINKING])
    hidden = made.revise(
        by="adm", on=date(2026, 2, 1), reason="relapse", needs=[attrs.evolve(DRINKING, title="drinking again")]
    )
    assert seen(hidden) == seen(made)
    assert seen(hidden).version == seen(made).version
    changed = hidden.revise(by="lee", on=date(2026, 3, 1), reason="paid", needs=[RENT.move("resolved")])
    assert (seen(hidden).revised, seen(changed).revised) == (MADE, date(2026, 3, 1))
    assert seen(changed).version != seen(made).version


def test_labels_of_the_other_side_of_a_merge_count_for_what_was_there_before_both() -> None:
    """Taken away there before the merge, they close what stood there before, as they would without a merge."""
    made = plan(needs=[RENT])
    who: Any = {"by": "adm", "on": date(2026, 2, 1), "reason": "x"}
    labelled = made.revise(**who, needs=[attrs.evolve(RENT, labels=["SUD"])])
    theirs = labelled.revise(**who, needs=[RENT])
    ours = made.revise(by="lee", on=date(2026, 2, 1), reason="x", goals=[Goal(id="g", statement="keep my flat")])
    merged = merge(made, ours, theirs, by="lee", on=date(2026, 3, 1)).plan
    assert merged is not None
    for versions in (plan_history(theirs, reader()), plan_history(merged, reader())):
        assert [[need.title for need in each.needs] for each in versions][-1] == ["rent"]
        assert [need for each in versions[:-1] for need in each.needs] == []


def test_history_is_a_history_of_views() -> None:
    """Equal neighbours are one; a difference is that of two views, and what is gone is no longer in the view."""
    made = plan(needs=[DRINKING, RENT])
    made = made.revise(by="adm", on=date(2026, 2, 1), reason="x", needs=[attrs.evolve(DRINKING, title="less")])
    goal = Goal(id="g", statement="keep my flat")
    made = made.revise(by="lee", on=date(2026, 3, 1), reason="x", goals=[goal], needs=[RENT.move("resolved")])
    first, second = plan_history(made, reader())
    assert (first.revised, second.revised) == (MADE, date(2026, 3, 1))
    change = second.compared(first)
    assert (change.added, change.changed, change.gone) == (("goals.goal-0001",), ("needs.need-0001",), ())
    assert first.compared(second).gone == ("goals.goal-0001",)
    ended = made.revise(by="lee", on=date(2026, 4, 1), reason="x", status="on-hold")
    assert plan_history(ended, reader())[-1].compared(second).changed == ("status",)


def test_what_is_labelled_later_is_not_found_in_the_history() -> None:
    """A part that anybody could see yesterday, and that is labelled today, is in no version today."""
    made = plan(needs=[RENT, Need(id="x", domain="physical", title="a test")])
    later = made.revise(
        by="lee", on=date(2026, 2, 1), reason="x", needs=[Need(id="x", domain="physical", title="HIV", labels=["HIV"])]
    )
    assert [[need.title for need in each.needs] for each in plan_history(later, reader())] == [["rent"]]
    again = later.revise(
        by="lee", on=date(2026, 3, 1), reason="x", needs=[Need(id="x", domain="physical", title="a test", labels=())]
    )
    titles = [[need.title for need in each.needs] for each in plan_history(again, reader())]
    assert titles == [["rent"], ["rent", "a test"]]


def test_a_label_on_the_whole_plan_counts_for_its_earlier_versions() -> None:
    """And taking it off does not."""
    made = plan(needs=[RENT], title="a plan", labels=())
    closed = made.revise(by="lee", on=date(2026, 2, 1), reason="x", labels=["SUD"])
    assert plan_history(closed, reader()) == ()
    opened = closed.revise(by="lee", on=date(2026, 3, 1), reason="x", labels=())
    assert [each.revised for each in plan_history(opened, reader())] == [date(2026, 3, 1)]


def test_what_is_due_is_worked_out_from_what_is_left() -> None:
    """The next review is the next of those that are there."""
    weekly = Review(id="w", cycle=ReviewCycle(anchor=MADE, every="P1W"), labels=["SUD"], title="urine")
    monthly = Review(id="m", cycle=ReviewCycle(anchor=MADE, every="P1M"), title="all")
    disclosure = disclose(plan(reviews=[weekly, monthly]), reader())
    assert [item.due for item in disclosure.view.agenda(on=MADE, through=DAY)][:1] == [MADE]
    assert {item.id for item in disclosure.view.agenda(on=MADE, through=DAY)} == {"review-0001"}
    assert disclosure.attention == ("reviews.w is overdue and not shown",)


def test_lookups_answer_over_the_view() -> None:
    """Unknown and withheld are one answer, and suggestions name what is visible."""
    shown = seen(plan(needs=[DRINKING, RENT]))
    assert shown.need("need-0001").title == "rent"
    for kind in ("need", "goal", "activity", "review"):
        messages = []
        for asked in ("drinking", "nowhere"):
            with pytest.raises(UnknownIdError) as raised:
                getattr(shown, kind)(asked)
            assert raised.value.__context__ is None
            messages.append(str(raised.value).replace(asked, "x"))
        assert messages[0] == messages[1]


# what goes along


def test_notice_and_explanation_travel_with_what_part_2_protects() -> None:
    """Only where it is in the view, and naming only categories that are."""
    form = Part2Form(
        discloser="any program", description="all", signature="paper", says_how_to_revoke=True, says_redisclosure=True
    )
    everything = attrs.evolve(permit("all"), until=date(2027, 1, 1), part2=form)
    program = Need(id="p", domain="social", title="programme", labels=["SUD", "42CFRPart2"])
    disclosure = disclose(plan(needs=[program, RENT]), reader(everything))
    assert disclosure.notice == "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
    assert disclosure.explanation == (
        "With written consent signed on 2026-01-05, in force until 2027-01-01: SUD, to person lee, for TREAT."
    )
    assert set(disclosure.obligations) == {"notice", "consent-explanation", "no-proceedings"}
    for until, words in ((None, "until revoked"), (EndingEvent(event="rehab ends"), "until the event it names")):
        form_of = attrs.evolve(form, expiry="none")
        explained = disclose(
            plan(needs=[program]), reader(attrs.evolve(everything, until=until, part2=form_of))
        ).explanation
        assert f"signed on 2026-01-05, in force {words}: SUD" in explained
    for other in (disclose(plan(needs=[RENT]), reader(everything)), disclose(plan(needs=[program, RENT]), reader())):
        assert (other.notice, other.explanation, other.obligations) == ("", "", frozenset())


def test_words_of_what_is_withheld_are_found_in_what_is_shown() -> None:
    """Free text is only as safe as its labels: the discloser is told where to look."""
    coded = attrs.evolve(DRINKING, codes=["http://snomed.info/sct|7200002"])
    goal = Goal(id="g", statement="No drinking before noon (7200002)", labels=())
    disclosure = disclose(plan(needs=[coded, RENT], goals=[goal]), reader())
    assert disclosure.suspected == (
        "goals.goal-0001 contains a word of needs.drinking",
        "goals.goal-0001 contains a word of needs.drinking",
    )


def test_a_view_is_shown_once_and_a_stranger_s_consent_is_refused() -> None:
    """A view is no plan; a consent of somebody else is never passed over."""
    made = plan(needs=[RENT])
    with pytest.raises(DataError, match="a view is not shown again"):
        disclose(seen(made), reader())
    with pytest.raises(DataError, match="somebody whom the value is not about"):
        plan_history(made, reader(attrs.evolve(permit("MH"), patient="ben")))


def test_views_travel_as_views() -> None:
    """Read again they are views and no plans."""
    shown = seen(plan(needs=[RENT]))
    assert loads(dumps(shown)) == shown


def test_labels_of_a_plan_are_revised_and_undone() -> None:
    """They are part of what a version says."""
    made = plan().revise(by="lee", on=DAY, reason="x", labels="SUD").revise(by="lee", on=DAY, reason="x", labels=[])
    assert [made.at_version(number).labels for number in (1, 2, 3)] == [None, frozenset({"SUD"}), frozenset()]
    assert loads(dumps(made)) == made


# writing back


def written(made: CarePlan, by: Reader | None = None, **changes: Any) -> Any:
    """Let a reader change what they see; `changes` get the view."""
    disclosure: Disclosure[PlanView | None] = disclose(made, by or reader())
    found: Any = {name: change(disclosure.view) if callable(change) else change for name, change in changes.items()}
    return write_back(made, disclosure, by="lee", on=DAY, reason="as agreed", **found)


def test_a_change_goes_to_the_whole_plan_and_keeps_what_the_reader_did_not_see() -> None:
    """References to hidden parts, hidden owners and hidden parts stay."""
    goal = Goal(id="g", statement="keep my flat", needs=["drinking", "rent"], labels=(), owner=Owner(member="adm"))
    made = plan(needs=[DRINKING, RENT], goals=[goal])
    after = written(made, goals=lambda shown: [attrs.evolve(shown.goals[0], statement="move", needs=[])])
    assert after.plan.goal("g") == attrs.evolve(goal, statement="move", needs=["drinking"])
    assert after.plan.needs == made.needs
    assert (after.plan.version, after.clash, after.receipt) == (2, "", "accepted for review")


def test_what_is_done_is_added_to_what_was_done() -> None:
    """By whom it was done before stays, though the reader did not see that."""
    review = Review(id="r", cycle=ReviewCycle(anchor=MADE, every="P1M")).record(on=MADE, by="adm")
    after = written(plan(reviews=[review]), reviews=lambda shown: [shown.reviews[0].record(on=DAY, by="lee")])
    assert [(each.on, each.by) for each in after.plan.review("r").done] == [(MADE, "adm"), (DAY, "lee")]


def test_new_parts_speak_of_others_by_their_ids_in_the_view() -> None:
    """They are mapped back; references that are added to a part, too."""
    made = plan(needs=[DRINKING, RENT], goals=[Goal(id="g", statement="x", labels=())])
    after = written(
        made,
        goals=lambda shown: [
            Goal(id="new", statement="keep my flat", needs=[shown.needs[0].id]),
            attrs.evolve(shown.goals[0], needs=[shown.needs[0].id]),
        ],
        activities=lambda shown: [Activity(id="a", kind="social", title="call", goals=[shown.goals[0].id, "new"])],
    )
    assert after.plan.goal("new").needs == after.plan.goal("g").needs == ("rent",)
    assert after.plan.activity("a").goals == ("g", "new")


@pytest.mark.parametrize(
    ("changes", "clash"),
    [
        ({"needs": [Need(id="drinking", domain="social")]}, "a new part has an id that the plan has already"),
        ({"title": "mine"}, r"$.title: it is not in the view"),
        ({"goals": [Goal(id="new", statement="x", needs=["need-0009"])]}, "the plan has no need need-0009"),
        ({"status": "completed", "surname": "x"}, "not a field here"),
    ],
)
def test_what_does_not_fit_is_told_to_the_discloser_only(changes: dict[str, Any], clash: str) -> None:
    """The reader gets the one answer that everybody gets."""
    after = written(plan(needs=[DRINKING, RENT]), **changes)
    assert after.plan is None
    assert clash in after.clash
    assert after.receipt == "accepted for review"


def test_open_work_that_a_reader_touches_is_decided_by_whoever_discloses() -> None:
    """The reader is told nothing of it: they may not see the work at all."""
    rest = Goal(id="rest", statement="stay", lifecycle="active", labels=[])
    clinic = Activity(
        id="clinic", kind="treatment", title="clinic", goals=["rest"], status="in-progress", labels=["SUD"]
    )
    made = attrs.evolve(plan(needs=[RENT], goals=[rest], activities=[clinic]), status="active")
    disclosure: Disclosure[PlanView | None] = disclose(made, reader())
    assert disclosure.view is not None
    assert disclosure.view.activities == ()
    ended = [disclosure.view.goals[0].move("cancelled")]
    who: Any = {"by": "lee", "on": DAY, "reason": "x"}
    asked = write_back(made, disclosure, **who, goals=ended)
    assert (asked.plan, asked.receipt) == (None, "accepted for review")
    assert "activities.clinic: it is in-progress, and goals.rest ended" in asked.clash
    kept = write_back(
        made, disclosure, **who, work=[WorkDecision(place="activities.clinic", choice="keep")], goals=ended
    )
    assert kept.plan is not None
    assert [each.choice for each in kept.plan.history[-1].work] == ["keep"]


def test_a_view_of_another_plan_is_not_written_back() -> None:
    """Nor is one that was refused."""
    made = plan(needs=[RENT])
    other = attrs.evolve(made, id="other")
    for disclosure in (disclose(other, reader()), disclose(plan(needs=[DRINKING]), reader())):
        after = write_back(made, disclosure, by="lee", on=DAY, reason="x", needs=[])
        assert after.clash == "view: 1 fault\n  it is no view of this plan"


def test_a_labelled_plan_takes_back_its_title() -> None:
    """What was in the view can be changed."""
    assert written(plan(needs=[RENT], labels=(), title="a"), title="b").plan.title == "b"


def test_a_label_alone_may_be_looked_at() -> None:
    """The labels of what is shown are shown."""
    shown = seen(plan(needs=[attrs.evolve(RENT, labels=["MH"])]), reader(permit("MH")))
    assert Label.of(*(shown.needs[0].labels or ())).categories == frozenset({"MH"})
