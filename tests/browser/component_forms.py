"""One form with every kind of field, for the pages which only tests can reach."""

from django import forms

from diversion.core.forms import GovukForm, SplitDateField


class EveryFieldForm(GovukForm):
    name = forms.CharField(label="Full name", help_text="As on your letter")
    pin = forms.CharField(
        label="PIN",
        widget=forms.TextInput(
            attrs={"class": "govuk-input--width-5", "autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )
    born_on = SplitDateField(label="Date of birth", help_text="For example, 27 3 1990", autocomplete="bday")
    nation = forms.ChoiceField(
        label="Where do you live?", choices=[("e", "England"), ("w", "Wales")], widget=forms.RadioSelect
    )
    needs = forms.MultipleChoiceField(
        label="What helps you?",
        choices=[("a", "Step-free way in"), ("b", "Welsh"), ("c", "Large print")],
        widget=forms.CheckboxSelectMultiple,
    )
    county = forms.ChoiceField(label="County", choices=[("", "Choose"), ("g", "Gwynedd")])
    note = forms.CharField(label="Tell us more", max_length=200, widget=forms.Textarea(attrs={"rows": 4}))
    password = forms.CharField(label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    letter = forms.FileField(label="Your letter")
    places = forms.IntegerField(label="Places", widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}))
    agree = forms.BooleanField(label="I have read the offer")
    nickname = forms.CharField(label="Other name", required=False)
    token = forms.CharField(widget=forms.HiddenInput, initial="t")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nation"].option_hints = {"w": "You can do the course in Welsh"}


class OneQuestionForm(GovukForm):
    nation = forms.ChoiceField(
        label="Where do you live?",
        choices=[("e", "England"), ("w", "Wales")],
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--inline"}),
    )
    heading_field = "nation"


class OneTextForm(GovukForm):
    postcode = forms.CharField(
        label="What is your postcode?",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "postal-code"}),
    )
    heading_field = "postcode"


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
