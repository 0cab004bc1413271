"""Every language says the same things: no kind, variable, part or convention is forgotten, and no event without a reason."""

import re
from itertools import combinations
from pathlib import Path

import pytest
from jinja2 import nodes

from beraad.contracts import all_contracts
from beraad_notifications.api import reply_page
from beraad_notifications.domain.catalogue import CATALOGUE, KINDS, NOT_TOLD
from beraad_notifications.mail import wording
from beraad_notifications.mail.samples import CHECKPOINT, SAMPLES, sample_letter
from beraad_notifications.mail.templates import FOLDER, HTML, LANGUAGES, LAYOUT
from beraad_notifications.mail.writing import Writer, Written
from worlds.settings import some_settings

WRITER = Writer(some_settings("notifications", "sqlite://"))
NARROW = "\u202f"
SECRET = "Brontosaurus"
OUR_QUOTES = {"nl": "“”", "fr": "«»", "en": "“”", "de": "„“"}
ALL_QUOTES = "“”„«»"
EVERY = [(kind, language) for kind in KINDS for language in LANGUAGES]


def written(kind: str, language: str, **told: object) -> Written:
    return WRITER.write(sample_letter(kind, language, **told))


def telling(kind: str, word: str) -> dict[str, object]:
    """That word wherever somebody's own words stand."""
    people_write: dict[str, object] = {
        **dict.fromkeys(("text", "reason", "driver"), word),
        "questions": [word],
        "changes": [{"kind": "added", "text": word}],
    }
    codes = {"reason"} if kind == "seat_vacated" else set()
    return {name: people_write[name] for name in (people_write.keys() & SAMPLES[kind].keys()) - codes}


def source(kind: str, name: str) -> str:
    return (FOLDER / kind / name).read_text(encoding="utf-8")


def variables(kind: str, name: str) -> set[str]:
    """What a template reads, the names it gives itself left out."""
    tree = HTML.parse(source(kind, name).replace("{# body #}", ""))
    read = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    given = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"} | {"loop"}
    attributes = {
        f"{node.node.name}.{node.attr}"
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name)
    }
    return (read - given) | attributes


def words_only(text: str) -> str:
    """A template without what Jinja reads, HTML tags and addresses."""
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]+>|https?://\S+", "x", text, flags=re.DOTALL)


# -- complete ------------------------------------------------------------------------------------------------


def test_every_event_is_told_by_mail_or_has_a_reason_not_to_be() -> None:
    told = {kind.event for kind in CATALOGUE}
    assert told | NOT_TOLD.keys() == set(all_contracts())
    assert not told & NOT_TOLD.keys()
    assert all(len(why.split()) > 2 for why in NOT_TOLD.values())


@pytest.mark.parametrize("part", ["txt", "html"])
@pytest.mark.parametrize("kind", [*KINDS, LAYOUT])
def test_every_language_tells_the_same_facts(kind: str, part: str) -> None:
    told = {language: variables(kind, f"{language}.{part}") for language in LANGUAGES}
    assert all(names == told["en"] for names in told.values()), told


def test_the_check_of_facts_notices_one_that_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vote").mkdir()
    (tmp_path / "vote" / "en.txt").write_text(
        "{{ title }} {{ reply.accepted }}{% for x in y %}{{ x }}{% endfor %}"
    )
    monkeypatch.setitem(globals(), "FOLDER", tmp_path)
    assert variables("vote", "en.txt") == {"title", "reply", "reply.accepted", "y"}


@pytest.mark.parametrize("kind", [*KINDS, LAYOUT])
def test_no_language_keeps_a_sentence_of_another(kind: str) -> None:
    lines = {}
    for language in LANGUAGES:
        texts = source(kind, f"{language}.txt") + source(kind, f"{language}.html")
        found = (" ".join(line.split()) for line in words_only(texts).splitlines())
        lines[language] = {line for line in found if len(re.sub(r"\bx+\b|\W", "", line)) > 12}
    for one, other in combinations(LANGUAGES, 2):
        assert not lines[one] & lines[other]


def test_every_table_of_words_speaks_every_language() -> None:
    assert set(wording.MOMENT) == set(wording.UNTIL) == set(wording.ROLE_NAMES) == set(LANGUAGES)
    assert set(reply_page.WORDS) == set(LANGUAGES)
    for words in (wording.ROLE_NAMES, reply_page.WORDS):
        assert all(table.keys() == words["en"].keys() for table in words.values())


