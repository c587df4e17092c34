"""Addresses of events that are weighed by the International Health Regulations."""

from django.urls import path

from douse.console.levels import events

app_name = "events"
urlpatterns = [
    path("", events.show, name="list"),
    path("new", events.new, name="new"),
    path("<str:assessment_id>", events.one, name="event"),
    path("<str:assessment_id>/move", events.move, name="move"),
    path("<str:assessment_id>/text", events.text, name="text"),
]
