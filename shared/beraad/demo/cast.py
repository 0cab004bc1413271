"""The people of the play. Names are invented; numbers, profiles and mandates are the document's."""

from __future__ import annotations

from dataclasses import dataclass

ASSOCIATES = 300
BOARD_SIZE = 9
CANDIDATES = 60
SEATS = 12

GIVEN = [
    "Anna",
    "Bram",
    "Chloé",
    "Dirk",
    "Elif",
    "Farid",
    "Greet",
    "Hugo",
    "Ines",
    "Joris",
    "Karim",
    "Lena",
    "Maud",
    "Noor",
    "Omar",
    "Piet",
    "Quinten",
    "Rosa",
    "Sofie",
    "Tom",
    "Uma",
    "Victor",
    "Wout",
    "Xavier",
    "Yasmina",
    "Zoë",
    "Alix",
    "Bert",
    "Camille",
    "Djamila",
]
FAMILY = ["Peeters", "Lambert", "Aerts", "Dubois", "El-Amrani", "Maes", "Claes", "Leroy", "Wouters", "Simon"]
PROFILES = ("user", "client", "partner", "employee", "permanent staff")
LANGUAGES = ("nl", "fr", "nl", "fr", "en")


@dataclass(frozen=True)
class Person:
    """Someone in the play."""

    name: str
    email: str
    language: str
    profile: str


@dataclass(frozen=True)
class Mandate:
    """One of the four groups as the General Assembly creates it."""

    name: str
    theme: str
    aim: str
    deliverables: str
    weekday: str
    visit: str
    expert: str
    proposal: str
    driver: str
    text: str
    passage: str
    replacement: str
    objection: str
    kind: str
    integrated: str


def associates() -> list[Person]:
    """The 300 associates, every profile and language among them."""
    people = []
    for number in range(ASSOCIATES):
        name = f"{GIVEN[number % 30]} {FAMILY[number // 30]}"
        profile = PROFILES[number % 5]
        people.append(
            Person(name, f"associate{number:03d}@smart.example", LANGUAGES[number // 5 % 5], profile)
        )
    return people


def experts() -> list[Person]:
    """Four outside experts, one for each theme. They hold no seat."""
    names = ("Prof. Mira Olsen", "Jean-Luc Okafor", "Dr. Sanne Visser", "Ilse Fontaine")
    return [
        Person(name, f"expert{n}@outside.example", ("en", "fr", "nl", "fr")[n], "expert")
        for n, name in enumerate(names)
    ]


MANDATES = (
    Mandate(
        name="Ethics committee",
        theme="ethics",
        aim="Work out a framework for an ethics committee.",
        deliverables="A charter: composition, referral, confidentiality, publication of opinions.",
        weekday="TU",
        visit="Ethics board of a care cooperative, Ghent",
        expert="How opinions gain authority without power",
        proposal="A charter for the ethics committee",
        driver="Workshops of 2015 and 2016 asked for a place where hard questions can be put without fear.",
        text=(
            "# Charter of the ethics committee\n\n"
            "The committee has five members, drawn from the five profiles.\n\n"
            "Any member of the cooperative may put a question to it.\n\n"
            "Opinions are published within sixty days.\n"
        ),
        passage="within sixty days",
        replacement="within thirty days",
        objection="A person who asks can be recognised from a published opinion.",
        kind="side_effect",
        integrated="Opinions are published without anything that lets the person who asked be recognised.",
    ),
    Mandate(
        name="Spokespersons",
        theme="spokespersons",
        aim="Define the missions of the cooperative's spokespersons.",
        deliverables="A mission statement, a mandate of two years, a way to report back.",
        weekday="WE",
        visit="Spokespersons' evening of a housing cooperative, Namur",
        expert="Speaking for others: mandates that hold",
        proposal="Missions of the spokespersons",
        driver="Users and partners want to speak for the cooperative, and the cooperative wants to know what they say.",
        text=(
            "# Spokespersons\n\n"
            "Users and partners choose ten spokespersons for two years.\n\n"
            "They speak on the subjects agreed with the Board.\n\n"
            "They report to the General Assembly once a year.\n"
        ),
        passage="once a year",
        replacement="twice a year",
        objection="Agreeing every subject with the Board makes the spokespersons its voice, not ours.",
        kind="aim",
        integrated="They choose their subjects themselves and tell the Board beforehand.",
    ),
    Mandate(
        name="Economic and financial information",
        theme="finance",
        aim="Make the cooperative's financial and economic information accessible.",
        deliverables="A yearly readable account, a monthly dashboard, a session of questions.",
        weekday="TH",
        visit="Open books at a bakery cooperative, Liège",
        expert="Accounts that people read",
        proposal="Readable accounts for every associate",
        driver="Associates own the cooperative and cannot read its accounts.",
        text=(
            "# Readable accounts\n\n"
            "Every associate receives a four-page account each year.\n\n"
            "A dashboard shows income and costs each month.\n\n"
            "The finance team answers questions within a month.\n"
        ),
        passage="within a month",
        replacement="within two weeks",
        objection="A monthly dashboard by team shows single salaries in small teams.",
        kind="side_effect",
        integrated="Figures of teams with fewer than five people are shown together.",
    ),
    Mandate(
        name="IT tools",
        theme="it-tools",
        aim="Design a place for reflection and advice on the IT tools.",
        deliverables="A panel of users, a yearly list of wishes, a reasoned answer from the IT team.",
        weekday="MO",
        visit="User panel of a public broadcaster, Brussels",
        expert="What a user panel can and cannot decide",
        proposal="A user panel for the IT tools",
        driver="Tools change without those who work with them being asked.",
        text=(
            "# User panel\n\n"
            "A panel of fifteen users meets four times a year.\n\n"
            "It advises on every new tool before it is bought.\n\n"
            "The IT team answers each advice in writing.\n"
        ),
        passage="four times a year",
        replacement="six times a year",
        objection="Waiting for the panel before every purchase stops urgent security fixes.",
        kind="efficiency",
        integrated="Urgent security fixes go ahead and are explained at the next meeting.",
    ),
)
