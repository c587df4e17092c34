"""Addresses of bulletins."""

from django.urls import path

from douse.console.bulletins import views

app_name = "bulletins"
urlpatterns = [
    path("", views.show, name="list"),
    path("make", views.make, name="make"),
    path("drafts/<str:name>", views.look, name="look"),
    path("drafts/<str:name>/publish", views.publish, name="publish"),
    path("drafts/<str:name>/files/<path:path>", views.preview, name="preview"),
    path("partners/<path:path>", views.partners, name="partners"),
]
