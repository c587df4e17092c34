"""Addresses of files that are brought in."""

from django.urls import path

from douse.console.cases import files

app_name = "files"
urlpatterns = [
    path("", files.choose, name="choose"),
    path("<str:token>", files.look, name="look"),
    path("<str:token>/take", files.take, name="take"),
    path("<str:token>/drop", files.drop, name="drop"),
    path("<str:token>/findings", files.findings, name="findings"),
    path("<str:token>/to-correct/<str:table>", files.rejected, name="rejected"),
]
