"""Two roles: the owner migrates; the application owns nothing, and what is a fact it can only add to."""

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.utils import DatabaseError, ProgrammingError

from diversion.audit.models import AccessEvent
from tests.architecture.product import is_history, own_models
from tests.architecture.specimens import NOW, specimen

ROLE = settings.DATABASE_APPLICATION_ROLE
FACTS = {
    model._meta.db_table: model
    for model in own_models()
    if is_history(model) or any(trigger.name == "append_only" for trigger in getattr(model._meta, "triggers", []))
}


def asked(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def refused(sql):
    """Whether the database refuses the application's role outright: for want of a right, not for what the rows hold."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            transaction.set_rollback(True)
    except ProgrammingError as error:
        return error.__cause__.sqlstate == "42501"
    return False


@pytest.mark.django_db
def test_the_application_is_nobody_special():
    found = asked(
        """SELECT current_user, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication
           FROM pg_roles WHERE rolname = current_user"""
    )
    assert found == [(ROLE, False, False, False, False, False)]


@pytest.mark.django_db
def test_the_application_belongs_to_no_other_role():
    assert (
        asked(
            "SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = %s::regrole", ROLE
        )
        == []
    )


@pytest.mark.django_db
def test_the_application_owns_nothing():
    owned = asked("SELECT relname FROM pg_class WHERE relowner = %s::regrole", ROLE)
    owned += asked("SELECT proname FROM pg_proc WHERE proowner = %s::regrole", ROLE)
    owned += asked("SELECT nspname FROM pg_namespace WHERE nspowner = %s::regrole", ROLE)
    assert owned == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE referrals_participant DISABLE TRIGGER ALL",
        "ALTER TABLE referrals_referral DISABLE TRIGGER USER",
        "ALTER TABLE referrals_participant ADD COLUMN x int",
        "DROP TABLE audit_auditevent",
        "DROP TRIGGER pgtrigger_append_only_00dfa ON audit_auditevent",
        "SET session_replication_role = replica",
        "TRUNCATE referrals_participant CASCADE",
        "GRANT ALL ON audit_auditevent TO diversion_app",
        "COPY referrals_participant TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    ],
)
def test_the_application_may_not(sql):
    assert refused(sql) or _grants_nothing(sql)


def _grants_nothing(sql):
    """GRANT by somebody without the right to is a warning and changes nothing."""
    if not sql.startswith("GRANT"):
        return False
    with connection.cursor() as cursor:
        cursor.execute(sql)
    return not asked("SELECT has_table_privilege(%s, 'audit_auditevent', 'UPDATE')", ROLE)[0][0]


@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted(FACTS))
def test_facts_are_added_to_and_no_more(table):
    rights = {right: asked("SELECT has_table_privilege(%s, %s, %s)", ROLE, table, right)[0][0] for right in
              ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER")}  # fmt: skip
    assert rights == {
        "SELECT": True, "INSERT": True, "UPDATE": False, "DELETE": False, "TRUNCATE": False, "TRIGGER": False
    }  # fmt: skip
    column = FACTS[table]._meta.pk.column
    assert refused(f'UPDATE "{table}" SET "{column}" = "{column}"')
    assert refused(f'DELETE FROM "{table}"')
    assert refused(f'TRUNCATE "{table}"')


@pytest.mark.django_db
def test_putting_the_triggers_to_sleep_opens_nothing():
    """pgtrigger's way to ignore a trigger is a setting of the session, so the right itself must be missing."""
    import pgtrigger

    row = specimen(next(model for model in own_models() if model._meta.label == "audit.AuditEvent"))
    with pgtrigger.ignore("audit.AuditEvent:append_only"):
        assert refused(f"UPDATE audit_auditevent SET action = 'x' WHERE id = '{row.pk}'")


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_trigger_is_the_second_line():
    """Who has the right, the owner, is still stopped by the trigger."""
    AccessEvent.objects.using("owner").create(actor_kind="system", at=NOW, kind="page", route="x")
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic(using="owner"):
        AccessEvent.objects.using("owner").update(route="y")


@pytest.mark.django_db
def test_the_application_works_with_every_other_table():
    """A control: what is refused above is refused on purpose."""
    tables = {model._meta.db_table for model in own_models()} - set(FACTS)
    assert len(tables) > 20
    for table in tables:
        rights = [
            asked("SELECT has_table_privilege(%s, %s, %s)", ROLE, table, right)[0][0]
            for right in ("INSERT", "UPDATE", "DELETE")
        ]
        assert rights == [True, True, True], table


def test_a_table_made_later_is_the_applications_to_use(committed_db):
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE made_later (id serial PRIMARY KEY)")
        try:
            cursor.execute(
                "SELECT has_table_privilege(%s, 'made_later', r) FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE']) r",
                [ROLE],
            )
            assert cursor.fetchall() == [(True,)] * 4
            cursor.execute("SELECT has_sequence_privilege(%s, 'made_later_id_seq', 'USAGE')", [ROLE])
            assert cursor.fetchall() == [(True,)]
        finally:
            cursor.execute("DROP TABLE made_later")
    connections["owner"].close()
