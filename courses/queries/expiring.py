"""Licences that soon end and that no other follows."""

from datetime import date, timedelta

from courses.licensing import WARN_DAYS, is_followed
from courses.models import ProviderLicence, TrainerLicence


def has_successor(licence: ProviderLicence | TrainerLicence) -> bool:
    """Another licence of the same holder for the same programme goes on without a gap."""
    if isinstance(licence, ProviderLicence):
        own = ProviderLicence.objects.filter(provider=licence.provider_id, programme=licence.programme_id)
        return is_followed(licence.leave, [each.leave for each in own])
    taught = TrainerLicence.objects.filter(trainer=licence.trainer_id, programme=licence.programme_id)
    return is_followed(licence.leave, [each.leave for each in taught])


def providers_ending(*, today: date) -> list[ProviderLicence]:
    """Licences of providers within the first warning's days of their last."""
    soon = ProviderLicence.objects.filter(valid_until__range=(today, today + timedelta(days=max(WARN_DAYS))))
    return [licence for licence in soon.select_related("provider").order_by("pk") if not has_successor(licence)]


def trainers_ending(*, today: date) -> list[TrainerLicence]:
    """Licences of trainers within the first warning's days of their last."""
    soon = TrainerLicence.objects.filter(valid_until__range=(today, today + timedelta(days=max(WARN_DAYS))))
    return [licence for licence in soon.order_by("pk") if not has_successor(licence)]
