"""How a group drafts, amends and decides by consent. Standard library and `beraad.domain` only."""
