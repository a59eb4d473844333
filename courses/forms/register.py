"""The register: one line per person, everyone else at a stroke."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from courses.drafts import NOTHING, Draft, Values
from courses.enums import IdentitySeen, OutcomeCode
from courses.outcomes import OUTCOMES, Outcome
from courses.queries.registers import Person
from courses.services.register import Mark
from diversion.core.forms import GovukForm

IDENTITIES = [("", _("Identity seen…")), *IdentitySeen.choices]
NAMED_AT_MOST = 5
DAY_IN_MINUTES = 24 * 60
MINUTES = _("Minutes must be a whole number, like 12")
PARTS = ("outcome", "identity", "late", "early", "because")


@dataclass(frozen=True, slots=True)
class Line:
    """One person's inputs, for the page."""

    person: Person
    outcome: BoundField
    identity: BoundField
    late: BoundField
    early: BoundField
    because: BoundField
    base: str
    note: str = ""

    @property
    def is_out_of_the_ordinary(self) -> bool:
        """Something but plain attendance is filled in or wrong: the page must not fold it away."""
        minutes = (self.late, self.early)
        typed = any(each.errors or each.value() for each in minutes)
        return bool(typed or self.outcome.value() not in {None, "", OutcomeCode.ATTC})


class RegisterForm(GovukForm):
    """Says what happened with each person. Whoever is left unmarked is marked by "everyone else", if the page showed them."""

    everyone_else = forms.BooleanField(required=False, label=_("Everyone else attended"))
    identity = forms.ChoiceField(
        required=False, choices=IDENTITIES, label=_("What did they show to prove who they are?"),
        help_text=_("Counts for each person above where you chose nothing."),
    )  # fmt: skip
    sure = forms.BooleanField(
        label=_("This is what happened. After I send it, each change needs a reason."),
        error_messages={"required": _("Tick the box to say that this is what happened")},
    )
    submit_text = _("Send the register")
    mark_optional = False

    def __init__(
        self, typed: QueryDict | None, *, people: Sequence[Person], outcomes: Sequence[Outcome],
        kept: Mapping[UUID, Values] | None = None, tokens: Mapping[UUID, str] | None = None,
        notes: Mapping[UUID, str] | None = None, **initial: Any,
    ) -> None:  # fmt: skip
        """`kept` is what is marked so far; `tokens` what is stored of it, where that differs; `notes` stand on a line."""
        kept, self.notes = kept or {}, notes or {}
        super().__init__(typed, initial={**initial, **_initial(people, kept)})
        self.people = people
        self.tokens = {**{key: each.token for key, each in kept.items()}, **(tokens or {})}
        self.drafts: list[Draft] = []
        # Put into words once: the page writes them out for each person, and a widget for each would cost most of its time.
        self.identities = [(value, str(words)) for value, words in IDENTITIES]
        self.options = [{"code": each.code.value, "words": str(each.words), "hint": str(each.hint)} for each in outcomes]
        self.shown = set(typed.getlist("shown")) if typed is not None else set()
        for person in people:
            self.fields.update(_inputs(person, outcomes))
        if not people:
            del self.fields["everyone_else"], self.fields["identity"]
        self.order_fields([name for name in self.fields if "-" in name])

    def lines(self) -> Iterator[Line]:
        """Each person with their inputs, in the register's order."""
        for person in self.people:
            base = self.tokens.get(person.booking_id, NOTHING.token)
            fields = {part: self[f"{part}-{person.key}"] for part in PARTS}
            yield Line(person, **fields, base=base, note=self.notes.get(person.booking_id, ""))

    def marks(self) -> list[Mark]:
        """What to record, once the form is valid."""
        return [self._mark(person) for person in self.people]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        self.drafts = [self._draft(person) for person in self.people if person.key in self.shown and self._is_typed(person)]
        unmarked = [person for person in self.people if not self._outcome(person)]
        if len(unmarked) > NAMED_AT_MOST:
            words = _("%(n)s people are not marked. Mark them, or tick “Everyone else attended”.")
            self.add_error("everyone_else", words % {"n": len(unmarked)})
            unmarked = []
        for person in unmarked:
            self.add_error(f"outcome-{person.key}", gettext("Say what happened with %(name)s") % {"name": person.name})
        for person in self.people:
            self._check_line(person)
        self._check_identities()
        return cleaned

    def unread(self) -> set[str]:
        """The keys of lines with a part that cannot be read: they are not kept."""
        known = {person.booking_id: person.key for person in self.people}
        return (self.shown & set(known.values())) - {known[draft.booking_id] for draft in self.drafts}

    def say_of_lateness(self, booking_id: UUID, words: str) -> None:
        """What the service refuses of somebody's minutes, beside them; `words` take their name."""
        for person in self.people:
            if person.booking_id == booking_id:
                self.add_error(f"late-{person.key}", words % {"name": person.name})

    def _is_typed(self, person: Person) -> bool:
        """Every part could be read: what cannot is kept on the page alone, with its error."""
        return all(f"{part}-{person.key}" in self.cleaned_data for part in PARTS)

    def _draft(self, person: Person) -> Draft:
        outcome, identity, late, early, because = (self.cleaned_data[f"{part}-{person.key}"] for part in PARTS)
        base = self.data.get(f"base-{person.key}") or NOTHING.token
        return Draft(person.booking_id, Values(outcome, identity, late, early, because), base)

    def _outcome(self, person: Person) -> Outcome | None:
        """What was marked; else "everyone else", but only for a person whom the page had shown."""
        marked = self.cleaned_data.get(f"outcome-{person.key}")
        if marked:
            return OUTCOMES[marked]
        everyone = self.cleaned_data.get("everyone_else") and person.key in self.shown
        return OUTCOMES[OutcomeCode.ATTC] if everyone else None

    def _check_line(self, person: Person) -> None:
        outcome, name = self._outcome(person), {"name": person.name}
        late, seen = (self.cleaned_data.get(f"{part}-{person.key}") for part in ("late", "identity"))
        if outcome is None or f"late-{person.key}" in self.errors:
            return
        if outcome.code == OutcomeCode.REFL and not late:
            self.add_error(f"late-{person.key}", gettext("Say how many minutes late %(name)s was") % name)
        if outcome.code == OutcomeCode.UAAB and late:
            words = gettext("%(name)s did not come: leave the minutes late empty")
            self.add_error(f"late-{person.key}", words % name)
        if outcome.code == OutcomeCode.UAAB and self.cleaned_data.get(f"early-{person.key}"):
            words = gettext("%(name)s did not come: leave the minutes they left early empty")
            self.add_error(f"early-{person.key}", words % name)
        if outcome.code == OutcomeCode.UAAB and seen not in {"", IdentitySeen.NOT_SEEN}:
            self.add_error(f"identity-{person.key}", gettext("%(name)s did not come: leave the identity empty") % name)

    def _check_identities(self) -> None:
        """Whoever attended needs an identity, "not seen" included: their own, or the one given for everyone else."""
        lacking = [
            person
            for person in self.people
            if (outcome := self._outcome(person))
            and outcome.attended
            and not self.cleaned_data.get(f"identity-{person.key}")
            and not self.cleaned_data.get("identity")
        ]
        if len(lacking) > NAMED_AT_MOST or (lacking and self.cleaned_data.get("everyone_else")):
            words = ngettext(
                "Choose what %(n)s person showed to prove who they are",
                "Choose what %(n)s people showed to prove who they are",
                len(lacking),
            )
            self.add_error("identity", words % {"n": len(lacking)})
            return
        for person in lacking:
            words = gettext("Choose what %(name)s showed to prove who they are")
            self.add_error(f"identity-{person.key}", words % {"name": person.name})

    def _mark(self, person: Person) -> Mark:
        outcome = self._outcome(person)
        if outcome is None:
            raise ValueError("marks are taken from a valid register")
        own = self.cleaned_data[f"identity-{person.key}"]
        shared = self.cleaned_data["identity"] if outcome.attended else ""
        late, early = (self.cleaned_data[f"{part}-{person.key}"] or 0 for part in ("late", "early"))
        because = self.cleaned_data[f"because-{person.key}"]
        identity = IdentitySeen(own or shared or IdentitySeen.NOT_SEEN)
        return Mark(person.booking_id, outcome.code, identity, late, early, because)


