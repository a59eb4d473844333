"""Teams: officers of one agency who see their cases as one list."""

from datetime import datetime

from django.db import transaction

from diversion.accounts.models import Membership, Team
from diversion.audit.trail import record_change
from diversion.core.actor import Actor


@transaction.atomic
def join_team(*, membership: Membership, name: str, by: Actor, at: datetime) -> Membership:
    """Put a colleague in the team of that name, made if the organisation has none so called; an empty name in none.

    Joining the same team again changes nothing.
    """
    membership = Membership.objects.select_for_update().select_related("organisation").get(pk=membership.pk)
    team = _team(membership, " ".join(name.split()))
    if team == membership.team:
        return membership
    membership.team = team
    membership.save(update_fields=["team"])
    data = {"team": str(team.pk) if team else "", "organisation": str(membership.organisation_id)}
    record_change(action="membership.team-changed", subject=membership, by=by, at=at, data=data)
    return membership


def _team(membership: Membership, name: str) -> Team | None:
    if not name:
        return None
    teams = Team.objects.filter(organisation=membership.organisation)
    found: Team | None = teams.filter(name__iexact=name).first()
    return found or Team.objects.create(organisation=membership.organisation, name=name)
