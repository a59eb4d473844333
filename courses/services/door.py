"""What a trainer writes down beside the marks: a concern for the agency, and somebody who came without a place (C11, C15)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.fitting import seats_for
from courses.messages_door import ConcernForService, ConcernRaised, SomebodyCame
from courses.models import Booking, Concern, ConcernFollowUp, Session, WalkIn
from courses.policies import must_end_before
from courses.queries.waiting import seats_left
from courses.register_rules import RegisterIsNotOpenYet, is_open
from diversion.accounts.enums import Role
from diversion.accounts.models import Membership, User
from diversion.accounts.permissions import Permission
from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.core.encryption import blind
from diversion.core.errors import Refusal
from diversion.core.moments import moment_words
from diversion.core.references import canonical
from diversion.notifications.enums import Channel
from diversion.notifications.outbox import queue_message
from diversion.referrals.enums import RequirementState, TaskKind
from diversion.referrals.models import Requirement
from diversion.referrals.services.tasks import raise_task
from diversion.referrals.services.telling import tell_officer

SECOND_PRESS = timedelta(minutes=1)


class ConcernNeedsWords(Refusal):
    sentence = _("Say what you are concerned about.")
    field = "words"


class ConcernIsFollowedUp(Refusal):
    sentence = _("Somebody has written down already what was done.")


@transaction.atomic
def raise_concern(*, booking: Booking, session: Session, words: str, user: User, by: Actor, at: datetime) -> Concern:
    """Tell the agency of a worry about somebody's safety or wellbeing, apart from everything that is judged.

    It is no mark: neither the completion nor a colour nor a deadline is worked out from it. The officer is asked to read it at
    once; neither the participant nor anybody at the provider is told or shown it. Somebody who came of their own accord has no
    agency: the service team is told and reads it. The trainer does not learn which of the two it was. The same words about the same
    person, sent again by the same trainer, are the same concern.

    :raises ConcernNeedsWords: nothing is said.
    :raises RegisterIsNotOpenYet: the session is more than half an hour away.
    """
    if not words.strip():
        raise ConcernNeedsWords()
    _check_open(session, at=at)
    Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    for known in Concern.objects.filter(booking=booking, session=session, raised_by=user):
        if known.words == words.strip():
            return known
    concern = Concern(booking=booking, session=session, words=words.strip(), raised_by=user, raised_at=at)
    concern.save(force_insert=True)
    referral = booking.requirement.referral
    record_change(action="concern.raised", subject=concern, by=by, at=at, case_id=referral.pk)
    if not referral.voluntary:
        with translation.override(settings.LANGUAGE_CODE):
            detail = gettext(
                "A trainer is concerned about the person. Read it on the case. It says nothing about attendance."
            )
        raise_task(referral=referral, kind=TaskKind.CONCERN_RAISED, subject_id=concern.pk, by=by, at=at, detail=detail)
        tell_officer(kind=ConcernRaised.kind, referral=referral, subject_id=referral.pk, at=at, occurrence=str(concern.pk))
    else:
        _tell_service_team(concern, at=at)
    return concern


@transaction.atomic
def follow_up_concern(*, concern: Concern, words: str, user: User, by: Actor, at: datetime) -> ConcernFollowUp:
    """Say what was done about a volunteer's concern, once: the others of the service team need not do it again.

    :raises ConcernIsFollowedUp: somebody has said so before. The database refuses a second too.
    """
    done = ConcernFollowUp(concern=concern, words=words, done_at=at, done_by=user)
    try:
        with transaction.atomic():
            done.save(force_insert=True)
    except IntegrityError:
        raise ConcernIsFollowedUp() from None
    case_id = concern.booking.requirement.referral_id
    record_change(action="concern.followed-up", subject=concern, by=by, at=at, case_id=case_id)
    return done


def _tell_service_team(concern: Concern, *, at: datetime) -> None:
    team = Membership.objects.live().who_may(Permission.READ_CONCERNS)
    for user_id in team.values_list("user_id", flat=True):
        queue_message(
            kind=ConcernForService.kind, recipient_id=user_id, subject_id=concern.pk, at=at, channels=[Channel.EMAIL]
        )


@transaction.atomic
def record_walk_in(*, session: Session, first_name: str, reference: str, user: User, by: Actor, at: datetime) -> WalkIn:
    """Write down who came without a place, as they said it. Nobody is booked.

    The provider's administrators are told, always alike: nobody at the door learns whether such a case exists. Where the
    reference is that of a case which waits for this programme, its officer is asked to look. The same, written down again by the
    same trainer within a minute, is a second press of the button.

    :raises RegisterIsNotOpenYet: the session is more than half an hour away.
    """
    _check_open(session, at=at)
    typed = canonical(reference)
    Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    for known in WalkIn.objects.filter(session=session, recorded_by=user, recorded_at__gt=at - SECOND_PRESS):
        if (known.first_name, known.reference) == (first_name, typed):
            return known
    row = WalkIn(session=session, first_name=first_name, reference=typed, recorded_by=user, recorded_at=at)
    row.save(force_insert=True)
    record_change(action="walk-in.recorded", subject=row, by=by, at=at)
    administrators = Membership.objects.live().filter(
        organisation=session.course.provider.organisation_id, role=Role.PROVIDER_ADMINISTRATOR
    )
    for user_id in administrators.values_list("user_id", flat=True):
        queue_message(
            kind=SomebodyCame.kind, recipient_id=user_id, subject_id=session.pk, at=at, occurrence=str(row.pk),
            channels=[Channel.EMAIL],
        )  # fmt: skip
    for requirement in _waiting_for(typed, session):
        _ask_officer(requirement, row, by=by, at=at)
    return row


def _waiting_for(reference: str, session: Session) -> list[Requirement]:
    rows = Requirement.objects.filter(
        referral__reference_index=blind("reference", reference), referral__voluntary=False,
        state=RequirementState.IN_PROGRESS, programme=session.course.programme_id,
    )  # fmt: skip
    return list(rows.select_related("referral__agency", "referral__participant"))


def _ask_officer(requirement: Requirement, row: WalkIn, *, by: Actor, at: datetime) -> None:
    course = row.session.course
    free_seats = seats_left(course, at=at) >= seats_for(requirement.referral.participant)
    fits = free_seats and course.last_ends_at < must_end_before(requirement)
    with translation.override(settings.LANGUAGE_CODE):
        told = gettext("Somebody came to the session on %(when)s without a place and gave this case’s reference.")
        free = gettext("The course has a free place and ends in time.")
        full = gettext("The course is full or ends too late.")
        detail = " ".join(
            [told % {"when": moment_words(row.session.starts_at)}, free if fits else full, gettext("Nothing was booked.")]
        )
    raise_task(
        referral=requirement.referral, kind=TaskKind.CAME_WITHOUT_PLACE, subject_id=row.pk, by=by, at=at, detail=detail
    )


def _check_open(session: Session, *, at: datetime) -> None:
    if not is_open(session, at=at):
        raise RegisterIsNotOpenYet(_("You can write this down once the register is open."))
