import json
import logging
from typing import Any

import pytest
import structlog

from beraad.observability import set_up_logs

pytestmark = pytest.mark.usefixtures("logs_as_before")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_carries_the_ids_of_its_service_and_request(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "membership")
    structlog.contextvars.bind_contextvars(request_id="r1")
    structlog.get_logger().info("group_created", group="g1")
    (line,) = lines(capsys)
    assert {**line, "timestamp": ""} == {
        "service": "membership",
        "request_id": "r1",
        "event": "group_created",
        "group": "g1",
        "level": "info",
        "timestamp": "",
    }


def test_no_secret_reaches_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json")
    structlog.get_logger().info(
        "started",
        smtp_password="hunter2",
        secret_key="hunter2",
        refresh_token="hunter2",
        sign_in_link="hunter2",
        database="postgresql://beraad:hunter2@db/membership",
        page="https://example.org/confirm?token=hunter2&x=1",
    )
    try:
        raise ConnectionError("amqp://beraad:hunter2@broker refused")
    except ConnectionError:
        structlog.get_logger().exception("failed")
    assert "hunter2" not in capsys.readouterr().out


def test_a_traceback_shows_no_variables(capsys: pytest.CaptureFixture[str]) -> None:
    for chosen in ("json", "console"):
        set_up_logs(chosen)
        password = "hunter" + "2"
        try:
            raise ZeroDivisionError(len(password))
        except ZeroDivisionError:
            structlog.get_logger().exception("failed")
        assert "ZeroDivisionError" in (told := capsys.readouterr().out)
        assert "hunter2" not in told


def test_libraries_take_the_same_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "membership")
    logging.getLogger("gunicorn.error").warning("worker %s timed out", 7)
    logging.getLogger("pika").info("chatter")
    (line,) = lines(capsys)
    assert (line["event"], line["level"], line["service"]) == ("worker 7 timed out", "warning", "membership")
