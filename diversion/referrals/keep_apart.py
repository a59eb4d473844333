"""Whom a person must not meet on a course (rule 15): by name, by incident, and whoever said so of them.

Names are matched by blind index over all agencies. The answer only ever leaves courses out; who is on them is not said.
"""

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q

from diversion.referrals.models import NonAssociation, Participant


def anybody_to_keep_apart(person: str) -> Exists:
    """Whether there may be anybody, as an annotation on rows whose participant is at the path `person`. For nearly all: no."""
    said = Q(participant=OuterRef(person))
    return Exists(
        NonAssociation.objects.live().filter(said | Q(other_family_name_index=OuterRef(f"{person}__family_name_index")))
    )


def people_to_keep_apart(participant: Participant, *, path: str = "") -> Q | None:
    """A filter for the participants (at `path`) whom this person must not meet; None where there is nobody. One query."""
    live = NonAssociation.objects.live()
    incidents = live.filter(participant=participant, incident_index__isnull=False).values("incident_index")
    rows = list(live.filter(Q(participant=participant) | _naming(participant) | Q(incident_index__in=incidents)))
    rules = [rule for each in rows if each.participant_id == participant.pk and (rule := _called(each, path))]
    if keys := {each.participant_id for each in rows} - {participant.pk}:
        rules.append(Q(**{f"{path}pk__in": keys}))
    return reduce(or_, rules) & ~Q(**{f"{path}pk": participant.pk}) if rules else None


def _called(each: NonAssociation, path: str) -> Q | None:
    """People of the other's last name and, where first names are known, of one that sounds alike."""
    if each.other_family_name_index is None:
        return None
    rule = Q(**{f"{path}family_name_index": each.other_family_name_index})
    if each.other_given_names_sound is not None:
        rule &= Q(**{f"{path}given_names_sound": each.other_given_names_sound})
    return rule


def _naming(participant: Participant) -> Q:
    called = Q(other_given_names_sound=None) | Q(other_given_names_sound=participant.given_names_sound)
    return Q(other_family_name_index=participant.family_name_index, other_family_name_index__isnull=False) & called
