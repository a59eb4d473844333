"""Forms in the house style, drawn by the ``govuk`` crispy template pack.

A form needs only its fields and the word on its button; the page needs only ``{% crispy form %}``::

    class BirthForm(GovukForm):
        born_on = SplitDateField(label=_("What is your date of birth?"), autocomplete="bday")
        submit_text = _("Continue")
        heading_field = "born_on"  # this question is the page's H1: one thing per page

* Width, keyboard and filling-in go on the widget:
  ``TextInput(attrs={"class": "govuk-input--width-10", "inputmode": "numeric", "autocomplete": "one-time-code"})``.
* Radios and checkboxes: ``RadioSelect`` / ``CheckboxSelectMultiple``; class ``govuk-radios--inline`` or
  ``govuk-radios--small`` on the widget; a hint under an option: ``self.fields["x"].option_hints = {value: text}``;
  a heading above the first of a group of radios: ``option_headings``, likewise.
* ``base.html`` prints the error summary for the context's ``form`` (or ``formset``), each line linked to an input.
* Several forms on one page: give each its own ``prefix`` and ``auto_id`` so that no id appears twice.
"""

import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

Text = str | Promise
DATE_PARTS = ("day", "month", "year")


class SplitDateWidget(forms.MultiWidget):
    """Day, month and year as three inputs named ``<field>_day``, ``<field>_month``, ``<field>_year``."""

    use_fieldset = True

    def __init__(self, autocomplete: str = "") -> None:
        self.autocomplete = autocomplete
        super().__init__({part: forms.TextInput() for part in DATE_PARTS})

    def decompress(self, value: datetime.date | None) -> list[int | None]:
        return [value.day, value.month, value.year] if value else [None, None, None]


class SplitDateField(forms.DateField):
    """A date typed as three numbers, so that nobody needs a calendar widget or guesses an order.

    :raises ValidationError: a part is missing, the year has not four figures, or no such day exists. Its
        ``params["parts"]`` names the inputs to mark, so that the error link moves to the first wrong one.
    """

    widget = SplitDateWidget
    default_error_messages = {
        "missing": _("The date must include a %(missing)s"),
        "year": _("The year must have 4 numbers"),
        "invalid": _("Enter a real date, like 27 3 2026"),
    }

    def __init__(self, *, autocomplete: str = "", **kwargs: Any) -> None:
        super().__init__(widget=SplitDateWidget(autocomplete), **kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        if not isinstance(value, list | tuple):
            return super().to_python(value)
        typed = [str(part or "").strip() for part in value]
        if not any(typed):
            return None
        names = {"day": _("day"), "month": _("month"), "year": _("year")}
        missing = [part for part, text in zip(DATE_PARTS, typed, strict=True) if not text]
        if missing:
            raise self._error("missing", missing, missing=names[missing[0]])
        day, month, year = typed
        if year.isdecimal() and len(year) != 4:
            raise self._error("year", ["year"])
        try:
            return datetime.date(int(year), int(month), int(day))
        except ValueError:
            raise self._error("invalid", list(DATE_PARTS)) from None

    def _error(self, code: str, parts: list[str], **params: Any) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"parts": parts, **params})


class GovukFormMixin:
    """What every form of ours shares; put it before ``forms.Form`` or ``forms.ModelForm``.

    Gives each required field a sentence of its own ("Enter your postcode") unless the form wrote one, takes the
    browser's own checks off (they hide our error summary), and draws whole numbers as text with a number keyboard.
    """

    submit_text: Text = _("Continue")
    submit_style: str = ""
    """``secondary`` or ``warning``; empty for the plain green button."""
    cancel_url: str = ""
    cancel_text: Text = _("Cancel")
    heading_field: str = ""
    mark_optional: bool = True
    method: str = "post"
    use_required_attribute: bool = False
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.NumberInput):
                field.widget.input_type = "text"
                field.widget.attrs.setdefault("inputmode", "numeric")
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs.pop("maxlength", None)  # it would cut off pasted words without a sound
            said, usual = field.error_messages["required"], forms.Field.default_error_messages["required"]
            if said is usual or said == usual:
                # In words only where it is told: most fields of most forms are filled in.
                field.error_messages["required"] = _required_lazily(field.label or name.replace("_", " "), field)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_method = self.method
        helper.disable_csrf = self.method == "get"
        helper.submit_text = self.submit_text
        helper.submit_style = self.submit_style
        helper.cancel_url = self.cancel_url
        helper.cancel_text = self.cancel_text
        return helper


def _required_message(label: Text, field: forms.Field) -> str:
    return str(_required_words(str(label), field))


_required_lazily = lazy(_required_message, str)


def _required_words(label: str, field: forms.Field) -> Text:
    if label.endswith("?"):
        return _("Answer the question: %(label)s") % {"label": label}
    words = label if label[:2].isupper() else label[:1].lower() + label[1:]
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField | forms.FileField):
        return _("Choose %(label)s") % {"label": words}
    if isinstance(field, forms.BooleanField):
        return _("Tick the box: %(label)s") % {"label": label}
    return _("Enter %(label)s") % {"label": words}


class GovukForm(GovukFormMixin, forms.Form):
    """A plain form in the house style."""
