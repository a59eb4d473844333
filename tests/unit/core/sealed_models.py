"""Tables for the tests of encrypted fields, in a registry of their own so that the product has no trace of them."""

import uuid

import pghistory
import pgtrigger
from django.apps.registry import Apps
from django.db import models

from diversion.core.encryption import BlindIndexField, EncryptedDateField, EncryptedJSONField, EncryptedTextField

REGISTRY = Apps()
KNOWN_BEFORE = {trigger.get_uri(model) for model, trigger in pgtrigger.registered()}


class Person(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    surname = EncryptedTextField(max_length=40)
    alias = EncryptedTextField(max_length=40, blank=True)
    email = EncryptedTextField(null=True, blank=True)
    phone = EncryptedTextField(null=True, blank=True)
    born_on = EncryptedDateField(null=True, blank=True)
    needs = EncryptedJSONField(null=True, blank=True)
    email_index = BlindIndexField(source="email", purpose="email", db_index=True)
    phone_index = BlindIndexField(source="phone", purpose="phone")
    sounds_index = BlindIndexField(source="surname", purpose="surname_phonetic")

    class Meta:
        apps = REGISTRY
        app_label = "core"
        db_table = "test_person"

    def __str__(self) -> str:
        return str(self.pk)


class Letter(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, models.CASCADE)
    surname = EncryptedTextField()
    contact_index = BlindIndexField(source="contact", purpose="email")
    contact = EncryptedTextField(null=True)

    class Meta:
        apps = REGISTRY
        app_label = "core"
        db_table = "test_letter"
        constraints = [models.UniqueConstraint(fields=["contact_index"], name="test_letter_contact_once")]

    def __str__(self) -> str:
        return str(self.pk)


PersonEvent = pghistory.create_event_model(
    Person,
    context_field=None,
    append_only=True,
    app_label="core",
    model_name="PersonEvent",
    meta={"apps": REGISTRY, "db_table": "test_person_event"},
    abstract=False,
)
TABLES = [Person, Letter, PersonEvent]
HISTORY = [(m, t) for m, t in pgtrigger.registered() if t.get_uri(m) not in KNOWN_BEFORE]
PROTECTION = [(PersonEvent, trigger) for trigger in PersonEvent._meta.triggers]
for model, trigger in HISTORY:
    trigger.unregister(model)
