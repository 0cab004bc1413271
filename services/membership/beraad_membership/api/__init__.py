"""The HTTP words of membership: routes and schemas. Rules live in the domain."""
