"""Which uploads a person may see."""

from typing import Any, Self

from django.db import models

from diversion.accounts.models import User
from diversion.accounts.permissions import Permission


class ImportBatchQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """The uploads of one's own agency, for whoever may upload."""
        return self.filter(agency=user.organisation_id) if user.may(Permission.IMPORT) else self.none()
