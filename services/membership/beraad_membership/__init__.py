"""membership owns people, groups, their composition, seats, roles and sign-in."""
