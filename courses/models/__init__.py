"""Tables of the provider's half."""

from courses.models.attendance import Attendance, Certificate
from courses.models.booking import Booking
from courses.models.course import Course, Session
from courses.models.licence import ProviderLicence, TrainerLicence
from courses.models.provider import Provider, SessionTemplate, Venue
from courses.models.survey import SurveyAnswer
from courses.models.visit import CRITERIA, Visit, VisitFollowUp

__all__ = [
    "CRITERIA",
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
    "Visit",
    "VisitFollowUp",
]
