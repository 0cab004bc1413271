"""The page of an invitation's link: one question, three answers, in the person's language and by their clock."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_location

from beraad_notifications.mail.wording import MOMENT, another_day, said_end, typeset_all
from beraad_notifications.use_cases.ports import KnownMeeting

PAGE = """<!doctype html><html lang="{{ language }}"><head><meta charset="utf-8"><title>{{ words.title }} · Beraad</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<style>:root{color-scheme:light dark}body{font:18px/1.5 system-ui,sans-serif;max-width:30rem;margin:8vh auto;padding:0 1rem}
h1{font-size:1.5rem;line-height:1.3;margin:0 0 .5rem}p{margin:0 0 1rem}.facts{padding-left:1rem;border-left:4px solid #2f8f76}
fieldset{border:0;margin:0 0 1rem;padding:0}legend{padding:0;font-weight:600;margin-bottom:.5rem}
label{display:block;padding:.7rem 1rem;margin-bottom:.5rem;border:1px solid #8a96a3;border-radius:.5rem;cursor:pointer}
button{font:inherit;font-weight:600;width:100%;padding:.8rem 1.6rem;border-radius:.5rem;border:0;background:#1f6f5c;color:#fff;cursor:pointer}
.wrong{font-weight:600}</style></head><body>
{% if what in ("unknown", "over") %}<h1>{{ words[what] }}</h1><p>{{ words[what + "_more"] }}</p>
{% else %}<h1>{{ words.thanks if what == "done" else meeting.title }}</h1>
<p class="facts">{% if what == "done" %}{{ meeting.title }}<br>{% endif %}{% if meeting.group_name %}{{ meeting.group_name }}<br>{% endif %}{{ when }}</p>
{% if is_series %}<p>{{ words.series.format(count=count) if count > 1 else words.last_one }}</p>{% endif %}
{% if what == "done" %}<p>{{ words.yours }} <strong>{{ words[chosen] }}</strong></p><p><a href="?answer={{ chosen }}">{{ words.change }}</a></p>
{% else %}<form method="post"><fieldset><legend>{{ words.ask }}</legend>
{% for answer in answers %}<label><input type="radio" name="answer" value="{{ answer }}" required{% if answer == chosen %} checked{% endif %}> {{ words[answer] }}</label>
{% endfor %}</fieldset>{% if what == "missing" %}<p class="wrong">{{ words.missing }}</p>{% endif %}
<button>{{ words.button }}</button></form>{% endif %}{% endif %}
</body></html>"""

WORDS: dict[str, dict[str, str]] = {
    "nl": {
        "title": "Kom je?",
        "ask": "Kom je?",
        "accepted": "Ja, ik kom",
        "tentative": "Misschien",
        "declined": "Nee, ik kan niet",
        "button": "Antwoord versturen",
        "missing": "Kies een van de drie antwoorden.",
        "span": "van {first} tot {last}",
        "last_one": "Dit is de laatste van een reeks. Je antwoord geldt ervoor, tenzij je ze apart beantwoordde.",
        "series": "Dit is een reeks met nog {count} vergaderingen. Je antwoord geldt voor alle, behalve voor wat je apart beantwoordde.",
        "thanks": "Bedankt voor je antwoord",
        "yours": "Je antwoordde:",
        "change": "Iets anders antwoorden",
        "over": "Hier valt niets meer te antwoorden",
        "over_more": "De vergadering is begonnen of afgelast, of je bent er niet meer voor uitgenodigd.",
        "unknown": "Deze link kennen we niet",
        "unknown_more": "Hij is misschien afgebroken. Gebruik de link uit de mail.",
    },
    "fr": {
        "title": "Venez-vous ?",
        "ask": "Venez-vous ?",
        "accepted": "Oui, je viens",
        "tentative": "Peut-être",
        "declined": "Non, je ne peux pas",
        "button": "Envoyer la réponse",
        "missing": "Choisissez une des trois réponses.",
        "span": "du {first} au {last}",
        "last_one": "C’est la dernière d’une série. Votre réponse vaut pour elle, sauf si vous y avez répondu à part.",
        "series": "C’est une série de {count} réunions à venir. Votre réponse vaut pour toutes, sauf celles auxquelles vous avez répondu à part.",
        "thanks": "Merci de votre réponse",
        "yours": "Vous avez répondu :",
        "change": "Répondre autre chose",
        "over": "Il n’y a plus rien à répondre",
        "over_more": "La réunion a commencé ou est annulée, ou vous n’y êtes plus invité·e.",
        "unknown": "Ce lien est inconnu",
        "unknown_more": "Il est peut-être coupé. Utilisez le lien du courriel.",
    },
    "en": {
        "title": "Will you come?",
        "ask": "Will you come?",
        "accepted": "Yes, I will come",
        "tentative": "Perhaps",
        "declined": "No, I cannot come",
        "button": "Send the answer",
        "missing": "Choose one of the three answers.",
        "span": "from {first} to {last}",
        "last_one": "This is the last of a series. Your answer counts for it, unless you answered it by itself.",
        "series": "This is a series of {count} meetings to come. Your answer counts for all of them, except those you answered by themselves.",
        "thanks": "Thank you for your answer",
        "yours": "You answered:",
        "change": "Give another answer",
        "over": "There is nothing left to answer",
        "over_more": "The meeting has begun or was cancelled, or you are no longer invited to it.",
        "unknown": "We do not know this link",
        "unknown_more": "It may be cut short. Use the link in the mail.",
    },
    "de": {
        "title": "Kommst du?",
        "ask": "Kommst du?",
        "accepted": "Ja, ich komme",
        "tentative": "Vielleicht",
        "declined": "Nein, ich kann nicht",
        "button": "Antwort senden",
        "missing": "Wähle eine der drei Antworten.",
        "span": "das erste: {first}, das letzte: {last}",
        "last_one": "Dies ist das letzte Treffen einer Reihe. Deine Antwort gilt dafür, außer du hast es einzeln beantwortet.",
        "series": "Dies ist eine Reihe mit noch {count} Treffen. Deine Antwort gilt für alle, außer für die, die du einzeln beantwortet hast.",
        "thanks": "Danke für deine Antwort",
        "yours": "Du hast geantwortet:",
        "change": "Anders antworten",
        "over": "Hier gibt es nichts mehr zu beantworten",
        "over_more": "Das Treffen hat begonnen oder fällt aus, oder du bist nicht mehr dazu eingeladen.",
        "unknown": "Diesen Link kennen wir nicht",
        "unknown_more": "Vielleicht ist er abgeschnitten. Verwende den Link aus der E-Mail.",
    },
}
WORDS["fr"] = typeset_all(WORDS["fr"], "fr")


def said_when(coming: Sequence[KnownMeeting], language: str, time_zone: str | None) -> str:
    """By the person's clock, from when to when: of several, the first and the last begin.

    With the place of their zone where the clock of the first differs.
    """
    first, read = coming[0], language if language in WORDS else "en"
    zone = ZoneInfo(time_zone or first.time_zone)
    begin, last = (
        format_datetime(one.starts_at, MOMENT[read], tzinfo=zone, locale=read) for one in (first, coming[-1])
    )
    dash = " – " if another_day(first.starts_at, first.ends_at, zone) else "–"
    end = said_end(first.starts_at, first.ends_at, zone, read)
    told = f"{begin}{dash}{end}" if len(coming) == 1 else WORDS[read]["span"].format(first=begin, last=last)
    there = first.starts_at.astimezone(ZoneInfo(first.time_zone))
    if first.starts_at.astimezone(zone).utcoffset() == there.utcoffset():
        return told
    return f"{told} ({get_timezone_location(zone, read, return_city=True)})"
