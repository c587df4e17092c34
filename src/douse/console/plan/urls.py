"""Addresses of the plan."""

from django.urls import path

from douse.console.plan import past, views

app_name = "plan"
urlpatterns = [
    path("", views.show, name="show"),
    path("make", views.make, name="make"),
    path("progress", views.show_progress, name="progress"),
    path("compare", views.compare, name="compare"),
    path("in-force", past.show_in_force, name="in_force"),
    path("end", past.end_measure, name="end"),
    path("decisions", past.show_decisions, name="decisions"),
    path("decisions/<str:decision_id>", past.show_decision, name="decision"),
    path("second/<path:proposal>", views.second, name="second"),
    path("measure/<path:proposal>", views.measure, name="measure"),
]
