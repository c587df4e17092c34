"""Addresses of the signals."""

from django.urls import path

from douse.console.signals import views

app_name = "signals"
urlpatterns = [
    path("", views.show, name="list"),
    path("<path:signal_id>", views.signal, name="signal"),
]
