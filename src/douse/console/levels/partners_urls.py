"""Addresses of partners."""

from django.urls import path

from douse.console.levels import offers, partners

app_name = "partners"
urlpatterns = [
    path("", partners.show, name="list"),
    path("take", partners.take, name="take"),
    path("offer", offers.new, name="offer_new"),
    path("offers/<str:offer_id>", offers.one, name="offer"),
    path("<slug:name>/bundle", partners.bundle, name="bundle"),
]
