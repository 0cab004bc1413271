"""What each service's README says of its events is what its code says."""

import re
from collections.abc import Iterable
from fnmatch import fnmatch

import pytest

from architecture.lints import SERVICES
from architecture.tree import ROOT
from beraad.contracts import all_contracts
from beraad.service import find_worker

TOPIC = re.compile(r"`([a-z]+\.[a-z_]+\.[a-z_*]+)`")


def paragraph(service: str, title: str) -> str:
    text = (ROOT / f"services/{service}/README.md").read_text()
    found = re.search(rf"^\*\*{title}\*\*.*?(?=^\*\*|^## )", text, re.MULTILINE | re.DOTALL)
    assert found, f"services/{service}/README.md has no paragraph **{title}**"
    return found[0]


def differences(patterns: Iterable[str], topics: Iterable[str]) -> list[str]:
    """Topics no pattern names, and patterns that name nothing."""
    patterns, short = list(patterns), [topic.rpartition(".")[0] for topic in topics]
    untold = [topic for topic in short if not any(fnmatch(topic, pattern) for pattern in patterns)]
    empty = [pattern for pattern in patterns if not any(fnmatch(topic, pattern) for topic in short)]
    return untold + empty


@pytest.mark.parametrize("service", SERVICES)
def test_it_says_what_the_service_publishes(service: str) -> None:
    published = [type_ for type_, contract in all_contracts().items() if contract.publisher == service]

    assert differences(TOPIC.findall(paragraph(service, "Publishes")), published) == []


@pytest.mark.parametrize("service", SERVICES)
def test_it_says_what_the_service_listens_to(service: str) -> None:
    heard = {type_ for subscription in find_worker(service).subscriptions for type_ in subscription.handlers}

    assert differences(TOPIC.findall(paragraph(service, "Listens to")), sorted(heard)) == []


def test_a_difference_is_noticed() -> None:
    topics = ["meetings.meeting.moved.v1", "meetings.minutes.approved.v1"]

    assert differences(["meetings.meeting.*", "meetings.poll.*"], topics) == [
        "meetings.minutes.approved",
        "meetings.poll.*",
    ]
