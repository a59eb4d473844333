"""What the ``govuk`` template pack asks of Python: which template draws a field, where an error link leads.

Works for any Django form, allauth's included, not only for ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import segno
from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from diversion.core.forms import DATE_PARTS, SplitDateWidget

register = template.Library()

KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (SplitDateWidget, "date"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.PasswordInput, "password"),
    (forms.FileInput, "file"),
)
CLASSES = {
    "select": "govuk-select",
    "textarea": "govuk-textarea govuk-js-character-count",
    "file": "govuk-file-upload",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
}


@register.filter
def field_kind(field: BoundField) -> str:
    """The name of the template in ``govuk/fields/`` which draws this field."""
    return next((kind for widget, kind in KINDS if isinstance(field.field.widget, widget)), "input")


@register.filter
def control(field: BoundField) -> SafeString:
    """The bare input with its classes; Django itself adds ``aria-describedby`` and ``aria-invalid``."""
    classes = CLASSES.get(field_kind(field), "govuk-input")
    wrong = f" {classes.split()[0]}--error" if field.errors else ""
    own = field.field.widget.attrs.get("class", "")
    field.field.widget.attrs.pop(
        "placeholder", None
    )  # the sign-in library sets it; words that vanish while typing are no label
    return field.as_widget(attrs={"class": f"{classes}{wrong} {own}".strip()})


@register.filter
def option_hint(field: BoundField, value: Any) -> str:
    """The hint under one radio or checkbox, if the form gave ``option_hints`` to the field."""
    hints: Mapping[Any, str] = getattr(field.field, "option_hints", {})
    return hints.get(getattr(value, "value", value), "")


def _wrong_parts(field: BoundField) -> list[str]:
    for error in field.form.errors.as_data().get(field.name, []):
        return list((error.params or {}).get("parts", DATE_PARTS))
    return []


@register.filter
def date_parts(field: BoundField) -> list[dict[str, Any]]:
    """The three inputs of a :class:`SplitDateWidget`: id, name, value, what a browser may fill in, whether it is wrong."""
    widget: SplitDateWidget = field.field.widget
    wrong = _wrong_parts(field)
    data = widget.get_context(field.html_name, field.value(), {"id": field.auto_id})["widget"]["subwidgets"]
    filling = {part: f"{widget.autocomplete}-{part}" if widget.autocomplete else "" for part in DATE_PARTS}
    return [
        {
            "part": part,
            "id": sub["attrs"]["id"],
            "name": sub["name"],
            "value": sub["value"],
            "wrong": part in wrong,
            "autocomplete": filling[part],
        }
        for part, sub in zip(DATE_PARTS, data, strict=True)
    ]


def _target(field: BoundField) -> str:
    """The id of the input an error link moves to: never a wrapper, which cannot take the focus."""
    kind = field_kind(field)
    if kind == "date":
        return next((part["id"] for part in date_parts(field) if part["wrong"]), f"{field.auto_id}_0")
    return f"{field.auto_id}_0" if kind in {"radios", "checkboxes"} else field.auto_id


def _links(form: forms.BaseForm) -> Iterable[dict[str, str]]:
    visible = form.visible_fields()
    anchor = _target(visible[0]) if visible else ""
    for message in form.non_field_errors():
        yield {"target": anchor, "text": str(message)}
    for field in form:
        for message in field.errors:
            yield {"target": anchor if field.is_hidden else _target(field), "text": str(message)}


@register.filter
def option_heading(field: BoundField, value: Any) -> str:
    """The heading above a radio that begins a group, if the form gave ``option_headings`` to the field."""
    headings: Mapping[Any, str] = getattr(field.field, "option_headings", {})
    return headings.get(getattr(value, "value", value), "")


@register.simple_tag
def error_links(*sources: Any) -> list[dict[str, str]]:
    """One ``{target, text}`` for each error of the forms, formsets and lists of forms given; an absent one is passed over."""
    links: list[dict[str, str]] = []
    for source in sources:
        if isinstance(source, forms.BaseFormSet):
            links += [{"target": "", "text": str(text)} for text in source.non_form_errors()]
            links += error_links(*source.forms)
        elif isinstance(source, list | tuple):
            links += error_links(*source)
        elif isinstance(source, forms.BaseForm) and source.is_bound:
            links += _links(source)
    return links


@register.filter
def column_label(head: Sequence[Mapping[str, Any]], place: int) -> Any:
    """The heading of a table's column, repeated before each cell where the table stacks on a phone."""
    return head[place]["text"] if place < len(head) else ""


@register.filter
def page_numbers(page: Page) -> Iterable[int | str]:
    """The page numbers worth a link: the ends and the neighbours, with an ellipsis between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.simple_tag
def qr_code(text: str) -> dict[str, Any]:
    """A QR code as ``{size, path}`` for an inline ``<svg>`` of that size with one path; four empty squares around it."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"size": len(rows), "path": path}
