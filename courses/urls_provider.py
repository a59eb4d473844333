"""Pages of a provider's administrators."""

from django.urls import URLPattern, path

from courses.views.calendar import calendar_show, day_show
from courses.views.cancelling import course_cancel
from courses.views.dashboard import dashboard_show
from courses.views.licences import endangered_list, licence_list
from courses.views.planning import plan_check, run_plan, term_plan
from courses.views.provider import course_close, course_create, course_list, course_publish, course_reopen, course_show
from courses.views.quality import quality_show
from courses.views.session import session_move, session_trainers
from courses.views.time_away import time_away_list, time_away_remove
from courses.views.venues import room_change, room_create, venue_change, venue_create, venue_list, venue_show

urlpatterns: list[URLPattern] = [
    path("provider/", dashboard_show, name="dashboard-show"),
    path("provider/courses/", course_list, name="course-list"),
    path("provider/quality/", quality_show, name="quality-show"),
    path("provider/courses/new/", course_create, name="course-create"),
    path("provider/courses/plan/", run_plan, name="run-plan"),
    path("provider/courses/plan/again/", term_plan, name="term-plan"),
    path("provider/courses/plan/check/", plan_check, name="plan-check"),
    path("provider/trainers/away/", time_away_list, name="time-away-list"),
    path("provider/trainers/away/<slug:public_id>/remove/", time_away_remove, name="time-away-remove"),
    path("provider/courses/<slug:public_id>/", course_show, name="course-show"),
    path("provider/courses/<slug:public_id>/publish/", course_publish, name="course-publish"),
    path("provider/courses/<slug:public_id>/cancel/", course_cancel, name="course-cancel"),
    path("provider/courses/<slug:public_id>/close/", course_close, name="course-close"),
    path("provider/courses/<slug:public_id>/reopen/", course_reopen, name="course-reopen"),
    path("provider/sessions/<slug:public_id>/move/", session_move, name="session-move"),
    path("provider/sessions/<slug:public_id>/trainers/", session_trainers, name="session-trainers"),
    path("provider/venues/", venue_list, name="venue-list"),
    path("provider/venues/new/", venue_create, name="venue-create"),
    path("provider/venues/<slug:public_id>/", venue_show, name="venue-show"),
    path("provider/venues/<slug:public_id>/change/", venue_change, name="venue-change"),
    path("provider/venues/<slug:public_id>/rooms/new/", room_create, name="room-create"),
    path("provider/rooms/<slug:public_id>/", room_change, name="room-change"),
    path("provider/calendar/", calendar_show, name="calendar-show"),
    path("provider/calendar/day/", day_show, name="day-show"),
    path("provider/licences/", licence_list, name="licence-list"),
    path("provider/licences/courses/", endangered_list, name="endangered-list"),
]
