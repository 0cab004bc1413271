"""What the pages tell of rounds and steps, in the words of a language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beraad_deliberation.documents.wording import Wording

Item = Mapping[str, Any]
ABSENT = "absent"


def answers_of(run: Item, said: str) -> dict[str, list[str]]:
    """Who answered what in a closed round or vote, by answer; those who left are not in it."""
    found: dict[str, list[str]] = {}
    for one in run["judged"]["electors"]:
        if not (one["departed"] or one["recused"]):
            found.setdefault(one[said] or ABSENT, []).append(one["id"])
    return dict(sorted(found.items(), key=lambda pair: pair[0] == ABSENT))


def step_told(step: Item, names: Mapping[str, str], say: Wording) -> str:
    """What there is to tell of a step besides its name."""
    match step["step"]:
        case "raised":
            return f"{_name(step, names, say)}; {say('round', number=step['round'], version=step['version'])}"
        case "orphaned" | "adopted" | "appealed":
            return _name(step, names, say)
        case "opinions":
            return say("opinions", **step)
        case "ruled":
            return f"{say('found_valid' if step['valid'] else 'found_invalid')} {step['reason']}"
        case "tested":
            return say("found_valid" if step["valid"] else "found_invalid")
        case "integrated":
            return _integration(step, names, say)
        case "answered":
            answer = say.name("answers", step["answer"])
            return say("answer_in_round", round=step["round"], answer=answer)
        case "settled":
            return say.name("objection_states", step["state"])
    return ""


def _integration(step: Item, names: Mapping[str, str], say: Wording) -> str:
    told = [say("version", number=step["version"]), say.name("strategies", step["strategy"])]
    if step["owner_id"] is not None:
        owner = names.get(step["owner_id"], say("somebody"))
        told.append(say("deferred_to", name=owner, day=say.day(step["due_on"])))
    return "; ".join([*told, step["note"]] if step["note"].strip() else told)


def _name(step: Item, names: Mapping[str, str], say: Wording) -> str:
    return names.get(step["person_id"], say("somebody"))
