"""A room of a venue, and the days on which a trainer is away."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from courses.models.provider import Venue
from courses.querysets import RoomQuerySet
from diversion.accounts.models import User
from diversion.core.models import PublicRow


class Room(PublicRow):
    """Where the sessions of one course at a time are held. `capacity` is how many participants it takes."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=60)
    capacity = models.PositiveSmallIntegerField()

    objects = RoomQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue", "name"], name="courses_room_name_once"),
            models.CheckConstraint(condition=Q(capacity__gt=0), name="courses_room_has_places"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="holds_its_courses",
                operation=pgtrigger.UpdateOf("capacity", "venue_id"),  # type: ignore[no-untyped-call]
                when=pgtrigger.After,
                func="""
                    IF EXISTS (
                        SELECT FROM courses_course
                        WHERE room_id = NEW.id AND state IN ('draft', 'published') AND last_ends_at > now()
                            AND (capacity > NEW.capacity OR venue_id <> NEW.venue_id)
                    ) THEN
                        RAISE EXCEPTION 'a course to come needs this room as it is'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'courses_room_holds_its_courses';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.venue}: {self.name}"


class TimeAway(PublicRow):
    """Days on which a trainer teaches nothing, the first and the last among them. Why is nobody's business here."""

    trainer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="times_away")
    first_on = models.DateField()
    last_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="courses_timeaway_ends_after_it_starts"),
            models.UniqueConstraint(fields=["trainer", "first_on"], name="courses_timeaway_one_per_start"),
        ]
        ordering = ["first_on"]

    def __str__(self) -> str:
        return self.public_id
