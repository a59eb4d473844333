"""What the pages of uploads show."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from diversion.accounts.models import Organisation, User
from diversion.partners.columns import CATEGORY, COLUMNS, SCHEME, Kind, codes_of
from diversion.partners.models import ImportBatch, ImportRow
from diversion.referrals.models import OffenceCategory, Referral, Scheme
from diversion.referrals.queries import rules_on
from diversion.referrals.services.intake import Outcome


def uploads(user: User) -> QuerySet[ImportBatch]:
    """The uploads that the person may see, the newest first, each with how many rows are `done`."""
    batches = ImportBatch.objects.visible_to(user).select_related("uploaded_by")
    counted: QuerySet[ImportBatch] = batches.annotate(done=Count("rows", filter=~Q(rows__status="")))
    return counted.order_by("-uploaded_at", "-pk")


def tally(batch: ImportBatch) -> dict[str, int]:
    """How many rows came to what, and how many of all are `done`."""
    found = dict(ImportRow.objects.filter(batch=batch).values_list("status").annotate(Count("pk")))
    counts = {status.value: found.get(status, 0) for status in Outcome}
    return {**counts, "done": sum(counts.values())}


def seen_in_full(rows: Sequence[ImportRow], user: User) -> dict[object, Referral]:
    """Of the rows' referrals those that the person sees in full, by key."""
    keys = [row.referral_id for row in rows if row.referral_id]
    return {each.pk: each for each in Referral.objects.visible_to(user).filter(pk__in=keys)}


def example_row(agency: Organisation, *, day: date) -> list[str]:
    """A row that the agency could upload as it stands on a day: one of its own schemes, and dates that fit."""
    schemes = Scheme.objects.filter(agency=agency).prefetch_related("versions").order_by("code")
    categories = OffenceCategory.objects.order_by("code").values_list("code", flat=True)
    own = {SCHEME: next((each.code for each in schemes if rules_on(each, day=day)), ""), CATEGORY: categories.first() or ""}
    texts = {
        column.name: (day - timedelta(days=column.example)).isoformat()
        if isinstance(column.example, int)
        else column.example
        for column in COLUMNS
    }
    return list((texts | own).values())


def guide(agency: Organisation, *, day: date) -> list[dict[str, object]]:
    """Each column with what it takes, the codes it knows and an example."""
    own = {
        SCHEME: [(each.code, each.name) for each in Scheme.objects.filter(agency=agency).order_by("code")],
        CATEGORY: list(OffenceCategory.objects.order_by("code").values_list("code", "name")),
    }
    return [
        {
            "name": column.name,
            "what": column.what,
            "required": column.required,
            "codes": own.get(column.name) or codes_of(column),
            "example": example,
            "most": getattr(column.asked, "max_length", None) if column.kind == Kind.TEXT else None,
        }
        for column, example in zip(COLUMNS, example_row(agency, day=day), strict=True)
    ]
