"""The HTTP words of notifications: routes and schemas. Rules live in the domain."""
