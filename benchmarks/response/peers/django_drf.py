"""Django and its REST framework under gunicorn: a transaction per request, update_or_create."""

from common import DATABASE
from django.conf import settings
from django.core.wsgi import get_wsgi_application

ADDRESS = DATABASE.removeprefix("postgresql://")
USER, _, REST = ADDRESS.partition("@")
PLACE, _, NAME = REST.partition("/")
HOST, _, PORT = PLACE.partition(":")

settings.configure(
    SECRET_KEY="not a secret",  # noqa: S106 - nothing is signed with it
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="django_views",
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": NAME,
            "USER": USER,
            "HOST": HOST,
            "PORT": PORT,
            "ATOMIC_REQUESTS": True,
            "OPTIONS": {"pool": True},
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["django_identity.TokenAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "UNAUTHENTICATED_USER": None,
    },
)
application = get_wsgi_application()
