"""`python -m docs.generate`: write the generated pages, or with --check say which ones are not what the code says."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from beraad.contracts import all_contracts
from docs.generate import (
    asyncapi,
    authorization,
    errors,
    events,
    exports,
    mails,
    record,
    routes,
    settings,
    stages,
)

PAGES: dict[str, Callable[[], str]] = {
    "events/README.md": events.page,
    "events/asyncapi.json": asyncapi.document,
    **{f"events/{type_}.md": partial(events.topic_page, one) for type_, one in all_contracts().items()},
    **{
        f"events/examples/{type_}.json": partial(events.golden, one) for type_, one in all_contracts().items()
    },
    "routes.md": routes.page,
    "authorization.md": authorization.page,
    "errors.md": errors.page,
    "settings.md": settings.page,
    "stages.md": stages.page,
    "mails.md": mails.page,
    "record.schema.json": record.schema,
    "exports.md": exports.page,
}
HERE = Path(__file__).parents[1]
NOTICE = "<!-- Written from the code by `make docs` (docs/generate). Change the code, not this page. -->\n\n"


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 naming each page that differs.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=HERE,
    help="The folder of the pages instead of docs/.",
)
def main(*, check: bool, into: Path) -> None:
    """Write the pages that the code knows best."""
    stale = []
    for name, page in PAGES.items():
        path, text = into / name, (NOTICE if name.endswith(".md") else "") + page().strip() + "\n"
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    for left in _leftovers(into):
        stale.append(left.relative_to(into).as_posix())
        if not check:
            left.unlink()
    if check and stale:
        raise click.ClickException(f"not what the code says: {', '.join(stale)}. Run `make docs`")
    click.echo(f"{len(PAGES)} pages, {0 if check else len(stale)} written")


def _leftovers(into: Path) -> list[Path]:
    """Pages and examples of topics that are no more."""
    written = [*into.glob("events/*.md"), *into.glob("events/examples/*.json")]
    return [path for path in written if path.relative_to(into).as_posix() not in PAGES]


if __name__ == "__main__":
    main()
