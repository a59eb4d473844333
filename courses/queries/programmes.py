"""Programmes, as the service team keeps them."""

from django.db.models import Count, QuerySet

from diversion.referrals.models import Programme


def programmes() -> QuerySet[Programme]:
    """All of them by name, each with `sessions`, how many its plan has."""
    return Programme.objects.annotate(sessions=Count("session_templates")).order_by("name", "pk")
