"""What people thought of their course: asked once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.enums import BookingState
from courses.forms.survey import SurveyForm
from courses.models import Booking
from courses.services.survey import SurveyIsAnswered, answer_survey
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.http import see_other


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
