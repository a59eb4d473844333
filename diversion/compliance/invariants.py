"""What must be true of the whole database at any moment, beyond what constraints can say of one row.

Each is a query for the rows that break it. `manage.py check_invariants` runs them after every fault test and nightly.
"""

from collections.abc import Mapping

from django.db import connection

INVARIANTS: Mapping[str, str] = {
    "places taken on a course equal its bookings that take a place": """
        SELECT c.public_id FROM courses_course c LEFT JOIN courses_booking b
            ON b.course_id = c.id AND b.state IN ('held', 'confirmed', 'completed', 'not_completed')
        GROUP BY c.id HAVING c.taken <> coalesce(sum(b.seats), 0)""",
    "a confirmed booking was paid, waived or funded": """
        SELECT b.public_id FROM courses_booking b LEFT JOIN payments_charge g ON g.booking_id = b.id
        WHERE b.state = 'confirmed' AND b.price_pence > 0 AND (g.id IS NULL OR g.state NOT IN ('paid', 'waived', 'funded'))""",
    "paid money bought a place or is on its way back": """
        SELECT g.public_id FROM payments_charge g JOIN courses_booking b ON b.id = g.booking_id
        WHERE g.state = 'paid' AND g.amount_pence > 0
          AND b.state NOT IN ('confirmed', 'completed', 'not_completed', 'cancelled_by_participant')
          AND NOT (b.state = 'cancelled_by_provider' AND EXISTS (
            SELECT 1 FROM courses_replacement p WHERE p.booking_id = b.id AND p.state = 'offered'))""",
    "money that a move carried away has arrived once": """
        SELECT g.public_id FROM payments_charge g WHERE (g.state = 'carried') <> EXISTS (
            SELECT 1 FROM payments_charge n WHERE n.carried_from_id = g.id AND n.carried_at IS NOT NULL)""",
    "nobody has a place on a cancelled course that was seen to": """
        SELECT c.public_id FROM courses_course c JOIN courses_coursecancellation x ON x.course_id = c.id
        JOIN courses_booking b ON b.course_id = c.id AND b.state IN ('held', 'confirmed')
        WHERE x.finished_at IS NOT NULL""",
    "no attempt gives back more than it took": """
        SELECT a.public_id FROM payments_paymentattempt a JOIN payments_refund r ON r.attempt_id = a.id AND r.state <> 'failed'
        GROUP BY a.id HAVING sum(r.amount_pence) > a.amount_pence""",
    "a course's first start and last end are its sessions'": """
        SELECT c.public_id FROM courses_course c JOIN courses_session s ON s.course_id = c.id
        GROUP BY c.id HAVING c.first_starts_at <> min(s.starts_at) OR c.last_ends_at <> max(s.ends_at)""",
    "a live booking's sessions end in time": """
        SELECT DISTINCT b.public_id FROM courses_booking b
        JOIN courses_session s ON s.course_id = b.course_id AND (b.positions IS NULL OR s.position = ANY (b.positions))
        JOIN referrals_requirement q ON q.id = b.requirement_id
        WHERE b.state IN ('held', 'confirmed')
          AND NOT EXISTS (SELECT 1 FROM audit_auditevent e  -- the provider moved it: an officer was asked
            WHERE e.subject_id = b.id AND e.action = 'booking.times_changed')
          AND s.ends_at >= ((q.complete_by + 1)::timestamp AT TIME ZONE 'Europe/London')""",
    "a met requirement has a completed booking, or an officer was asked about one that was undone": """
        SELECT q.public_id FROM referrals_requirement q WHERE q.state = 'met'
          AND NOT EXISTS (SELECT 1 FROM courses_booking b WHERE b.requirement_id = q.id AND b.state = 'completed')
          AND NOT EXISTS (SELECT 1 FROM courses_booking b
            JOIN audit_auditevent e ON e.subject_id = b.id AND e.old_state = 'completed' AND e.new_state = 'not_completed'
            JOIN referrals_casetask t ON t.subject_id = b.id AND t.kind = 'needs-decision'
            WHERE b.requirement_id = q.id)""",
    "a completed booking has a certificate that stands": """
        SELECT b.public_id FROM courses_booking b LEFT JOIN courses_certificate f ON f.booking_id = b.id AND f.revoked_at IS NULL
        WHERE b.state = 'completed' AND f.id IS NULL""",
    "every state has its audit row": """
        SELECT r.public_id FROM referrals_referral r WHERE NOT EXISTS (
            SELECT 1 FROM audit_auditevent e WHERE e.subject_id = r.id AND e.new_state = r.state)""",
    "nobody is breached without two named people": """
        SELECT r.public_id FROM referrals_referral r WHERE r.state = 'breached' AND (
            SELECT count(DISTINCT e.actor_id) FROM audit_auditevent e
            WHERE e.case_id = r.id AND e.actor_kind = 'staff' AND e.action IN ('breach.proposed', 'referral.breached')) < 2""",
    "no ended case has a live place": """
        SELECT r.public_id FROM referrals_referral r JOIN referrals_requirement q ON q.referral_id = r.id
        JOIN courses_booking b ON b.requirement_id = q.id AND b.state IN ('held', 'confirmed')
        WHERE r.state IN ('withdrawn', 'void', 'declined', 'expired', 'refused')""",
    "no withdrawn case has a live offer": """
        SELECT r.public_id FROM referrals_referral r JOIN referrals_offer o ON o.referral_id = r.id AND o.ended_at IS NULL
        WHERE r.state IN ('withdrawn', 'void')""",
    "nothing waits for the person of a withdrawn case but the news of its end": """
        SELECT r.public_id FROM referrals_referral r
        JOIN notifications_outboxmessage m ON m.case_id = r.id AND m.recipient_id = r.participant_id
        WHERE r.state = 'withdrawn' AND m.state = 'queued' AND m.tries = 0
          AND m.kind NOT IN ('case-closed', 'payment-returned')""",
    "an open case has an officer who works for its agency": """
        SELECT r.public_id FROM referrals_referral r
        WHERE NOT r.voluntary AND r.state IN
            ('draft', 'awaiting_authorisation', 'authorised', 'offered', 'expired', 'accepted', 'active')
          AND NOT EXISTS (SELECT 1 FROM accounts_membership m
            WHERE m.user_id = r.officer_id AND m.organisation_id = r.agency_id AND m.ended_at IS NULL)""",
    "nothing waits in the outbox half an hour past its time": """
        SELECT m.id::text FROM notifications_outboxmessage m
        WHERE m.state = 'queued' AND m.due_at < now() - interval '30 minutes' AND m.tries = 0""",
}


def broken() -> dict[str, list[str]]:
    """Each broken invariant with the public ids of up to ten rows that break it."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for rule, query in INVARIANTS.items():
            cursor.execute(f"{query} LIMIT 10")
            rows = [str(row[0]) for row in cursor.fetchall()]
            if rows:
                found[rule] = rows
    return found
