"""The one way to remove a history: of one volunteer who has left and whose row is blank. The owner's, lent to the application.

It refuses whoever has a case of an agency, or a case that still runs, or whose row still names them.
"""

from django.conf import settings
from django.db import migrations

MAKE = """
CREATE FUNCTION erase_volunteers_history(who uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM referrals_referral WHERE participant_id = who AND voluntary)
        OR EXISTS (SELECT 1 FROM referrals_referral WHERE participant_id = who AND NOT voluntary)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'only a volunteer''s history may be erased';
    END IF;
    IF EXISTS (SELECT 1 FROM referrals_referral WHERE participant_id = who AND state IN ('accepted', 'active'))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'this volunteer has not left';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM referrals_participant WHERE id = who AND user_id IS NULL AND given_names_sound IS NULL
            AND family_name_index IS NULL AND date_of_birth_index IS NULL AND email_index IS NULL AND mobile_index IS NULL
    )
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'this row still names somebody';
    END IF;
    -- The triggers that keep histories whole sleep for the three statements that follow, and no longer.
    PERFORM set_config('pgtrigger.ignore', (
        SELECT array_agg(tgname)::text FROM pg_trigger
        WHERE tgname LIKE 'pgtrigger_append_only_%' AND tgrelid IN (
            'referrals_participantevent'::regclass, 'referrals_referralevent'::regclass,
            'referrals_nonassociationevent'::regclass)
    ), true);
    DELETE FROM referrals_participantevent WHERE pgh_obj_id = who;
    DELETE FROM referrals_referralevent WHERE pgh_obj_id IN (SELECT id FROM referrals_referral WHERE participant_id = who);
    DELETE FROM referrals_nonassociationevent
        WHERE pgh_obj_id IN (SELECT id FROM referrals_nonassociation WHERE participant_id = who);
    PERFORM set_config('pgtrigger.ignore', '{}', true);
END
$$
"""


def make(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APPLICATION_ROLE)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(MAKE)
        cursor.execute("REVOKE ALL ON FUNCTION erase_volunteers_history(uuid) FROM PUBLIC")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION erase_volunteers_history(uuid) TO {role}")


def drop(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION erase_volunteers_history(uuid)")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_roles"), ("referrals", "0002_reference_data")]
    operations = [migrations.RunPython(make, drop)]
