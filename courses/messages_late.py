"""What a provider's staff are told of a register that is late. By e-mail; which session, never who was expected."""

from datetime import datetime
from uuid import UUID

from courses.models import Session
from diversion.notifications.registry import Address, Message, link_to, register
from diversion.referrals.addresses import staff_address


class LateRegister(Message):
    """Base of both; dropped when the register has come in by the time it is sent."""

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        return staff_address(user_id=recipient_id, channel=channel)

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        session = Session.objects.filter(pk=subject_id, register_submitted_at=None).first()
        if session is None:
            return None
        return {"starts_at": session.starts_at, "link": link_to("register-mark", session.public_id)}


@register
class RegisterDue(LateRegister):
    """To the session's trainers and the provider's administrators, a day after the session."""

    kind = "register-due"
    template = "courses/register-due"


@register
class RegisterOverdue(LateRegister):
    """To the provider's administrators, three days after the session. The officers have been asked to look by then."""

    kind = "register-overdue"
    template = "courses/register-overdue"
