"""Addresses of returns."""

from django.urls import path

from douse.console.levels import delays, returns

app_name = "returns"
urlpatterns = [
    path("", returns.show, name="list"),
    path("new", returns.fill_in, name="fill"),
    path("delays", delays.show, name="delays"),
    path("asked/<slug:name>", returns.definition, name="definition"),
    path("<str:return_id>", returns.one, name="return"),
    path("<str:return_id>/sign", returns.sign, name="sign"),
    path("<str:return_id>/send", returns.send, name="send"),
    path("<str:return_id>/file", returns.file, name="file"),
]
