"""Beraad: compose a group, meet, draft and amend proposals, decide by consent.

This distribution is the kernel the four services stand on: it knows how a command becomes one
transaction, how an event reaches the other services, and how a request is answered. It knows no service.
"""
