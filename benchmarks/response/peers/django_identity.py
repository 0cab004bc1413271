"""Who asks: the access token, checked for each request, and the person it names."""

from typing import Any

import jwt
from common import claims_of, person_of
from django_models import Person
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Person, dict[str, Any]] | None:
        scheme, _, token = get_authorization_header(request).decode().partition(" ")
        if scheme != "Bearer":
            return None
        try:
            claims = claims_of(token)
            return Person.objects.get(pk=person_of(claims)), claims
        except (jwt.InvalidTokenError, Person.DoesNotExist) as error:
            raise exceptions.AuthenticationFailed from error

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
