"""The tables as Django models; the schema is there already."""

from django.db import models


class Unmanaged(models.Model):
    class Meta:
        abstract = True
        managed = False
        app_label = "peer"


class Person(Unmanaged):
    person_id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200)
    administrator = models.BooleanField()
    is_authenticated = True

    class Meta(Unmanaged.Meta):
        db_table = "known_people"


class Round(Unmanaged):
    id = models.UUIDField(primary_key=True)
    number = models.IntegerField()
    version = models.IntegerField()
    state = models.CharField(max_length=30)
    closes_at = models.DateTimeField()

    class Meta(Unmanaged.Meta):
        db_table = "rounds"


class Elector(Unmanaged):
    pk = models.CompositePrimaryKey("roll_id", "person_id")
    roll_id = models.UUIDField()
    person_id = models.UUIDField()
    departed_at = models.DateTimeField(null=True)

    class Meta(Unmanaged.Meta):
        db_table = "electors"


class Given(Unmanaged):
    round_id = models.UUIDField()
    person_id = models.UUIDField()
    version = models.IntegerField()
    answer = models.CharField(max_length=30)
    concern = models.TextField(null=True)  # noqa: DJ001 - the table is as it is
    given_at = models.DateTimeField()

    class Meta(Unmanaged.Meta):
        abstract = True


class Response(Given):
    pk = models.CompositePrimaryKey("round_id", "person_id")

    class Meta(Unmanaged.Meta):
        db_table = "responses"


class ResponseHistory(Given):
    row_id = models.BigAutoField(primary_key=True)

    class Meta(Unmanaged.Meta):
        db_table = "response_history"
