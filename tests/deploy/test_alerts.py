"""The rules Prometheus loads: they are there, and ask for figures that exist."""

import re
from typing import Any

import prometheus_client
import pytest
import yaml

import beraad.worker.gauges
import beraad_notifications.mail.gauges
from architecture.tree import ROOT

FOLDER = ROOT / "deploy/prometheus"
GROUPS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
RULES = [rule for group in GROUPS for rule in group["rules"]]
FIGURE = re.compile(r"\bberaad_\w+")
TELLERS = (beraad.worker.gauges, beraad_notifications.mail.gauges)


def names_told() -> set[str]:
    collectors = [one for teller in TELLERS for one in vars(teller).values()]
    families = [
        family
        for one in collectors
        if isinstance(one, prometheus_client.metrics.MetricWrapperBase)
        for family in one.describe()
    ]
    ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    return {family.name + end for family in families for end in ends[family.type]}


def unknown(expression: str) -> set[str]:
    return set(FIGURE.findall(expression)) - names_told()


def test_prometheus_loads_them() -> None:
    configuration = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    assert configuration["rule_files"] == ["alerts.yml"]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert "./deploy/prometheus:/etc/prometheus:ro" in compose["services"]["prometheus"]["volumes"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_asks_for_figures_that_exist_and_says_what_is_wrong(rule: dict[str, Any]) -> None:
    assert FIGURE.findall(rule["expr"])
    assert unknown(rule["expr"]) == set()
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"].keys() == {"summary", "description"}


@pytest.mark.parametrize("expression", ["beraad_mail_channel_pausd == 1", "rate(beraad_mails_uncertain[1h])"])
def test_a_figure_nobody_tells_is_noticed(expression: str) -> None:
    assert unknown(expression)


def test_no_two_rules_have_one_name() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
