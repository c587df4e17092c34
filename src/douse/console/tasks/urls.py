"""Addresses of the tasks. The service worker rules over all of them, so it lies beside them."""

from django.urls import path

from douse.console.tasks import exchange, offline, sharing, views

app_name = "tasks"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("all", sharing.everybodys, name="all"),
    path("new", sharing.new, name="new"),
    path("make", sharing.make, name="make"),
    path("assign", sharing.assign, name="assign"),
    path("door", exchange.door, name="door"),
    path("exchange", exchange.exchange, name="exchange"),
    path("worker.js", offline.worker, name="worker"),
    path("offline", offline.page_without_network, name="offline"),
    path("one/<path:task_id>", views.one, name="one"),
    path("record/<path:task_id>", views.record_one, name="record"),
    path("take/<path:task_id>", sharing.take, name="take"),
]
