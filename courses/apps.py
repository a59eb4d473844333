from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"
    label = "courses"

    def ready(self) -> None:
        from courses import messages, messages_door, messages_late, messages_licence, messages_register, tasks  # noqa: F401 - registers the messages and the minute's job
