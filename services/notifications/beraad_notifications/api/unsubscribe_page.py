"""The page of the unsubscribe link, and what the kinds of mail are called there."""

from __future__ import annotations

from typing import Any

PAGE = """<!doctype html><html lang="{{ language }}"><head><meta charset="utf-8"><title>{{ words.title }} · Beraad</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root{color-scheme:light dark}body{font:18px/1.5 system-ui,sans-serif;max-width:30rem;margin:15vh auto;padding:0 1rem;text-align:center}
button{font:inherit;padding:.6rem 1.6rem;border-radius:.5rem;border:0;background:#1f6f5c;color:#fff;cursor:pointer}</style></head><body>
{% if what == "unknown" %}<h1>{{ words.unknown }}</h1><p>{{ words.unknown_more }}</p>
{% else %}<h1>{{ words[what] }}</h1><p>“{{ kind }}”</p>
{% if what == "ask" %}<form method="post"><button name="List-Unsubscribe" value="One-Click">{{ words.button }}</button></form>
{% else %}<p>{{ words.done_more }}</p>{% endif %}{% endif %}
</body></html>"""

WORDS: dict[str, dict[str, Any]] = {
    "nl": {
        "title": "Afmelden",
        "ask": "Deze mails niet meer ontvangen?",
        "button": "Niet meer ontvangen",
        "done": "Je krijgt deze mails niet meer",
        "done_more": "Bij je voorkeuren kun je ze weer aanzetten.",
        "unknown": "Deze link kennen we niet",
        "unknown_more": "Hij is misschien afgebroken. Gebruik de link uit de mail, of kies je mails bij je voorkeuren.",
        "kinds": {
            "seat_filled": "een zetel in een groep",
            "seat_ending": "een zetel die afloopt",
            "candidacy_submitted": "bevestiging van een kandidatuur",
            "meeting_invited": "uitnodigingen voor vergaderingen",
            "meeting_moved": "verplaatste vergaderingen",
            "meeting_cancelled": "afgelaste vergaderingen",
            "meeting_reminder": "herinneringen aan vergaderingen",
            "minutes_circulated": "verslagen om na te lezen",
            "proposal_opened": "nieuwe voorstellen",
            "round_opened": "consentrondes die beginnen",
            "round_extended": "consentrondes die langer duren",
            "round_closed": "consentrondes die eindigen",
            "objection_raised": "wat je aandacht vraagt als begeleider",
            "vote_opened": "stemmingen die beginnen",
            "vote_closed": "stemmingen die eindigen",
            "approval_requested": "voorstellen om goed te keuren",
            "approval_granted": "goedgekeurde voorstellen",
            "approval_returned": "teruggestuurde voorstellen",
            "approval_refused": "geweigerde voorstellen",
            "decision_in_force": "beslissingen die ingaan",
            "review_due": "beslissingen om te herbekijken",
            "task_assigned": "taken",
            "digest": "dagelijkse of wekelijkse overzichten, en alles wat erin kwam",
        },
    },
    "fr": {
        "title": "Se désabonner",
        "ask": "Ne plus recevoir ces courriels ?",
        "button": "Ne plus recevoir",
        "done": "Vous ne recevrez plus ces courriels",
        "done_more": "Vous pouvez les réactiver dans vos préférences.",
        "unknown": "Ce lien est inconnu",
        "unknown_more": "Il est peut-être coupé. Utilisez le lien du courriel, ou choisissez vos courriels dans vos préférences.",
        "kinds": {
            "seat_filled": "un siège dans un groupe",
            "seat_ending": "un siège qui prend fin",
            "candidacy_submitted": "confirmation d’une candidature",
            "meeting_invited": "invitations aux réunions",
            "meeting_moved": "réunions déplacées",
            "meeting_cancelled": "réunions annulées",
            "meeting_reminder": "rappels de réunions",
            "minutes_circulated": "comptes rendus à relire",
            "proposal_opened": "nouvelles propositions",
            "round_opened": "tours de consentement qui s’ouvrent",
            "round_extended": "tours de consentement prolongés",
            "round_closed": "tours de consentement clos",
            "objection_raised": "ce qui demande votre attention d’animateur·rice",
            "vote_opened": "votes qui s’ouvrent",
            "vote_closed": "votes clos",
            "approval_requested": "propositions à approuver",
            "approval_granted": "propositions approuvées",
            "approval_returned": "propositions renvoyées",
            "approval_refused": "propositions refusées",
            "decision_in_force": "décisions qui entrent en vigueur",
            "review_due": "décisions à réexaminer",
            "task_assigned": "tâches",
            "digest": "résumés quotidiens ou hebdomadaires, et tout ce qu’ils contenaient",
        },
    },
    "en": {
        "title": "Unsubscribe",
        "ask": "Stop receiving these mails?",
        "button": "Stop these mails",
        "done": "You will not receive these mails any more",
        "done_more": "You can turn them on again in your preferences.",
        "unknown": "We do not know this link",
        "unknown_more": "It may be cut short. Use the link in the mail, or choose your mails in your preferences.",
        "kinds": {
            "seat_filled": "a seat in a group",
            "seat_ending": "a seat that ends",
            "candidacy_submitted": "confirmation of a candidacy",
            "meeting_invited": "invitations to meetings",
            "meeting_moved": "meetings that move",
            "meeting_cancelled": "meetings that are cancelled",
            "meeting_reminder": "reminders of meetings",
            "minutes_circulated": "minutes to read",
            "proposal_opened": "new proposals",
            "round_opened": "consent rounds that open",
            "round_extended": "consent rounds that go on longer",
            "round_closed": "consent rounds that close",
            "objection_raised": "what needs your attention as facilitator",
            "vote_opened": "votes that open",
            "vote_closed": "votes that close",
            "approval_requested": "proposals to approve",
            "approval_granted": "proposals approved",
            "approval_returned": "proposals returned",
            "approval_refused": "proposals refused",
            "decision_in_force": "decisions that take effect",
            "review_due": "decisions to review",
            "task_assigned": "tasks",
            "digest": "daily or weekly digests, and all that came in them",
        },
    },
}
