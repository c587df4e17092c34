"""Addresses of the pages for residents, all below /public/, so that a proxy can open these alone to the world."""

from django.urls import URLPattern, URLResolver, include, path

from douse.console.public import home
from douse.console.public.needs import totals
from douse.console.public.needs import views as needs
from douse.console.public.receipts import views as receipts
from douse.console.public.self_report import views as reports

app_name = "public"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("douse.console.claims.public_urls")),
    path("help", home.show, name="home"),
    path("report", reports.show, name="report"),
    path("needs", needs.show, name="needs"),
    path("receipt", receipts.show, name="receipt"),
    path("receipt/correct", receipts.correct, name="correct"),
    path("receipt/withdraw", receipts.withdraw, name="withdraw"),
    path("receipt/confirm", receipts.confirm, name="confirm"),
    path("totals", totals.show, name="totals"),
    path("totals.json", totals.as_json, name="totals_json"),
    path("work", home.work, name="work"),
]
