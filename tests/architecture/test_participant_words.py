"""What participants read never calls them by the system's words; what others may see over their shoulder says nothing at all."""

import ast
import re

import pytest

from tests.architecture.source import Source, modules, templates

# Words of the service among itself. A participant's pages and messages have plain ones.
SYSTEM = re.compile(r"\b(compliance|cohort|disposal|offender)s?\b", re.IGNORECASE)
# A message is read on a locked screen, a calendar on a shared one: they tell of a course and nothing else.
TELLING = re.compile(
    r"\b(polic(?:e|ing)|offen[cs]es?|offender|court|probation|crime|criminal|caution|arrest|conviction|alcohol|drugs?|violence|"
    r"abuse|anger|drink|driving|weapon|knife)\b",
    re.IGNORECASE,
)
PAGES = (
    "templates/base_participant.html",
    "templates/courses/",
    "templates/payments/",
    "templates/referrals/home.html",
    "templates/referrals/contact_",
    "templates/referrals/offer_",
    "templates/referrals/sign_in",
    "templates/referrals/self_",
    "templates/referrals/help_line",
    "templates/errors/",
)
STAFF_PAGES = ("templates/courses/course_list", "templates/courses/course_show", "templates/courses/course_create",
               "templates/courses/register", "templates/courses/session_list", "templates/payments/funding_list",
               "templates/payments/funding_decide")  # fmt: skip
CODE = (
    "courses/presentation.py",
    "courses/policies.py",
    "courses/forms/",
    "courses/views/words.py",
    "courses/queries/calendar.py",
    "courses/messages",
    "courses/documents/",
    "payments/presentation.py",
    "payments/policies.py",
    "payments/messages.py",
    "diversion/referrals/forms/participant.py",
    "diversion/referrals/forms/volunteers.py",
    "diversion/referrals/help_lines.py",
    "diversion/referrals/offer_text.py",
    "diversion/referrals/closure_text.py",
    "diversion/referrals/messages.py",
)
TITLE = re.compile(r"{% block title %}(.*?){% endblock %}", re.DOTALL)
# What Django and our own names put into a template's tags is not read by anybody.
NOT_READ = re.compile(
    r"{#.*?#}|{% comment %}.*?{% endcomment %}|{% (?:load|extends|include|url|if|elif|for|with)[^%]*%}|{{.*?}}", re.DOTALL
)


def read(source: Source) -> str:
    return NOT_READ.sub("", source.text)


def sentences(source: Source) -> list[str]:
    """Strings that a module may show: those given to gettext."""
    return [
        constant.value
        for call in source.calls()
        if isinstance(call.func, ast.Name)
        and call.func.id in {"_", "_g", "gettext", "gettext_lazy", "ngettext", "pgettext"}
        for argument in call.args
        for constant in ast.walk(argument)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    ]


def participant_templates() -> list[Source]:
    found = [source for source in templates() if source.path.startswith(PAGES) and not source.path.startswith(STAFF_PAGES)]
    return found + [source for source in templates() if source.path.startswith("templates/messages/")]


def test_participants_never_read_the_systems_words():
    looked_at = participant_templates()
    assert len(looked_at) > 40
    assert [(source.path, SYSTEM.findall(read(source))) for source in looked_at if SYSTEM.search(read(source))] == []


def test_nor_in_sentences_that_code_holds():
    looked_at = [source for source in modules() if source.path.startswith(CODE)]
    assert {prefix for prefix in CODE if any(source.path.startswith(prefix) for source in looked_at)} == set(CODE)
    assert [(source.path, said) for source in looked_at for said in sentences(source) if SYSTEM.search(said)] == []


def test_messages_tell_nobody_what_the_course_is_about():
    messages = [source for source in templates() if source.path.startswith("templates/messages/")]
    assert len(messages) > 25
    assert [(source.path, TELLING.findall(read(source))) for source in messages if TELLING.search(read(source))] == []


def test_titles_of_pages_are_neutral():
    """A title stands in the browser's history and on the task bar."""
    titles = {source.path: title for source in templates() for title in TITLE.findall(source.text)}
    assert len(titles) > 30
    assert {path: title for path, title in titles.items() if TELLING.search(title) or SYSTEM.search(title)} == {}


@pytest.mark.django_db
def test_the_choices_a_participant_sees_are_plain():
    from courses.forms.help import HelpForm
    from diversion.referrals.enums import Answer, Need

    words = [str(label) for enum in (Answer, Need) for label in enum.labels] + [
        str(label) for _, label in HelpForm().fields["about"].choices
    ]
    assert [word for word in words if SYSTEM.search(word)] == []


@pytest.mark.parametrize("text", ["Your compliance", "<p>Disposals</p>", "{% translate 'offender' %}", "COHORT 3"])
def test_a_word_of_the_system_is_seen(text):
    assert SYSTEM.search(read(Source("x.html", text)))


@pytest.mark.parametrize("text", ["The police", "your offence", "Drink driving course", "Court date"])
def test_a_telling_word_is_seen(text):
    assert TELLING.search(read(Source("x.txt", text)))


def test_names_in_tags_are_not_read():
    assert not SYSTEM.search(
        read(Source("x.html", '{% load compliance_words %}{% url "x" disposal %}{{ referral.disposal }}'))
    )


def test_a_sentence_in_code_is_seen():
    assert sentences(Source("x.py", "a = _('Your disposal')\nb = 'disposal'")) == ["Your disposal"]
