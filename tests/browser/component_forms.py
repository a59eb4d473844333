"""One form with every kind of field, for the pages which only tests can reach."""

from typing import Any

from django import forms

from diversion.core.forms import GovukForm, SplitDateField

NATIONS = [("e", "England"), ("w", "Wales")]
NEEDS = [("a", "Step-free way in"), ("b", "Welsh"), ("c", "Large print")]
PIN = {"class": "govuk-input--width-5", "autocomplete": "one-time-code", "inputmode": "numeric"}


class EveryFieldForm(GovukForm):
    name = forms.CharField(label="Full name", help_text="As on your letter")
    pin = forms.CharField(label="PIN", widget=forms.TextInput(attrs=PIN))
    born_on = SplitDateField(label="Date of birth", help_text="For example, 27 3 1990", autocomplete="bday")
    nation = forms.ChoiceField(label="Where do you live?", choices=NATIONS, widget=forms.RadioSelect)
    needs = forms.MultipleChoiceField(label="What helps you?", choices=NEEDS, widget=forms.CheckboxSelectMultiple)
    county = forms.ChoiceField(label="County", choices=[("", "Choose"), ("g", "Gwynedd")])
    note = forms.CharField(label="Tell us more", max_length=200, widget=forms.Textarea(attrs={"rows": 4}))
    password = forms.CharField(label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    letter = forms.FileField(label="Your letter")
    places = forms.IntegerField(label="Places", widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}))
    fee = forms.CharField(label="Fee")
    agree = forms.BooleanField(label="I have read the offer")
    nickname = forms.CharField(label="Other name", required=False)
    token = forms.CharField(widget=forms.HiddenInput, initial="t")
    cancel_url = "/participant/"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nation"].option_hints = {"w": "You can do the course in Welsh"}
        self.fields["fee"].prefix = "£"


class OneQuestionForm(GovukForm):
    nation = forms.ChoiceField(label="Where do you live?", choices=NATIONS, widget=forms.RadioSelect)
    heading_field = "nation"


class OneDateForm(GovukForm):
    born_on = SplitDateField(label="What is your date of birth?", autocomplete="bday")
    heading_field = "born_on"


class OneTextForm(GovukForm):
    postcode = forms.CharField(
        label="What is your postcode?", widget=forms.TextInput(attrs={"autocomplete": "postal-code"})
    )
    heading_field = "postcode"


class WholeFormError(GovukForm):
    reference = forms.CharField(label="Reference")
    pin = forms.CharField(label="PIN", required=False)
    submit_style = "secondary"

    def clean(self) -> None:
        raise forms.ValidationError("Those do not match a letter we sent")


class FilterForm(GovukForm):
    state = forms.MultipleChoiceField(
        label="State",
        required=False,
        choices=[("o", "Overdue"), ("t", "Due today")],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
    )
    surname = forms.CharField(label="Surname", required=False)
    method = "get"
    mark_optional = False


class CodeForm(forms.Form):
    """Shaped as the sign-in library's: a placeholder, a hidden credential, a secret beside the fields."""

    code = forms.CharField(
        label="Code", widget=forms.TextInput(attrs={"placeholder": "Code", "autocomplete": "one-time-code"})
    )
    credential = forms.CharField(widget=forms.HiddenInput, required=False)
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
