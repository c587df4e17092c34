"""Addresses of the pages for residents, all below /public/, so that a proxy can open these alone to the world."""

from django.urls import URLPattern, URLResolver, include, path

from douse.console.public import home

app_name = "public"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("douse.console.claims.public_urls")),
    path("help", home.show, name="home"),
]
