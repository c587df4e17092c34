"""Addresses of the administration."""

from django.urls import path

from douse.console.admin import audit, holds, ledger, protocol, retention, users

app_name = "admin"
urlpatterns = [
    path("users", users.listed, name="users"),
    path("users/<str:name>", users.one, name="user"),
    path("protocol", protocol.show, name="protocol"),
    path("retention", retention.show, name="retention"),
    path("holds", holds.put, name="hold"),
    path("holds/released", holds.end, name="release"),
    path("audit", audit.show, name="audit"),
    path("ledger", ledger.show, name="ledger"),
]
