"""The trail, the histories, answers and marks are only ever added to.

The application's role loses the right to change or remove them. Their triggers say the same, but a session may put a trigger of
ours to sleep; a right it does not have, it cannot give itself. Keys are rotated by the owner.
"""

from django.conf import settings
from django.db import migrations

FACTS = (
    "audit_accessevent",
    "audit_auditevent",
    "audit_auditseal",
    "courses_attendance",
    "courses_bookingevent",
    "courses_concern",
    "courses_concernfollowup",
    "courses_courseevent",
    "courses_providerlicenceevent",
    "courses_sessionevent",
    "courses_surveyanswer",
    "courses_walkin",
    "courses_trainerlicenceevent",
    "courses_visit",
    "courses_visitfollowup",
    "payments_chargeevent",
    "payments_paymentattemptevent",
    "payments_refundevent",
    "referrals_casetaskevent",
    "referrals_conditionevent",
    "referrals_eligibilitycheck",
    "referrals_legalfactevent",
    "referrals_nonassociationevent",
    "referrals_offeranswer",
    "referrals_participantevent",
    "referrals_previoushistoryevent",
    "referrals_referralchange",
    "referrals_referralevent",
    "referrals_requirementevent",
    "referrals_riskdecisionevent",
    "referrals_schemeversionevent",
    "referrals_victimviewevent",
)


def change_rights(schema_editor, words):
    role = schema_editor.quote_name(settings.DATABASE_APPLICATION_ROLE)
    with schema_editor.connection.cursor() as cursor:
        for table in FACTS:
            cursor.execute(words.format(table=schema_editor.quote_name(table), role=role))


def revoke(apps, schema_editor):
    change_rights(schema_editor, "REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")


def grant(apps, schema_editor):
    change_rights(schema_editor, "GRANT UPDATE, DELETE ON {table} TO {role}")


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_initial"),
        ("referrals", "0001_initial"),
        ("courses", "0001_initial"),
        ("payments", "0001_initial"),
    ]
    operations = [migrations.RunPython(revoke, grant)]
