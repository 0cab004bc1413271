"""The page of all choices, in the languages of the mails; it works without scripts, on a phone and in the dark."""

from __future__ import annotations

from typing import Any

from babel.dates import get_day_names

from beraad_notifications.api.unsubscribe_page import WORDS as KINDS
from beraad_notifications.domain.catalogue import CATALOGUE
from beraad_notifications.mail.wording import typeset_all

PAGE = """{% macro changed(name, empty=None) %}{% if form.get(name) != kept.get(name) %}<small>{{ words.now }} {{ words[kept.get(name)] or kept.get(name) or empty or words.nothing }}</small>{% endif %}{% endmacro -%}
{% macro often(name, empty=None) %}<select name="{{ name }}" id="{{ name }}">{% if empty %}<option value="">{{ empty }}</option>{% endif %}
{% for one in ("immediate", "daily", "weekly", "off") %}<option value="{{ one }}"{% if form.get(name) == one %} selected{% endif %}>{{ words[one] }}</option>{% endfor %}</select>{{ changed(name, empty) }}{% endmacro -%}
<!doctype html><html lang="{{ language }}"><head><meta charset="utf-8"><title>{{ words.title }} · Beraad</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<style>:root{color-scheme:light dark}body{font:17px/1.5 system-ui,sans-serif;max-width:40rem;margin:5vh auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.3}h2{font-size:1.15rem;margin:2rem 0 .5rem}p{margin:0 0 1rem}small{flex-basis:100%;font-weight:600}
.row{display:flex;flex-wrap:wrap;gap:.3rem 1rem;align-items:center;justify-content:space-between;padding:.35rem 0;border-bottom:1px solid #8a96a355}
.row label{flex:1 1 12rem}.in{padding-left:1rem}select,input[type=time]{font:inherit;min-height:44px;min-width:9rem;max-width:100%}
.days{display:flex;flex-wrap:wrap;gap:.2rem 1rem;border:0;margin:0;padding:.35rem 0}.days label,.tick{display:inline-flex;gap:.4rem;align-items:center;min-height:44px}
button{font:inherit;font-weight:600;width:100%;min-height:44px;margin:1.5rem 0 3rem;padding:.7rem 1.6rem;border-radius:.5rem;border:2px solid #1f6f5c;background:#1f6f5c;color:#fff;cursor:pointer}
.said{padding:.7rem 1rem;border-left:4px solid #2f8f76}.said.wrong{border-color:#c2410c}</style></head><body>
{% if what == "unknown" %}<h1>{{ words.unknown }}</h1><p>{{ words.unknown_more }}</p>
{% else %}<h1>{{ words.title }}</h1>{% if what == "ask" %}<p>{{ words.lead }}</p>{% else %}<p class="said{% if what != "saved" %} wrong{% endif %}" role="status">{{ words[what] }}</p>{% endif %}
<form method="post"><input type="hidden" name="revision" value="{{ revision }}">
<h2>{{ words.quiet }}</h2><p>{{ words.quiet_more }}</p>
<div class="row"><label for="quiet_from">{{ words.quiet_from }}</label><input type="time" name="quiet_from" id="quiet_from" value="{{ form.get("quiet_from") }}">{{ changed("quiet_from") }}</div>
<div class="row"><label for="quiet_to">{{ words.quiet_to }}</label><input type="time" name="quiet_to" id="quiet_to" value="{{ form.get("quiet_to") }}">{{ changed("quiet_to") }}</div>
<fieldset class="days"><legend>{{ words.quiet_days }}</legend>{% for number, name in sections.days %}<label><input type="checkbox" name="quiet_day" value="{{ number }}"{% if number in form.days %} checked{% endif %}> {{ name }}</label>{% endfor %}</fieldset>
<label class="tick"><input type="checkbox" name="quiet_urgent" value="yes"{% if form.get("quiet_urgent") %} checked{% endif %}> {{ words.quiet_urgent }}</label>
<h2>{{ words.digests }}</h2>
<div class="row"><label for="digest_hour">{{ words.digest_hour }}</label><select name="digest_hour" id="digest_hour">{% for hour in range(24) %}<option value="{{ hour }}"{% if form.get("digest_hour") == hour|string %} selected{% endif %}>{{ "%02d:00"|format(hour) }}</option>{% endfor %}</select></div>
<div class="row"><label for="digest_weekday">{{ words.digest_weekday }}</label><select name="digest_weekday" id="digest_weekday">{% for number, name in sections.days %}<option value="{{ number }}"{% if form.get("digest_weekday") == number|string %} selected{% endif %}>{{ name }}</option>{% endfor %}</select></div>
{% if groups %}<h2>{{ words.groups }}</h2><p>{{ words.groups_more }}</p>{% for id, name, kinds in groups %}
<div class="row"><label for="group.{{ id }}.all">{{ name }}</label>{{ often("group." + id + ".all", words.by_kind) }}</div>
{% for kind in kinds %}<div class="row in"><label for="group.{{ id }}.{{ kind }}">{{ sections.kinds[kind] }}</label>{{ often("group." + id + "." + kind, words.by_group) }}</div>{% endfor %}{% endfor %}{% endif %}
{% for title, names in sections.parts %}<h2>{{ words[title] }}</h2>{% for kind in names %}
<div class="row"><label for="kind.{{ kind }}">{{ sections.kinds[kind] }}</label>{{ often("kind." + kind) }}</div>{% endfor %}{% endfor %}
<button>{{ words.save }}</button></form>{% endif %}
</body></html>"""

