"""One's own account: roles, password, second factor."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from douse.console.actors import actor_of
from douse.console.models import User
from douse.console.pages import page
from douse.console.policy import ROLES
from douse.console.signin import factor
from douse.console.signin.views import password_problems
from douse.console.words import say
from douse.console.writing import note


@sensitive_post_parameters("old", "password", "again")
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Roles of the user, and forms to change password and second factor."""
    user = User.objects.get(name=actor_of(request).name)
    problems: list[str] = []
    if request.method == "POST":
        problems = _problems(request, user)
        if not problems:
            user.set_password(request.POST["password"])
            user.save(update_fields=["password"])
            update_session_auth_hash(request, user)
            note(request, "set_password", object_table="users", object_id=user.name)
            messages.success(request, say("The password is changed."))
            return redirect("account")
    return page(
        request,
        "account.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        given=[(grant.role, ROLES[grant.role].says, grant.zone) for grant in actor_of(request).grants],
        factor=factor.confirmed(user),
        has_password=user.has_usable_password(),
        problems=problems,
    )


def _problems(request: HttpRequest, user: User) -> list[str]:
    if user.has_usable_password() and not user.check_password(request.POST.get("old", "")):
        return [say("The present password is not right.")]
    return password_problems(request, user)
