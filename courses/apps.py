from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"
    label = "courses"

    def ready(self) -> None:
        from courses import messages, messages_licence, messages_register, messages_visit, tasks  # noqa: F401 - registers the messages and the minute's job
