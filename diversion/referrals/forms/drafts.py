"""The sections of a referral. `heading` is the page's H1 and the line in the task list; `values()` is what the service takes."""

from dataclasses import replace
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.core import clock
from diversion.core.forms import GovukForm, SplitDateField, Text
from diversion.core.moments import until_words
from diversion.referrals.clocks import Clocks, NoRoomBeforeBackstop
from diversion.referrals.contents import contents, mark
from diversion.referrals.eligibility import judge
from diversion.referrals.enums import RiskLevel
from diversion.referrals.facts import facts_of, rules_of
from diversion.referrals.forms.contacts import EmailField, MobileField
from diversion.referrals.models import Disposal, OffenceCategory, Referral, Scheme, SchemeVersion
from diversion.referrals.offer_text import long_day
from diversion.referrals.queries import clocks_for, disposals_on, rules_on
from diversion.referrals.services.sections import SectionWasChanged

NARROW = {"class": "govuk-input--width-20"}


class SectionForm(GovukForm):
    """One section of one referral, filled in from what is stored."""

    section: ClassVar[str] = ""
    heading: ClassVar[Text] = ""
    submit_text = _("Save and continue")
    cancel_text = _("Back to the referral")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        self.referral = referral
        initial = {**self.stored(referral), "seen": mark(contents(referral, self.section))}
        super().__init__(*args, initial=initial, **kwargs)

    def stored(self, referral: Referral) -> dict[str, Any]:
        """The values already saved."""
        return contents(referral, self.section)

    def typed(self) -> dict[str, Any]:
        """The section's fields as they were typed."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"seen", "reason"}}

    def values(self) -> dict[str, Any]:
        """What the section's service takes."""
        return self.typed()

    def given(self) -> dict[str, Any]:
        """Everything that saving takes: the section, the service's values, the fields as typed, and what their reader saw."""
        return {
            "section": self.section,
            "values": self.values(),
            "typed": self.typed(),
            "seen": self.cleaned_data["seen"],
        }

    @classmethod
    def label_of(cls, name: str) -> str:
        """A field's label, also where no form is filled in."""
        return str(cls.base_fields[name].label) if name in cls.base_fields else name

    def tell(self, refusal: SectionWasChanged, *, by: User) -> None:
        """Say who changed what meanwhile. The form keeps what was typed and now carries the fresh mark: the next save is meant."""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = refusal.seen
        self.data = data
        words = {
            "who": str(refusal.who or _("Somebody")),
            "when": until_words(refusal.changed_at, at=clock.now()) if refusal.changed_at else "",
            "what": ", ".join(self.label_of(name) for name in refusal.names),
        }
        own = refusal.who == by
        said = (
            _g("You changed this section in another window at %(when)s: %(what)s.")
            if own
            else _g("%(who)s changed this section at %(when)s: %(what)s.")
        )
        self.add_error(None, said % words + " " + _g("What you typed is kept below. Save again to put it in its place."))


class PersonForm(SectionForm):
    section = "person"
    heading = _("The person")
    given_names = forms.CharField(label=_("First names"), max_length=80, widget=forms.TextInput(attrs=NARROW))
    family_name = forms.CharField(label=_("Last name"), max_length=80, widget=forms.TextInput(attrs=NARROW))
    date_of_birth = SplitDateField(label=_("Date of birth"), help_text=_("For example, 27 3 1990"))
    email = EmailField(required=False)
    mobile = MobileField(required=False)
    address = forms.CharField(
        label=_("Address"),
        help_text=_("As on an envelope, without the postcode. Leave it empty if the letter will be handed over."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    postcode = forms.CharField(
        label=_("Postcode"), max_length=10, required=False, widget=forms.TextInput(attrs={"class": "govuk-input--width-10"})
    )
    language = forms.ChoiceField(
        label=_("Language for letters and messages"),
        choices=settings.LANGUAGES,
        initial=settings.LANGUAGE_CODE,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--inline"}),
    )
    agency_reference = forms.CharField(
        label=_("Your own reference"), max_length=40, required=False, widget=forms.TextInput(attrs=NARROW)
    )

    def clean_postcode(self) -> str:
        return " ".join(self.cleaned_data["postcode"].upper().split())


class OffenceForm(SectionForm):
    section = "offence"
    heading = _("The offence")
    offence_on = SplitDateField(label=_("Date of the offence"))
    offence_category = forms.ModelChoiceField(
        label=_("Category"), queryset=OffenceCategory.objects.order_by("name"), empty_label=_("Choose a category")
    )
    disposal_on = SplitDateField(
        label=_("Date of the decision"), help_text=_("When the out-of-court decision was given to the person.")
    )


class RiskForm(SectionForm):
    section = "risk"
    heading = _("The risk decision")
    tool = forms.CharField(label=_("Assessment tool"), max_length=60, widget=forms.TextInput(attrs=NARROW))
    level = forms.ChoiceField(label=_("Risk level"), choices=RiskLevel.choices, widget=forms.RadioSelect)
    decided_on = SplitDateField(label=_("Date of the assessment"))
    assessor = forms.CharField(label=_("Assessed by"), max_length=120, widget=forms.TextInput(attrs=NARROW))
    rationale = forms.CharField(label=_("Reasons"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))


class RequirementForm(SectionForm):
    section = "requirement"
    heading = _("The requirement")
    scheme = forms.ModelChoiceField(
        label=_("Scheme"),
        help_text=_("The dates are worked out as if the offer were made today."),
        queryset=Scheme.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, referral=referral, **kwargs)
        schemes = Scheme.objects.filter(agency=referral.agency_id).select_related("programme", "disposal")
        field = self.fields["scheme"]
        field.queryset = schemes.prefetch_related("versions").order_by("name")  # type: ignore[attr-defined]
        field.option_hints = _hints(list(field.queryset), referral)  # type: ignore[attr-defined]


def _hints(schemes: list[Scheme], referral: Referral) -> dict[Any, str]:
    """Beside each scheme its disposal, programme and clocks, and what is known to stand in the way."""
    today = clock.today()
    law = disposals_on([each.disposal.code for each in schemes], day=today)
    facts = facts_of(referral, on=today, required=())
    hints = {}
    for scheme in schemes:
        disposal, rules = law.get(scheme.disposal.code), rules_on(scheme, day=today)
        what = f"{scheme.disposal.name} · {scheme.programme.name}"
        if disposal is None or rules is None:
            hints[scheme.pk] = f"{what}. {_('No rules in force today.')}"
            continue
        found = judge(rules_of(rules), replace(facts, required=tuple(disposal.required_facts)))
        against = " ".join(each.words for each in found if each.blocks and not each.missing)
        why = [_("Not eligible: %(why)s") % {"why": against}] if against else []
        hints[scheme.pk] = " ".join([f"{what}.", *_dates(referral, rules, disposal), *why])
    return hints


def _dates(referral: Referral, rules: SchemeVersion, law: Disposal) -> list[str]:
    """The clocks in words, or why no offer could be made today; nothing while the dates are not known."""
    try:
        clocks = clocks_for(referral, rules, offered_on=clock.today(), law=law)
    except NoRoomBeforeBackstop as refusal:
        return [str(refusal.sentence)]
    return [in_words(clocks)] if clocks else []


def in_words(clocks: Clocks) -> str:
    """The three clocks in a sentence."""
    words = _("Book by %(book)s, finish by %(complete)s.") % {
        "book": long_day(clocks.book_by),
        "complete": long_day(clocks.complete_by),
    }
    if clocks.backstop:
        words += " " + _("Last safe date for court: %(day)s.") % {"day": long_day(clocks.backstop)}
    return str(words)
