"""The console as an application of Django."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Models under the label `console`; templates and static files beside this file."""

    name = "douse.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"
