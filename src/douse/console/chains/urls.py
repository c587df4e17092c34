"""Addresses of the chains."""

from django.urls import path

from douse.console.chains import views

app_name = "chains"
urlpatterns = [
    path("", views.show, name="show"),
    path("make", views.make, name="make"),
    path("progress", views.show_progress, name="progress"),
    path("case/<path:case_id>", views.case, name="case"),
]
