"""The view and its serializer."""

from uuid import UUID

from common import ANSWERS, now
from django.shortcuts import get_object_or_404
from django.urls import path
from django_models import Elector, Response, ResponseHistory, Round
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response as Answer
from rest_framework.views import APIView


class Conflict(exceptions.APIException):
    status_code = 409


class ResponseSerializer(serializers.Serializer):
    round_id = serializers.UUIDField(read_only=True)
    round_number = serializers.IntegerField(min_value=1, max_value=2**31 - 1, write_only=True)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    answer = serializers.ChoiceField(choices=ANSWERS)
    concern = serializers.CharField(max_length=1000, allow_null=True, default=None)


class ResponseView(APIView):
    def put(self, request: Request, round_id: UUID) -> Answer:
        serializer = ResponseSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        body = serializer.validated_data
        asked = get_object_or_404(Round.objects.select_for_update(), pk=round_id)
        me = request.user.person_id
        if not Elector.objects.filter(roll_id=round_id, person_id=me, departed_at=None).exists():
            raise exceptions.PermissionDenied
        if asked.state != "open" or asked.closes_at <= now():
            raise Conflict("the round is closed")
        if (body.pop("round_number"), body["version"]) != (asked.number, asked.version):
            raise Conflict("another version is asked about")
        given = {**body, "given_at": now()}
        response, _ = Response.objects.update_or_create(round_id=round_id, person_id=me, defaults=given)
        ResponseHistory.objects.create(round_id=round_id, person_id=me, **given)
        return Answer(ResponseSerializer(response).data)


urlpatterns = [path("v1/rounds/<uuid:round_id>/responses/me", ResponseView.as_view())]
