"""Tables of the provider's half."""

from courses.models.attendance import Attendance, Certificate
from courses.models.booking import Booking
from courses.models.cancelling import CourseCancellation, Replacement
from courses.models.course import Course, CourseRun, Session, TeachingRow
from courses.models.door import Concern, ConcernFollowUp, DraftMark, WalkIn
from courses.models.licence import ProviderLicence, TrainerLicence
from courses.models.provider import Provider, SessionTemplate, Venue
from courses.models.room import Room, TimeAway
from courses.models.survey import SurveyAnswer
from courses.models.visit import CRITERIA, Visit, VisitFollowUp
from courses.models.waiting import WaitingEntry

__all__ = [
    "CRITERIA",
    "Attendance",
    "Booking",
    "Certificate",
    "Concern",
    "ConcernFollowUp",
    "Course",
    "CourseCancellation",
    "CourseRun",
    "DraftMark",
    "Provider",
    "ProviderLicence",
    "Replacement",
    "Room",
    "Session",
    "SessionTemplate",
    "SurveyAnswer",
    "TeachingRow",
    "TimeAway",
    "TrainerLicence",
    "Venue",
    "Visit",
    "VisitFollowUp",
    "WaitingEntry",
    "WalkIn",
]
