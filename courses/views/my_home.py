"""Your course: where you stand and what to do next."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.queries.my_course import NOTHING_LEFT, my_steps
from courses.queries.waiting import my_waits
from courses.views.waiting_words import wait_cards
from courses.views.words import step_context
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.referrals.services.unreachable import is_unreached


@needs(Permission.OWN_CASE)
@require_safe
def my_home(request: StaffRequest) -> HttpResponse:
    at = clock.now()
    steps = my_steps(request.user, at=at)
    first = next((step.requirement for step in steps if step.requirement and step.situation not in NOTHING_LEFT), None)
    volunteer = next((step.referral for step in steps if step.referral.voluntary), None)
    context = {
        "steps": [step_context(step, at=at) for step in steps],
        "complete_by": first and first.complete_by,
        "volunteer": volunteer,
        "waits": wait_cards(my_waits(request.user), at=at),
        "unreached": volunteer is not None and is_unreached(volunteer),
    }
    return render(request, "courses/my_home.html", context)
