"""Two trainers send the same register at once, on real connections."""

import threading

from django.db import connection

from courses.models import Attendance, Certificate
from courses.register_rules import RegisterIsAlreadySubmitted
from courses.services.register import submit_register
from diversion.audit.models import AuditEvent
from diversion.core import clock
from tests.integration.register.registers import first_session, make_running_course, mark, trainer_of


def test_of_two_who_send_at_once_one_is_recorded_and_the_other_told(committed_db):
    course = make_running_course(people=3)
    session = first_session(course)
    bookings, trainers = list(course.bookings.all()), [trainer_of(session) for _ in range(4)]
    ready, answers = threading.Barrier(len(trainers)), []

    def send(trainer, outcome):
        try:
            ready.wait()
            marks = [mark(booking, outcome) for booking in bookings]
            submit_register(session=session, marks=marks, user=trainer, by=trainer.as_actor(), at=clock.now())
            answers.append("recorded")
        except RegisterIsAlreadySubmitted:
            answers.append("told")
        except Exception as error:
            answers.append(repr(error))
        finally:
            connection.close()

    outcomes = ["ATTC", "UAAB", "ATTC", "UAAB"]
    threads = [threading.Thread(target=send, args=pair) for pair in zip(trainers, outcomes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["recorded", "told", "told", "told"]
    assert Attendance.objects.count() == 3
    assert AuditEvent.objects.filter(action="register.submitted").count() == 1
    assert Certificate.objects.count() in {0, 3}
