"""The triggers by which the database refuses a trainer or a room two sessions at once.

An exclusion constraint would need an extension that not every PostgreSQL has, and columns of three tables. So each write that could
make a clash takes a lock named after the trainer or the room, which it keeps until it commits, and then looks: of two that
race, the later one looks after the earlier has committed, and sees it. The rows it relies on are locked against change.
A cancelled course occupies nobody and nothing. Times touch without clashing: one session may start as another ends.
"""

import pgtrigger

_SAME_TIME = "other.id <> {session}.id AND other.starts_at < {session}.ends_at AND other.ends_at > {session}.starts_at"

_ROOM = """
    PERFORM pg_advisory_xact_lock(hashtextextended('courses_room ' || {room}, 0));
    IF EXISTS (
        SELECT FROM courses_session other JOIN courses_course course ON course.id = other.course_id
        WHERE course.room_id = {room} AND course.state <> 'cancelled' AND {same_time}
    ) THEN
        RAISE EXCEPTION 'the room is taken at that time'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'courses_session_room_is_free';
    END IF;
"""

_TRAINER = """
    PERFORM pg_advisory_xact_lock(hashtextextended('courses_trainer ' || {trainer}, 0));
    IF EXISTS (
        SELECT FROM courses_session other JOIN courses_course course ON course.id = other.course_id
            JOIN courses_session_trainers teaching ON teaching.session_id = other.id
        WHERE teaching.user_id = {trainer} AND course.state <> 'cancelled' AND {same_time}
    ) THEN
        RAISE EXCEPTION 'the trainer teaches elsewhere at that time'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'courses_session_trainer_is_free';
    END IF;
"""


_ON_SESSION = """
    SELECT room_id INTO room FROM courses_course WHERE id = NEW.course_id AND state <> 'cancelled' FOR SHARE;
    IF NOT FOUND THEN RETURN NEW; END IF;
    IF room IS NOT NULL THEN {room_check} END IF;
    FOR person IN SELECT user_id FROM courses_session_trainers WHERE session_id = NEW.id ORDER BY user_id LOOP
        {trainer_check}
    END LOOP;
    RETURN NEW;
"""

_ON_TEACHING = """
    SELECT session.* INTO mine FROM courses_session session JOIN courses_course course ON course.id = session.course_id
        WHERE session.id = NEW.session_id AND course.state <> 'cancelled' FOR SHARE OF session;
    IF NOT FOUND THEN RETURN NEW; END IF;
    {trainer_check}
    RETURN NEW;
"""

_ON_COURSE = """
    IF NOT EXISTS (
        SELECT FROM courses_room
        WHERE id = NEW.room_id AND venue_id = NEW.venue_id AND capacity >= NEW.capacity FOR SHARE
    ) THEN
        RAISE EXCEPTION 'the room is elsewhere, or too small'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'courses_course_fits_its_room';
    END IF;
    FOR mine IN SELECT * FROM courses_session WHERE course_id = NEW.id ORDER BY starts_at LOOP
        {room_check}
    END LOOP;
    RETURN NEW;
"""


def session_is_alone() -> pgtrigger.Trigger:
    """On a session: its time suits its course's room and each of its trainers."""
    same_time = _SAME_TIME.format(session="NEW")
    return pgtrigger.Trigger(
        name="is_alone",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("starts_at", "ends_at", "course_id"),  # type: ignore[no-untyped-call]
        when=pgtrigger.After,
        declare=[("room", "UUID"), ("person", "UUID")],
        func=_ON_SESSION.format(
            room_check=_ROOM.format(room="room", same_time=same_time),
            trainer_check=_TRAINER.format(trainer="person", same_time=same_time),
        ),
    )


def trainer_is_free() -> pgtrigger.Trigger:
    """On the table of who teaches which session: the session's time suits the trainer."""
    same_time = _SAME_TIME.format(session="mine")
    return pgtrigger.Trigger(
        name="trainer_is_free",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.After,
        declare=[("mine", "RECORD")],
        func=_ON_TEACHING.format(trainer_check=_TRAINER.format(trainer="NEW.user_id", same_time=same_time)),
    )


def room_is_free() -> pgtrigger.Trigger:
    """On a course: its room is of its venue, has room for its places, and suits each of its sessions."""
    same_time = _SAME_TIME.format(session="mine")
    return pgtrigger.Trigger(
        name="room_is_free",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("room_id", "venue_id", "capacity"),  # type: ignore[no-untyped-call]
        when=pgtrigger.After,
        condition=pgtrigger.Q(new__room__isnull=False) & ~pgtrigger.Q(new__state="cancelled"),
        declare=[("mine", "RECORD")],
        func=_ON_COURSE.format(room_check=_ROOM.format(room="NEW.room_id", same_time=same_time)),
    )
