import uuid

import django.db.models.deletion
from django.db import migrations, models

import diversion.core.encryption.fields


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ContactClaim",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("channel", models.CharField(choices=[("email", "E-mail"), ("sms", "Text message")], max_length=8)),
                ("contact", diversion.core.encryption.fields.EncryptedTextField(max_length=254)),
                ("code", diversion.core.encryption.fields.EncryptedTextField(max_length=6, null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_claims",
                        to="referrals.participant",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="referrals_claim_expiry")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="referrals_contactclaim_ends_after_it_starts",
                    )
                ],
            },
        ),
    ]
