"""Each act of the model as the system knows it: a command with its use case, and a request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from beraad_deliberation.domain.decisions import ReviewOutcome
from beraad_deliberation.domain.edits import Edit
from beraad_deliberation.domain.objections import Integration, Strategy
from beraad_deliberation.domain.profiles import (
    DecisionProfile,
    Fallback,
    Majority,
    ObjectionTest,
    Ratio,
)
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.domain.votes import Choice
from beraad_deliberation.use_cases import accept_amendment as accepting
from beraad_deliberation.use_cases import adopt_objection as adopting
from beraad_deliberation.use_cases import answer_approval as approving
from beraad_deliberation.use_cases import answer_question as replying
from beraad_deliberation.use_cases import ask_question as asking
from beraad_deliberation.use_cases import cast_ballot as casting
from beraad_deliberation.use_cases import close_round as closing
from beraad_deliberation.use_cases import close_vote as counting
from beraad_deliberation.use_cases import conclude_objection_test as testing
from beraad_deliberation.use_cases import decline_amendment as declining
from beraad_deliberation.use_cases import draft_proposal as drafting
from beraad_deliberation.use_cases import edit_draft as editing
from beraad_deliberation.use_cases import edit_text as wording
from beraad_deliberation.use_cases import extend_round as extending
from beraad_deliberation.use_cases import give_opinion as opining
from beraad_deliberation.use_cases import give_reaction as reacting
from beraad_deliberation.use_cases import move_proposal as moving
from beraad_deliberation.use_cases import open_proposal as opening
from beraad_deliberation.use_cases import open_round as convening
from beraad_deliberation.use_cases import open_vote as polling
from beraad_deliberation.use_cases import propose_amendment as amending
from beraad_deliberation.use_cases import publish_version as publishing
from beraad_deliberation.use_cases import recuse as recusing
from beraad_deliberation.use_cases import refer_proposal as referring
from beraad_deliberation.use_cases import respond as responding
from beraad_deliberation.use_cases import review_decision as reviewing
from beraad_deliberation.use_cases import set_profile as ruling
from beraad_deliberation.use_cases import settle_objection as settling
from beraad_deliberation.use_cases import withdraw_objection as retracting
from beraad_deliberation.use_cases import withdraw_proposal as withdrawing
from deliberation.process.model import Integrations
from deliberation.process.oracle import Rules
from deliberation.process.reading import Names

OWNED_UNTIL = date(2030, 1, 1)
WHY = "because"


@dataclass(frozen=True)
class Done:
    """An act: the use case with its command, and the request that comes to the same."""

    handler: Callable[..., Any]
    command: Any
    method: str
    path: str
    body: dict[str, Any] | None = None
    if_match: str | None = None


class Acts:
    """By the model's name of the act. `seen` answers what a client has read: revisions."""

    def __init__(self, names: Names, group_id: UUID, seen: Callable[[str], int]) -> None:
        self.n, self.group_id, self.seen = names, group_id, seen

    # -- proposals -------------------------------------------------------------------------------------------

    def draft(
        self,
        p: str,
        kind: str,
        words: list[str],
        effective: date | None,
        review: date | None,
        supersedes: int | None,
        complete: bool,
    ) -> Done:
        facts: dict[str, Any] = {
            "group_id": self.group_id,
            "id": self.n[p],
            "kind": kind,
            "title": p,
            "driver": WHY if complete else "",
            "text": " ".join(words),
            "effective_on": effective,
            "review_on": review,
            "supersedes_id": self.n[f"d{supersedes}"] if supersedes else None,
        }
        told = {name: value for name, value in facts.items() if value is not None}
        return Done(drafting.draft_proposal, drafting.DraftProposal(**facts), "POST", "proposals", told)

    def finish_draft(self, p: str) -> Done:
        revision = self.seen(p)
        command = editing.EditDraft(self.n[p], {"driver": WHY}, revision)
        return Done(editing.edit_draft, command, "PATCH", self._p(p), {"driver": WHY}, str(revision))

    def open(self, p: str) -> Done:
        return Done(opening.open_proposal, opening.OpenProposal(self.n[p]), "POST", self._p(p, "open"))

    def move(self, p: str, to: str, reason: bool) -> Done:
        why = WHY if reason else None
        command = moving.MoveProposal(self.n[p], Stage(to), why)
        body = {"stage": to, **({"reason": why} if why else {})}
        return Done(moving.move_proposal, command, "POST", self._p(p, "move"), body)

    def ask(self, p: str, q: str) -> Done:
        command = asking.AskQuestion(proposal_id=self.n[p], text="Why?", id=self.n[q])
        body = {"text": "Why?", "id": self.n[q]}
        return Done(asking.ask_question, command, "POST", self._p(p, "questions"), body)

    def reply(self, p: str, q: str) -> Done:
        command = replying.AnswerQuestion(self.n[q], WHY)
        return Done(replying.answer_question, command, "POST", f"questions/{self.n[q]}/answer", {"text": WHY})

    def react(self, p: str) -> Done:
        command = reacting.GiveReaction(self.n[p], "Good")
        return Done(reacting.give_reaction, command, "POST", self._p(p, "reactions"), {"text": "Good"})

    def withdraw(self, p: str) -> Done:
        command = withdrawing.WithdrawProposal(self.n[p])
        return Done(withdrawing.withdraw_proposal, command, "POST", self._p(p, "withdraw"))

    def take_over(self, p: str) -> Done:
        command = withdrawing.TakeOverProposal(self.n[p])
        return Done(withdrawing.take_over_proposal, command, "POST", self._p(p, "take-over"))

    def set_rules(self, rules: Rules) -> Done:
        revision = self.seen("rules")
        command = ruling.SetProfile(self.group_id, profile_of(rules), WHY, revision)
        body = {
            name: value
            for name, value in profile_of(rules).to_document().items()
            if name not in {"name", "approving_body_id"}
        }
        body |= {"preset": "consent", "reason": WHY}
        path = f"groups/{self.group_id}/decision-profile"
        return Done(ruling.set_profile, command, "PUT", path, body, str(revision))

    # -- the text --------------------------------------------------------------------------------------------

    def publish(self, p: str, base: int, text: str, integrate: Integrations) -> Done:
        told = self._integrations(integrate)
        command = publishing.PublishVersion(self.n[p], text, base, integrations=told)
        body = {"text": text, "base_version": base, "integrations": _written(told)}
        return Done(publishing.publish_version, command, "POST", self._p(p, "versions"), body)

    def amend(self, a: str, p: str, base: int, edits: list[tuple[int, int, str]], editorial: bool) -> Done:
        command = amending.ProposeAmendment(
            proposal_id=self.n[p],
            base_version=base,
            edits=tuple(Edit(*one) for one in edits),
            editorial=editorial,
            id=self.n[a],
        )
        body = {
            "id": self.n[a],
            "base_version": base,
            "edits": [{"start": s, "end": e, "text": w} for s, e, w in edits],
            "editorial": editorial,
        }
        return Done(amending.propose_amendment, command, "POST", self._p(p, "amendments"), body)

    def accept(self, a: str, base: int | None, integrate: Integrations, closes: datetime | None) -> Done:
        told = self._integrations(integrate)
        command = accepting.AcceptAmendment(self.n[a], told, base, closes)
        body: dict[str, Any] = {"integrations": _written(told), "closes_at": closes}
        body |= {"base_version": base} if base is not None else {}
        return Done(accepting.accept_amendment, command, "POST", self._a(a, "accept"), body)

    def reject(self, a: str) -> Done:
        command = declining.RejectAmendment(self.n[a])
        return Done(declining.reject_amendment, command, "POST", self._a(a, "reject"))

    def take_back(self, a: str) -> Done:
        command = declining.WithdrawAmendment(self.n[a])
        return Done(declining.withdraw_amendment, command, "POST", self._a(a, "withdraw"))

    def announce(self, a: str) -> Done:
        command = wording.AnnounceEditorial(self.n[a])
        return Done(wording.announce_editorial, command, "POST", self._a(a, "announce"))

    def contest(self, a: str) -> Done:
        command = wording.ContestEditorial(self.n[a], WHY)
        return Done(wording.contest_editorial, command, "POST", self._a(a, "contest"), {"reason": WHY})

    # -- rounds ----------------------------------------------------------------------------------------------

    def open_round(self, p: str, closes: datetime, silence: bool, override: bool) -> Done:
        why = WHY if override else None
        command = convening.OpenRound(self.n[p], closes, why, silence)
        body = {"closes_at": closes, "silence": silence, "override_reason": why}
        return Done(convening.open_round, command, "POST", self._p(p, "rounds"), body)

    def respond(self, who: str, r: str, number: int, version: int, answer: str, words: bool) -> Done:
        concern = f"{who} is concerned" if answer == "consent_with_concern" and words else None
        reason = WHY if answer == "object" and words else ""
        command = responding.Respond(
            round_id=self.n[r],
            round_number=number,
            version=version,
            answer=Answer(answer),
            concern=concern,
            reason=reason,
        )
        body: dict[str, Any] = {"round_number": number, "version": version, "answer": answer}
        body |= {"concern": concern} if concern else {}
        body |= {"objection": {"reason": reason}} if reason else {}
        return Done(responding.respond, command, "PUT", self._r(r, "responses/me"), body)

    def recuse(self, r: str) -> Done:
        command = recusing.Recuse(self.n[r], WHY)
        return Done(recusing.recuse, command, "POST", self._r(r, "recuse"), {"reason": WHY})

    def record_departure(self, r: str, person: str) -> Done:
        command = recusing.RecordDepartureByHand(self.n[r], self.n[person], WHY)
        body = {"person_id": self.n[person], "note": WHY}
        return Done(recusing.record_departure_by_hand, command, "POST", self._r(r, "departures"), body)

    def extend(self, r: str, closes: datetime) -> Done:
        command = extending.ExtendRound(self.n[r], closes)
        return Done(extending.extend_round, command, "POST", self._r(r, "extend"), {"closes_at": closes})

    def close(self, r: str, reason: bool) -> Done:
        why = WHY if reason else None
        command = closing.CloseRound(self.n[r], why)
        return Done(closing.close_round, command, "POST", self._r(r, "close"), {"reason": why})

    # -- objections ------------------------------------------------------------------------------------------

    def opine(self, o: str, qualifies: bool) -> Done:
        command = opining.GiveOpinion(self.n[o], qualifies, WHY)
        body = {"qualifies": qualifies, "reason": WHY}
        return Done(opining.give_opinion, command, "POST", self._o(o, "opinions"), body)

    def conclude(self, o: str) -> Done:
        command = testing.ConcludeObjectionTest(self.n[o])
        return Done(testing.conclude_objection_test, command, "POST", self._o(o, "test"))

    def rule(self, o: str, qualifies: bool) -> Done:
        command = testing.RuleOnObjection(self.n[o], qualifies, WHY)
        body = {"qualifies": qualifies, "reason": WHY}
        return Done(testing.rule_on_objection, command, "POST", self._o(o, "rule"), body)

    def appeal(self, o: str) -> Done:
        return Done(testing.appeal_ruling, testing.AppealRuling(self.n[o]), "POST", self._o(o, "appeal"))

    def withdraw_objection(self, who: str, o: str, answer: str, words: bool) -> Done:
        concern = f"{who} is concerned" if answer == "consent_with_concern" and words else None
        command = retracting.WithdrawObjection(self.n[o], Answer(answer), concern)
        body = {"answer": answer, "concern": concern}
        return Done(retracting.withdraw_objection, command, "POST", self._o(o, "withdraw"), body)

    def confirm(self, o: str) -> Done:
        command = settling.ConfirmIntegration(self.n[o])
        return Done(settling.confirm_integration, command, "POST", self._o(o, "confirm"))

    def merge(self, o: str, into: str) -> Done:
        command = settling.MergeObjection(self.n[o], self.n[into])
        body = {"into_id": self.n[into]}
        return Done(settling.merge_objection, command, "POST", self._o(o, "merge"), body)

    def adopt(self, o: str) -> Done:
        return Done(adopting.adopt_objection, adopting.AdoptObjection(self.n[o]), "POST", self._o(o, "adopt"))

    # -- votes, approvals, reviews ---------------------------------------------------------------------------

    def refer(self, p: str) -> Done:
        return Done(referring.refer_proposal, referring.ReferProposal(self.n[p]), "POST", self._p(p, "refer"))

    def open_vote(self, p: str, closes: datetime, override: bool) -> Done:
        why = WHY if override else None
        command = polling.OpenVote(self.n[p], closes, why)
        body = {"closes_at": closes, "override_reason": why}
        return Done(polling.open_vote, command, "POST", self._p(p, "votes"), body)

    def cast(self, v: str, version: int, choice: str) -> Done:
        command = casting.CastBallot(self.n[v], version, Choice(choice))
        body = {"version": version, "choice": choice}
        return Done(casting.cast_ballot, command, "PUT", f"votes/{self.n[v]}/ballots/me", body)

    def close_vote(self, v: str, reason: bool) -> Done:
        why = WHY if reason else None
        command = counting.CloseVote(self.n[v], why)
        return Done(counting.close_vote, command, "POST", f"votes/{self.n[v]}/close", {"reason": why})

    def grant(self, k: str) -> Done:
        command = approving.GrantApproval(self.n[k])
        return Done(approving.grant_approval, command, "POST", f"approvals/{self.n[k]}/grant", {})

    def send_back(self, k: str, reason: bool) -> Done:
        why = WHY if reason else " "
        command = approving.ReturnApproval(self.n[k], why)
        path = f"approvals/{self.n[k]}/return"
        return Done(approving.return_approval, command, "POST", path, {"reason": why})

    def grant_with_changes(self, k: str, text: str, reason: bool) -> Done:
        why = WHY if reason else " "
        command = approving.GrantWithChanges(self.n[k], text, why)
        path = f"approvals/{self.n[k]}/grant-with-changes"
        return Done(approving.grant_with_changes, command, "POST", path, {"text": text, "reason": why})

    def refuse(self, k: str, reason: bool) -> Done:
        why = WHY if reason else " "
        command = approving.RefuseApproval(self.n[k], why)
        path = f"approvals/{self.n[k]}/refuse"
        return Done(approving.refuse_approval, command, "POST", path, {"reason": why})

    def review(self, d: int, outcome: str) -> Done:
        command = reviewing.ReviewDecision(self.n[f"d{d}"], ReviewOutcome(outcome), WHY)
        body = {"outcome": outcome, "note": WHY}
        return Done(reviewing.review_decision, command, "POST", f"decisions/{self.n[f'd{d}']}/review", body)

    # -- paths -----------------------------------------------------------------------------------------------

    def _p(self, p: str, act: str = "") -> str:
        return f"proposals/{self.n[p]}" + (f"/{act}" if act else "")

    def _a(self, a: str, act: str) -> str:
        return f"amendments/{self.n[a]}/{act}"

    def _r(self, r: str, act: str) -> str:
        return f"rounds/{self.n[r]}/{act}"

    def _o(self, o: str, act: str) -> str:
        return f"objections/{self.n[o]}/{act}"

    def _integrations(self, integrate: Integrations) -> tuple[Integration, ...]:
        return tuple(
            Integration(
                self.n[name],
                Strategy(how),
                WHY,
                self.n["ann"] if owned else None,
                OWNED_UNTIL if owned else None,
            )
            for name, how, owned in integrate
        )


def _written(integrations: tuple[Integration, ...]) -> list[dict[str, Any]]:
    return [
        {
            "objection_id": one.objection_id,
            "strategy": str(one.strategy),
            "note": one.note,
            "owner_id": one.owner_id,
            "due_on": one.due_on,
        }
        for one in integrations
    ]


def profile_of(rules: Rules) -> DecisionProfile:
    """The product's profile of these rules."""
    n, d, base, strict = rules.majority
    return DecisionProfile(
        "consent",
        by_vote=rules.by_vote,
        quorum=Ratio(*rules.quorum),
        majority=Majority(Ratio(n, d), base, strict),
        minimum_consents=rules.minimum,
        max_rounds=rules.max_rounds,
        phases=rules.phases,
        time_boxes=dict(rules.boxes),
        answers=tuple(Answer(one) for one in rules.answers),
        silence=rules.silence,
        second_call_quorum=Ratio(*rules.second_call) if rules.second_call else None,
        objection_test=ObjectionTest(rules.test),
        fallbacks=tuple(Fallback(one) for one in rules.ways_out),
    )


def known_acts(acts: Acts) -> Mapping[str, Callable[..., Done]]:
    return {name: getattr(acts, name) for name in dir(acts) if not name.startswith("_")}
