"""Two database roles before the first table: the owner, who migrates, and the application, which owns nothing."""

from django.conf import settings
from django.db import migrations


def create_application_role(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APPLICATION_ROLE)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.DATABASE_APPLICATION_ROLE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {role} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
        if settings.DATABASES["default"].get("OPTIONS", {}).get("assume_role"):
            cursor.execute(f"GRANT {role} TO CURRENT_USER")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT ON django_migrations TO {role}")
        cursor.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"
        )
        cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}")


class Migration(migrations.Migration):
    initial = True
    run_before = [
        ("contenttypes", "0001_initial"),
        ("sessions", "0001_initial"),
        ("pghistory", "0001_initial"),
        ("accounts", "0001_initial"),
        ("notifications", "0001_initial"),
    ]
    operations = [migrations.RunPython(create_application_role, migrations.RunPython.noop)]
