"""Addresses of the console. Each is a row of `policy.PAGES` too, or nobody may open it."""

from django.urls import URLPattern, URLResolver, path

from douse.console import language, today
from douse.console.signin import views as signin

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.show, name="today"),
    path("healthy", today.healthy, name="healthy"),
    path("language", language.choose, name="language"),
    path("sign-in", signin.sign_in, name="sign_in"),
    path("sign-out", signin.sign_out, name="sign_out"),
]

handler404 = "douse.console.pages.not_found"
handler500 = "douse.console.pages.broken"
