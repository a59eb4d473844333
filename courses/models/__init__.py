"""Tables of the provider's half."""

from courses.models.attendance import Attendance, Certificate
from courses.models.booking import Booking
from courses.models.course import Course, Session
from courses.models.provider import Provider, ProviderLicence, SessionTemplate, TrainerLicence, Venue
from courses.models.survey import SurveyAnswer
from courses.models.waiting import WaitingEntry

__all__ = [
    "Attendance",
    "Booking",
    "Certificate",
    "Course",
    "Provider",
    "ProviderLicence",
    "Session",
    "SessionTemplate",
    "SurveyAnswer",
    "TrainerLicence",
    "Venue",
    "WaitingEntry",
]