# -- set as the language sets it -----------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_quotes_and_spaces_are_those_of_the_language(kind: str, language: str) -> None:
    for part in ("txt", "html"):
        text = words_only(source(kind, f"{language}.{part}"))
        foreign = set(ALL_QUOTES) - set(OUR_QUOTES[language])
        assert not foreign & set(text)
        assert '"' not in text
        if language != "en":
            assert "'" not in text, "an apostrophe is ’"
        opening, closing = tuple(OUR_QUOTES[language])
        assert text.count(opening) == text.count(closing)
        if language != "fr":
            assert not re.search(r"\s[;:!?]", text)


@pytest.mark.parametrize("kind", KINDS)
def test_french_has_narrow_spaces_where_no_line_breaks(kind: str) -> None:
    mail = written(kind, "fr", **telling(kind, "Texte"))
    html = re.sub(r"<style.*?</style>|<[^>]+>", "", mail.html, flags=re.DOTALL)
    for part in (mail.subject, mail.text, html):
        bare = re.sub(r"https?://\S+|\d\d:\d\d|Re: |DATE:\S*", "", part.replace(CHECKPOINT.strip(), ""))
        assert not re.search(rf"[^{NARROW}][;!?»]|«[^{NARROW}]", re.sub(r"&\w+;|&#\d+;", "", bare))
        assert not re.search(rf"[^{NARROW}\d]:", bare)


# -- reads well alone ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_the_text_reads_well_alone(kind: str, language: str) -> None:
    mail = written(kind, language)
    body, _, foot = mail.text.rpartition("\n--\n")
    assert body.strip()
    why = foot.strip().splitlines()[0]
    assert len(why) > 30, "why it was sent"
    assert "\n\n\n" not in mail.text
    assert not re.search(r"&(amp|lt|gt|quot|nbsp|#\d+);", mail.text)
    assert not re.search(r"\{[{%#]|[%#]\}", mail.text + mail.html + mail.subject)
    assert not re.search(r"[ \t]\n", mail.text), "spaces at the end of a line"
    links = re.findall(r"https?://\S+", body)
    assert links, "what can be done next"
    for line in mail.text.splitlines():
        if "http" in line:
            assert re.fullmatch(r"(.*[:\s])?https?://[^\s]+", line), f"a link ends its line: {line}"
    assert why in mail.html.replace("&#39;", "'").replace("&#34;", '"')


# -- reveals nothing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_subject_tells_what_people_answered_or_objected(language: str) -> None:
    for kind in SAMPLES:
        told = telling(kind, SECRET)
        mail = written(kind, language, **told)
        assert SECRET not in mail.subject
        if set(told) - {"reason"}:
            assert SECRET in mail.text
    entries = [
        dict(entry, told={**entry["told"], "driver": SECRET}) for entry in SAMPLES["digest"]["entries"]
    ]
    digest = written("digest", language, entries=entries)
    assert SECRET not in digest.subject + digest.text + digest.html


# -- can be read ---------------------------------------------------------------------------------------------

CARD = {"light": "#ffffff", "dark": "#1e242b"}
LARGE_ENOUGH = 4.5
"""WCAG 2.2, 1.4.3: of text against what is behind it."""


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colors(css: str) -> dict[str, dict[str, str]]:
    """Selector → what it says of `color` and `background`."""
    found: dict[str, dict[str, str]] = {}
    for selectors, rules in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        told = dict(re.findall(r"(?:^|[;\s])(color|background): (#[0-9a-f]{6})", rules))
        for selector in selectors.split(","):
            found.setdefault(selector.strip(), {}).update(told)
    return found


def test_everything_stands_out_by_day_and_in_the_dark() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    light = colors(source(LAYOUT, "style.css"))
    frame = source(LAYOUT, "frame.html")
    dark = colors(frame.partition("(prefers-color-scheme: dark) {")[2].partition("</style>")[0])
    assert 'name="color-scheme" content="light dark"' in frame
    for mode, rules in (("light", light), ("dark", {**light, **dark})):
        boxes = {CARD[mode], rules[".facts"]["background"]}
        for selector, told in rules.items():
            if "color" in told:
                for behind in {told["background"]} if "background" in told else boxes:
                    assert contrast(told["color"], behind) >= LARGE_ENOUGH, (mode, selector, told, behind)


def test_buttons_can_be_hit_by_a_thumb() -> None:
    css = source(LAYOUT, "style.css")
    for button, border in (("button", 0), ("button.plain", 2)):
        rule = re.search(rf"\.{re.escape(button)} {{(.*?)}}", css)
        assert rule is not None
        padding = re.search(r"padding: (\d+)px", rule[1])
        assert padding is not None
        assert 2 * (int(padding[1]) + border) + 16 * 1.55 >= 44
