"""Signing in elsewhere, against a provider of the test's own."""

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from console.test_commands import DOUSE, ENVIRONMENT, serving
from douse.console.instance import Instance
from douse.console.signin import elsewhere
from douse.errors import UsageError

pytestmark = pytest.mark.slow

CLIENT = "douse"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(BaseHTTPRequestHandler):
    """Gives a token to whoever asks; `claims` says for whom."""

    claims: ClassVar[dict[str, Any]] = {}

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        token = jwt.encode(self.claims, KEY, algorithm="RS256", headers={"kid": "1"})
        self._answer({"id_token": token, "access_token": "a", "token_type": "Bearer"})

    def do_GET(self) -> None:
        if self.path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            self._answer({"keys": [key | {"kid": "1", "alg": "RS256", "use": "sig"}]})
        else:
            self._answer(self.claims)

    def _answer(self, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def provider() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class Browser:
    """Follows no redirect, keeps cookies."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port, self.cookies = host, port, SimpleCookie[str]()

    def get(self, path: str) -> tuple[int, str, str]:
        with closing(HTTPConnection(self.host, self.port, timeout=20)) as connection:
            cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in self.cookies.items())
            connection.request("GET", path, headers={"Cookie": cookies})
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or []:
                self.cookies.load(line)
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()

    def sign_in(self, **claims: Any) -> str:
        """The way of a browser to the provider and back; where it is sent in the end."""
        _, there, _ = self.get("/sign-in/openid/authenticate/")
        asked = parse_qs(urlsplit(there).query)
        assert asked["code_challenge_method"] == ["S256"]
        Provider.claims = {
            "nonce": asked["nonce"][0],
            "aud": CLIENT,
            "exp": int(time.time()) + 60,
            "sub": "1",
            **claims,
        }
        return self.get(f"/sign-in/openid/callback/?code=c&state={asked['state'][0]}")[1]


@pytest.mark.slow
def test_a_user_signs_in_elsewhere_and_nobody_else_does(provider: str, tmp_path: Path) -> None:
    folder = ["--folder", str(tmp_path / "data")]
    subprocess.run([*DOUSE, "users", "add", "office", *folder], env=ENVIRONMENT, check=True, capture_output=True)
    said = {
        "CLIENT_ID": CLIENT, "CLIENT_SECRET": "s", "AUTHORIZATION_ENDPOINT": f"{provider}/authorize",
        "TOKEN_ENDPOINT": f"{provider}/token", "USER_ENDPOINT": f"{provider}/user", "JWKS_ENDPOINT": f"{provider}/keys",
    }  # fmt: skip
    with serving(*folder, **{f"DOUSE_OIDC_{name}": value for name, value in said.items()}) as (host, port, _):
        assert "organisation" in Browser(host, port).get("/sign-in")[2]
        browser = Browser(host, port)
        assert browser.sign_in(preferred_username="office") == "/"
        assert browser.get("/account")[0] == 200
        stranger = Browser(host, port)
        assert stranger.sign_in(preferred_username="stranger") == "/sign-in"
        assert stranger.get("/account")[0] == 302
        misled = Browser(host, port)  # a token that was made for another program
        misled.sign_in(preferred_username="office", aud="another")
        assert misled.get("/account")[0] == 302


def test_what_is_said_of_it_is_whole_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance(tmp_path)
    assert elsewhere.read(instance) is None
    assert elsewhere.settings_of(None) == {}
    monkeypatch.setenv("DOUSE_OIDC_CLIENT_ID", CLIENT)
    with pytest.raises(UsageError, match="client_secret"):
        elsewhere.read(instance)
    names = ("client_secret", "authorization_endpoint", "token_endpoint", "user_endpoint", "jwks_endpoint")
    lines = [f'{name} = "x"' for name in names]
    (tmp_path / elsewhere.FILE).write_text("\n".join([*lines, "second_factor = true"]), encoding="utf-8")
    said = elsewhere.read(instance)
    assert said is not None
    assert (said["client_id"], said["second_factor"]) == (CLIENT, True)
    (tmp_path / elsewhere.FILE).write_text("\n".join([*lines, "colour = 1"]), encoding="utf-8")
    with pytest.raises(UsageError, match="colour"):
        elsewhere.read(instance)
