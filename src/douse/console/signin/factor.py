"""The second factor: a code of six digits that changes every half minute, by any authenticator on a phone."""

import base64
from binascii import unhexlify
from typing import Any

import segno
from django.http import HttpRequest
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice
from markupsafe import Markup

from douse.console.models import User


def confirmed(user: User) -> TOTPDevice | None:
    """The second factor of a user; none where it was not set up."""
    device: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return device


def begun(user: User) -> TOTPDevice:
    """The second factor that a user is about to set up."""
    device: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    if device is None:
        device = TOTPDevice.objects.create(user=user, name="phone", confirmed=False)
    return device


def settle(request: HttpRequest, device: Any) -> None:
    """The code was right: this session has a second factor; a new one takes the place of the old."""
    if not device.confirmed:
        TOTPDevice.objects.filter(user=device.user, confirmed=True).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
    otp_login(request, device)
    request.session["has_second_factor"] = True


def picture_of(device: TOTPDevice) -> Markup:
    """The QR code of a device as SVG, without anything that needs a style."""
    code = segno.make(device.config_url, error="m")
    return Markup(code.svg_inline(scale=5, border=3, light="#fff", dark="#000", omitsize=False))  # noqa: S704  (made here)


def key_of(device: TOTPDevice) -> str:
    """The key in groups of four, for typing it where a code cannot be read by a camera."""
    text = base64.b32encode(unhexlify(device.key)).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
