from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"
    label = "courses"

    def ready(self) -> None:
        from courses import (  # noqa: F401 - registers the messages and the minute's jobs
            messages,
            messages_door,
            messages_late,
            messages_licence,
            messages_register,
            messages_venue,
            messages_visit,
            messages_waiting,
            tasks,
        )
