"""A participant's own pages."""

from django.urls import URLPattern, path

from courses.views.booking import booking_calendar, booking_release, booking_show
from courses.views.check import course_check
from courses.views.find import course_find
from courses.views.help import help_ask, help_asked
from courses.views.my_home import my_home
from courses.views.survey import survey_answer
from courses.views.waiting import waiting_any, waiting_join, waiting_leave

urlpatterns: list[URLPattern] = [
    path("my/", my_home, name="my-home"),
    path("my/courses/", course_find, name="course-find"),
    path("my/courses/<slug:public_id>/", course_check, name="course-check"),
    path("my/bookings/<slug:public_id>/", booking_show, name="booking-show"),
    path("my/bookings/<slug:public_id>/release/", booking_release, name="booking-release"),
    path("my/bookings/<slug:public_id>/calendar.ics", booking_calendar, name="booking-calendar"),
    path("my/bookings/<slug:public_id>/survey/", survey_answer, name="survey-answer"),
    path("my/courses/<slug:public_id>/wait/", waiting_join, name="waiting-join"),
    path("my/waiting/any/", waiting_any, name="waiting-any"),
    path("my/waiting/<slug:public_id>/leave/", waiting_leave, name="waiting-leave"),
    path("my/help/", help_ask, name="help-ask"),
    path("my/help/asked/", help_asked, name="help-asked"),
]
