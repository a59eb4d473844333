"""Dates typed in three parts, the sentences for empty fields, and where an error link leads."""

import datetime

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from diversion.core.forms import GovukForm, SplitDateField
from diversion.core.templatetags.govuk import error_links, page_numbers, qr_code
from diversion.core.views import choose_language


class BirthForm(GovukForm):
    born_on = SplitDateField(label="Date of birth")


def typed(day: str, month: str, year: str) -> BirthForm:
    return BirthForm({"born_on_day": day, "born_on_month": month, "born_on_year": year})


@pytest.mark.parametrize(
    ("parts", "message", "target"),
    [
        (("", "", ""), "Enter date of birth", "id_born_on_0"),
        (("", "3", "1990"), "The date must include a day", "id_born_on_0"),
        (("27", "", "1990"), "The date must include a month", "id_born_on_1"),
        (("27", "3", ""), "The date must include a year", "id_born_on_2"),
        (("27", "3", "90"), "The year must have 4 numbers", "id_born_on_2"),
        (("31", "2", "1990"), "Enter a real date, like 27 3 2026", "id_born_on_0"),
        (("a", "b", "c"), "Enter a real date, like 27 3 2026", "id_born_on_0"),
        (("27", "3", "0000"), "Enter a real date, like 27 3 2026", "id_born_on_0"),
        (("²", "3", "1990"), "Enter a real date, like 27 3 2026", "id_born_on_0"),
    ],
)
def test_split_date_says_what_is_wrong_and_points_at_it(parts: tuple[str, str, str], message: str, target: str) -> None:
    with translation.override("en-gb"):
        assert error_links(typed(*parts)) == [{"target": target, "text": message}]


def test_split_date_reads_a_real_date_with_spaces_and_zeros() -> None:
    form = typed(" 07", "03 ", "1990")
    assert form.is_valid()
    assert form.cleaned_data == {"born_on": datetime.date(1990, 3, 7)}


def test_split_date_shows_what_was_typed_and_what_was_stored() -> None:
    draw = Template("{% load crispy_forms_tags %}{% crispy form %}")
    again = draw.render(Context({"form": typed("31", "2", "nineteen")}))
    assert 'name="born_on_year" type="text" inputmode="numeric" value="nineteen"' in again
    stored = draw.render(Context({"form": BirthForm(initial={"born_on": datetime.date(1990, 3, 7)})}))
    assert 'name="born_on_month" type="text" inputmode="numeric" value="3"' in stored


class Sentences(GovukForm):
    pin = forms.CharField(label="PIN")
    town = forms.CharField(label="Your town")
    nation = forms.ChoiceField(label="Nation", choices=[("w", "Wales")])
    why = forms.CharField(label="What happened?")
    agree = forms.BooleanField(label="I agree")
    own = forms.CharField(error_messages={"required": "Say it"})


def test_each_empty_field_has_a_sentence_of_its_own() -> None:
    with translation.override("en-gb"):
        said = [link["text"] for link in error_links(Sentences({}))]
    assert said == [
        "Enter PIN",
        "Enter your town",
        "Choose nation",
        "Answer the question: What happened?",
        "Tick the box: I agree",
        "Say it",
    ]


def test_what_a_person_typed_is_text_never_markup() -> None:
    attack = '"><script>alert(1)</script>'
    form = Sentences({"pin": attack})
    drawn = Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form}))
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn


def test_error_links_pass_over_what_is_no_form() -> None:
    assert error_links("", None, BirthForm()) == []


def test_formset_errors_are_linked_row_by_row() -> None:
    rows = forms.formset_factory(BirthForm, extra=2)
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-born_on_day": "1", "form-1-born_on_year": "1990"}
    assert [link["target"] for link in error_links(rows(data))] == ["id_form-0-born_on_1", "id_form-1-born_on_0"]


def test_long_lists_of_pages_are_shortened() -> None:
    assert list(page_numbers(Paginator(range(200), 10).page(10))) == [1, "…", 9, 10, 11, "…", 20]


def test_qr_code_is_square_with_a_quiet_edge() -> None:
    drawn = qr_code("https://example.org/")
    assert drawn["size"] == 33
    assert "M4 4h1v1h-1z" in drawn["path"]
    assert "M3 3" not in drawn["path"]


@pytest.mark.parametrize("onward", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_the_language_switch_leads_to_no_other_host(rf: RequestFactory, onward: str) -> None:
    answer = choose_language(rf.post("/language/", {"language": "cy", "next": onward}))
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert answer.cookies["language"].value == "cy"


def test_the_language_switch_is_a_post(rf: RequestFactory) -> None:
    assert choose_language(rf.get("/language/")).status_code == 405
