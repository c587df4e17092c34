"""Addresses of the staff's side of what residents send."""

from django.urls import URLPattern, URLResolver, path

from douse.console.public.staff import codes, requests, triage

app_name = "residents"
urlpatterns: list[URLPattern | URLResolver] = [
    path("reports", triage.show, name="triage"),
    path("reports/<str:report_id>", triage.report, name="report"),
    path("requests", requests.show, name="requests"),
    path("requests/<str:request_id>", requests.one, name="request"),
    path("codes", codes.show, name="codes"),
]
