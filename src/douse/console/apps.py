"""The console as an application of Django."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Models under the label `console`; templates and static files beside this file."""

    name = "douse.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang up the bells: what the console itself adds to what is written, whoever writes it."""
        from douse.console.public.needs import alarm  # noqa: F401, PLC0415  (models are there only now)
        from douse.console.public.self_report import repeats  # noqa: F401, PLC0415