WORDS: dict[str, dict[str, Any]] = {
    "nl": {
        "title": "Kies je mails",
        "lead": "Hier kies je welke mails je krijgt en wanneer. Links om in te loggen komen altijd.",
        "saved": "Je keuzes zijn bewaard.",
        "stale": "Intussen zijn er elders andere keuzes bewaard. Jouw keuzes staan hieronder, met wat nu geldt erbij. Bewaar opnieuw om de jouwe te laten gelden.",
        "wrong": "Dit kon niet bewaard worden: kijk de uren en dagen na. Er moet tijd overblijven voor mail.",
        "now": "Nu:",
        "nothing": "niets",
        "immediate": "meteen",
        "daily": "elke dag samen",
        "weekly": "elke week samen",
        "off": "niet",
        "quiet": "Stille uren",
        "quiet_more": "Dan komt er geen mail die kan wachten. Laat leeg als je geen stille uren wilt.",
        "quiet_from": "Van",
        "quiet_to": "Tot",
        "quiet_days": "Op de dagen dat ze beginnen",
        "quiet_urgent": "Wat binnen een dag afloopt mag wel komen",
        "digests": "Overzichten",
        "digest_hour": "Uur",
        "digest_weekday": "Dag van het weekoverzicht",
        "groups": "Per groep",
        "groups_more": "Wat over je eigen zetel, plaats, taak of agenda gaat, komt ook als de groep op ‘niet’ staat.",
        "by_kind": "zoals hieronder",
        "by_group": "zoals de groep",
        "membership": "Groepen en zetels",
        "meetings": "Vergaderingen",
        "deliberation": "Voorstellen en beslissingen",
        "save": "Bewaren",
        "unknown": "Deze link kennen we niet",
        "unknown_more": "Hij is misschien afgebroken. Gebruik de link uit de mail.",
    },
    "fr": {
        "title": "Choisir vos courriels",
        "lead": "Choisissez ici les courriels que vous recevez et quand. Les liens de connexion arrivent toujours.",
        "saved": "Vos choix sont enregistrés.",
        "stale": "Entre-temps, d’autres choix ont été enregistrés ailleurs. Les vôtres sont ci-dessous, avec ce qui vaut actuellement. Enregistrez de nouveau pour que les vôtres s’appliquent.",
        "wrong": "Impossible d’enregistrer : vérifiez les heures et les jours. Il doit rester du temps pour les courriels.",
        "now": "Actuellement :",
        "nothing": "rien",
        "immediate": "tout de suite",
        "daily": "ensemble, chaque jour",
        "weekly": "ensemble, chaque semaine",
        "off": "jamais",
        "quiet": "Heures calmes",
        "quiet_more": "Aucun courriel qui peut attendre n’arrive alors. Laissez vide si vous n’en voulez pas.",
        "quiet_from": "De",
        "quiet_to": "À",
        "quiet_days": "Les jours où elles commencent",
        "quiet_urgent": "Ce qui se termine dans la journée peut arriver",
        "digests": "Résumés",
        "digest_hour": "Heure",
        "digest_weekday": "Jour du résumé hebdomadaire",
        "groups": "Par groupe",
        "groups_more": "Ce qui concerne votre siège, votre place, votre tâche ou votre agenda arrive même si le groupe est sur « jamais ».",
        "by_kind": "comme ci-dessous",
        "by_group": "comme le groupe",
        "membership": "Groupes et sièges",
        "meetings": "Réunions",
        "deliberation": "Propositions et décisions",
        "save": "Enregistrer",
        "unknown": "Ce lien est inconnu",
        "unknown_more": "Il est peut-être coupé. Utilisez le lien du courriel.",
    },
    "en": {
        "title": "Choose your mail",
        "lead": "Choose here which mail you get, and when. Sign-in links always come.",
        "saved": "Your choices are saved.",
        "stale": "Other choices were saved elsewhere meanwhile. Yours stand below, with what counts now beside them. Save again to make yours count.",
        "wrong": "This could not be saved: look at the hours and days again. Some time must be left for mail.",
        "now": "Now:",
        "nothing": "nothing",
        "immediate": "at once",
        "daily": "together, every day",
        "weekly": "together, every week",
        "off": "not at all",
        "quiet": "Quiet hours",
        "quiet_more": "No mail comes then that can wait. Leave empty if you want none.",
        "quiet_from": "From",
        "quiet_to": "To",
        "quiet_days": "On the days they begin",
        "quiet_urgent": "What is over within a day may come",
        "digests": "Digests",
        "digest_hour": "Hour",
        "digest_weekday": "Day of the weekly digest",
        "groups": "By group",
        "groups_more": "What is about your own seat, place, task or calendar comes even where the group is on “not at all”.",
        "by_kind": "as below",
        "by_group": "as the group",
        "membership": "Groups and seats",
        "meetings": "Meetings",
        "deliberation": "Proposals and decisions",
        "save": "Save",
        "unknown": "We do not know this link",
        "unknown_more": "It may be cut short. Use the link in the mail.",
    },
    "de": {
        "title": "Wähle deine Mails",
        "lead": "Hier wählst du, welche Mails du erhältst und wann. Links zum Anmelden kommen immer.",
        "saved": "Deine Auswahl ist gespeichert.",
        "stale": "Inzwischen wurde anderswo eine andere Auswahl gespeichert. Deine steht unten, daneben, was jetzt gilt. Speichere noch einmal, damit deine gilt.",
        "wrong": "Das konnte nicht gespeichert werden: Prüfe Uhrzeiten und Tage. Es muss Zeit für Mails bleiben.",
        "now": "Jetzt:",
        "nothing": "nichts",
        "immediate": "sofort",
        "daily": "täglich gesammelt",
        "weekly": "wöchentlich gesammelt",
        "off": "gar nicht",
        "quiet": "Ruhezeiten",
        "quiet_more": "Dann kommt keine Mail, die warten kann. Lass sie leer, wenn du keine willst.",
        "quiet_from": "Von",
        "quiet_to": "Bis",
        "quiet_days": "An den Tagen, an denen sie beginnen",
        "quiet_urgent": "Was innerhalb eines Tages endet, darf kommen",
        "digests": "Übersichten",
        "digest_hour": "Uhrzeit",
        "digest_weekday": "Tag der Wochenübersicht",
        "groups": "Nach Gruppe",
        "groups_more": "Was deinen eigenen Sitz, Platz, Kalender oder deine Aufgabe betrifft, kommt auch, wenn die Gruppe auf „gar nicht“ steht.",
        "by_kind": "wie unten",
        "by_group": "wie die Gruppe",
        "membership": "Gruppen und Sitze",
        "meetings": "Treffen",
        "deliberation": "Vorschläge und Beschlüsse",
        "save": "Speichern",
        "unknown": "Diesen Link kennen wir nicht",
        "unknown_more": "Vielleicht ist er abgeschnitten. Nutze den Link aus der Mail.",
    },
}
WORDS["fr"] = typeset_all(WORDS["fr"], "fr")


def layout(language: str) -> dict[str, Any]:
    """The days of the week, what each kind is called, and the kinds by who tells of them."""
    names = get_day_names("wide", locale=language)
    publishers = ("deliberation", "meetings", "membership")
    return {
        "days": [(number, names[number - 1]) for number in range(1, 8)],
        "kinds": KINDS[language]["kinds"],
        "parts": [
            (
                publisher,
                [kind.name for kind in CATALOGUE if not kind.essential and kind.event.startswith(publisher)],
            )
            for publisher in publishers
        ],
    }
