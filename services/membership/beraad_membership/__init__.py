"""The membership service: people, groups, composition, terms and sign-in."""