def minutes_field(label: Any, **more: Any) -> forms.IntegerField:
    """Whole minutes, at most a day; empty is none."""
    return forms.IntegerField(
        required=False, min_value=0, max_value=DAY_IN_MINUTES, label=label,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
        error_messages={"invalid": MINUTES, "min_value": MINUTES, "max_value": MINUTES}, **more,
    )  # fmt: skip


def _initial(people: Sequence[Person], kept: Mapping[UUID, Values]) -> dict[str, Any]:
    marked = [(person.key, kept[person.booking_id]) for person in people if person.booking_id in kept]
    return {f"{part}-{key}": value for key, values in marked for part, value in zip(PARTS, values, strict=True)}


def _inputs(person: Person, outcomes: Sequence[Outcome]) -> dict[str, forms.Field]:
    said = {"name": person.name}
    outcome = forms.ChoiceField(
        required=False, choices=[(o.code.value, o.words) for o in outcomes], widget=forms.RadioSelect, label=person.name,
        error_messages={"invalid_choice": _("Choose one of the outcomes shown")},
    )  # fmt: skip
    outcome.option_hints = {o.code.value: o.hint for o in outcomes}  # type: ignore[attr-defined]
    return {
        f"outcome-{person.key}": outcome,
        f"identity-{person.key}": forms.ChoiceField(
            required=False, choices=IDENTITIES, label=gettext("Identity seen: %(name)s") % said
        ),
        f"late-{person.key}": minutes_field(gettext("Minutes late: %(name)s") % said),
        f"early-{person.key}": minutes_field(gettext("Minutes they left early: %(name)s") % said),
        f"because-{person.key}": forms.CharField(
            required=False, max_length=500, label=gettext("If not let in, why: %(name)s") % said
        ),
    }
