"""What people thought of their course: asked once, and shown to the provider in numbers."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.enums import BookingState
from courses.forms.survey import SurveyForm
from courses.models import Booking
from courses.queries.quality import quality_of
from courses.services.survey import SurveyIsAnswered, answer_survey
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.http import see_other

A_PAGE = 25


@needs(Permission.OWN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def survey_answer(request: StaffRequest, public_id: str) -> HttpResponse:
    mine = Booking.objects.visible_to(request.user).filter(state=BookingState.COMPLETED)
    booking = get_object_or_404(mine, public_id=public_id)
    form = SurveyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            answer_survey(booking=booking, answers=form.answers(), at=clock.now())
            messages.success(request, _("Thank you. Nobody can see which answers are yours."))
        except SurveyIsAnswered as refusal:
            messages.info(request, str(refusal.sentence))
        return see_other("my-home")
    return render(request, "courses/survey_answer.html", {"form": form}, status=422 if form.is_bound else 200)


@needs(Permission.SEE_COURSES)
@require_safe
def quality_show(request: StaffRequest) -> HttpResponse:
    """What people thought, programme by programme."""
    page = Paginator(quality_of(request.user), A_PAGE).get_page(request.GET.get("page"))
    texts = (_("Programme"), _("Answers"), _("Easy to follow"), _("Treated with respect"), _("Of use"))
    context = {
        "page_obj": page,
        "head": [{"text": text, "numeric": number > 0} for number, text in enumerate(texts)],
        "rows": [
            [
                {"text": row.programme, "header": True},
                *({"text": text, "numeric": True} for text in (row.answers, row.clear, row.fair, row.useful)),
            ]
            for row in page.object_list
        ],
    }
    return render(request, "courses/quality_show.html", context)
