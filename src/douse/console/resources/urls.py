"""Addresses of the resources."""

from django.urls import path

from douse.console.resources import crews, forms, views

app_name = "resources"
urlpatterns = [
    path("", views.show, name="show"),
    path("beds", views.beds, name="beds"),
    path("facility/<path:facility_id>", forms.facility, name="facility"),
    path("stock", views.stock, name="stock"),
    path("stock/count", forms.count, name="count"),
    path("shipments", views.shipments, name="shipments"),
    path("shipments/send", forms.send, name="send"),
    path("shipments/received/<path:shipment_id>", forms.receive, name="receive"),
    path("crews", crews.crews, name="crews"),
    path("crews/new", crews.add, name="crew_new"),
    path("crews/<path:crew_id>", crews.change, name="crew"),
]
