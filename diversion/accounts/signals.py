"""What accounts tell apps further up the street."""

from django.dispatch import Signal

staff_message_due = Signal()
"""A member of staff, or a person invited, is to be written to. Sent inside the transaction of the change it tells of, with
`kind`, `recipient_id`, `subject_id`, `at` and `occurrence`; the outbox takes it (`notifications.messages`)."""
