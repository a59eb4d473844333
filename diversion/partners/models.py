"""Files that were uploaded, and what became of each of their rows."""

from django.db import models

from diversion.accounts.models import Organisation, User
from diversion.core.encryption import EncryptedJSONField
from diversion.core.models import PublicRow, Row, StatefulModel, legal_moves, state_field, state_known
from diversion.partners.lifecycle import IMPORT
from diversion.partners.querysets import ImportBatchQuerySet
from diversion.referrals.models import Referral
from diversion.referrals.services.intake import Outcome

STATUSES = [each.value for each in Outcome]


class ImportBatch(PublicRow, StatefulModel):
    """One uploaded file. Its rows are the work: how far it is, they say themselves."""

    lifecycle = IMPORT
    state = state_field(IMPORT)
    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    dry_run = models.BooleanField()
    rows_total = models.PositiveIntegerField()
    finished_at = models.DateTimeField(null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        triggers = [legal_moves(IMPORT)]
        constraints = [state_known("partners_importbatch", IMPORT)]
        indexes = [models.Index(fields=["agency", "-uploaded_at"], name="partners_newest")]

    def __str__(self) -> str:
        return self.public_id


class ImportRow(Row):
    """One row of a file, numbered as a spreadsheet numbers it. `data` is kept until the row has been taken in; `status` is empty
    before. `errors` name columns, never what stood in them; a rule's reasons may tell of the person, so they are sealed."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    data = EncryptedJSONField(null=True)
    status = models.CharField(max_length=10, blank=True, default="")
    referral = models.ForeignKey(Referral, null=True, on_delete=models.SET_NULL, related_name="+")
    errors = EncryptedJSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="partners_importrow_number_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=["", *STATUSES]), name="partners_importrow_status_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "number"], condition=models.Q(status=""), name="partners_row_to_do"),
        ]

    def __str__(self) -> str:
        return str(self.number)
