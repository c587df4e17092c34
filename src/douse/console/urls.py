"""Addresses of the console. Each is a row of `policy.PAGES` too, or nobody may open it."""

from django.urls import URLPattern, URLResolver, include, path

from douse.console import account, breakglass, language
from douse.console.api import docs, token_pages
from douse.console.api.api import api
from douse.console.signin import elsewhere
from douse.console.signin import views as signin
from douse.console.today import views as today

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.show, name="today"),
    path("today/part", today.part, name="today_part"),
    path("break-glass", breakglass.show, name="break_glass"),
    path("break-glass/end", breakglass.end, name="glass_end"),
    path("break-glass/told", breakglass.told, name="glass_told"),
    path("administration/", include("douse.console.admin.urls")),
    path("bulletins/", include("douse.console.bulletins.urls")),
    path("claims/", include("douse.console.claims.urls")),
    path("signals/", include("douse.console.signals.urls")),
    path("chains/", include("douse.console.chains.urls")),
    path("plan/", include("douse.console.plan.urls")),
    path("resources/", include("douse.console.resources.urls")),
    path("returns/", include("douse.console.levels.returns_urls")),
    path("events/", include("douse.console.levels.events_urls")),
    path("partners/", include("douse.console.levels.partners_urls")),
    path("healthy", today.healthy, name="healthy"),
    path("language", language.choose, name="language"),
    path("sign-in", signin.sign_in, name="sign_in"),
    path("sign-in/as-role", signin.as_role, name="as_role"),
    path("sign-in/second-factor", signin.second_factor, name="second_factor"),
    path("sign-in/link/<str:token>", signin.first_password, name="first_password"),
    path("sign-out", signin.sign_out, name="sign_out"),
    path("account", account.show, name="account"),
    path("account/tokens", token_pages.show, name="tokens"),
    path("tasks/", include("douse.console.tasks.urls")),
    path("api/docs", docs.show, name="api_docs"),
    path("api/", api.urls),
    path("cases/", include("douse.console.cases.urls")),
    path("files/", include("douse.console.cases.file_urls")),
    path("public/", include("douse.console.public.urls")),
    path("residents/", include("douse.console.public.staff.urls")),
]
if elsewhere.offered():
    urlpatterns.append(path("sign-in/openid/", include("mozilla_django_oidc.urls")))

handler404 = "douse.console.pages.not_found"
handler500 = "douse.console.pages.broken"
