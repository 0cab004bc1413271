"""The deliberation service: proposals, amendments, consent rounds and decisions."""
