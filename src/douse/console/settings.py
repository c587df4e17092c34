"""Django's settings, built in Python from an instance: no settings module, no environment but for OpenID Connect."""

from datetime import timedelta
from typing import Any

import django
from django.conf import settings as django_settings

from douse.console.instance import Instance, set_current
from douse.console.signin import elsewhere

THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")
FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=1)
YEAR = int(timedelta(days=365).total_seconds())
LARGEST_UPLOAD = 200 * 1024 * 1024  # bytes


def configure(instance: Instance) -> None:
    """Make this process serve an instance. Once in a process."""
    set_current(instance)
    django_settings.configure(**build(instance))
    django.setup()


def build(instance: Instance) -> dict[str, Any]:
    """All settings of an instance."""
    return {**_base(instance), **_sign_in(instance), **_safety(instance), "TEMPLATES": _TEMPLATES, "LOGGING": _LOGGING}


def _base(instance: Instance) -> dict[str, Any]:
    return {
        "DEBUG": False,
        "SECRET_KEY": instance.secret_key,
        "ALLOWED_HOSTS": [*THIS_MACHINE, *instance.hosts],
        "ROOT_URLCONF": "douse.console.urls",
        "WSGI_APPLICATION": "douse.console.wsgi.application",
        "INSTALLED_APPS": [
            "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions",
            "django.contrib.messages", "django.contrib.staticfiles", "axes", "django_otp",
            "django_otp.plugins.otp_totp", "django_htmx", "douse.console.apps.ConsoleConfig",
        ],
        "MIDDLEWARE": _MIDDLEWARE,
        "DATABASES": {"default": instance.django_database},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": False,
        "USE_I18N": True,
        "LANGUAGE_CODE": "en",
        "STATIC_URL": "/static/",
        "STATIC_ROOT": None,
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_MAX_AGE": 7 * 24 * 3600,  # addresses carry a hash of the file
        "WHITENOISE_ALLOW_ALL_ORIGINS": False,
        "CACHES": {
            # Counts of tries lie here: few entries would let whoever comes from many addresses push the others out.
            "default": {
                "BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000},
            }
        },
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 10 * 1024 * 1024,
        "FILE_UPLOAD_PERMISSIONS": 0o600,
        "FILE_UPLOAD_TEMP_DIR": None,
    }  # fmt: skip


# The order matters: headers on everything, files before sign-in, the policy after it, lockout last.
_MIDDLEWARE = [
    "douse.console.middleware.headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "douse.console.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "douse.console.middleware.session_limits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "douse.console.api.tokens.middleware",
    "douse.console.middleware.Policy",
    "axes.middleware.AxesMiddleware",
]


def _sign_in(instance: Instance) -> dict[str, Any]:
    said = elsewhere.read(instance)
    other = ["douse.console.signin.openid.Elsewhere"] if said else []
    return {
        **elsewhere.settings_of(said),
        "AUTH_USER_MODEL": "console.User",
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "douse.console.signin.backend.Passwords",
            *other,
        ],
        "LOGIN_URL": "sign_in",
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {
                "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
                "OPTIONS": {"min_length": 12},
            },
            {
                "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
                "OPTIONS": {"user_attributes": ["name"]},
            },
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
        ],
        "AXES_FAILURE_LIMIT": FAILURES_ALLOWED,
        "AXES_COOLOFF_TIME": LOCKED_FOR,
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_USERNAME_FORM_FIELD": "name",
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_ENABLE_ADMIN": False,
        "AXES_DISABLE_ACCESS_LOG": True,
        "AXES_VERBOSE": False,
        "AXES_LOCKOUT_CALLABLE": "douse.console.signin.views.locked_out",
        "AXES_CLIENT_IP_CALLABLE": "douse.console.middleware.address_of",
        "OTP_TOTP_ISSUER": "Douse",
        "OTP_TOTP_SYNC": True,
    }


def _safety(instance: Instance) -> dict[str, Any]:
    return {
        "SESSION_COOKIE_AGE": int(SESSION_LASTS.total_seconds()),
        "SESSION_COOKIE_NAME": "douse_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": instance.https,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "CSRF_COOKIE_NAME": "douse_csrf",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": instance.https,
        "CSRF_TRUSTED_ORIGINS": [f"https://{host}" for host in instance.hosts],
        "CSRF_FAILURE_VIEW": "douse.console.pages.csrf_failed",
        "SECURE_SSL_REDIRECT": instance.https,
        "SECURE_REDIRECT_EXEMPT": [r"^healthy$"],
        "SECURE_HSTS_SECONDS": YEAR if instance.https else 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": instance.https,
        "SECURE_HSTS_PRELOAD": instance.https,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
    }


_TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "douse.console.templating.environment",
            "loader": None,
            "context_processors": ["douse.console.templating.common"],
        },
    },
]
# Django logs addresses and errors; no bodies, no values. Who did what is in the ledger's audit entries.
_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "axes": {"level": "ERROR"},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "django.request": {"level": "ERROR"},
    },
}
