"""How a form that was not accepted is answered: the same page, what was typed, the message beside its field, and 422."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from diversion.core.errors import Refusal


def form_page(request: HttpRequest, template: str, form: forms.BaseForm, **context: Any) -> HttpResponse:
    """The page of a form: 200 when it is fresh, 422 when it was sent and refused."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {**context, "form": form}, status=status)


def add_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Put a service's refusal beside the field it names, or at the top where the form has no such field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
