"""How deliberation keeps its data: tables, mapping, repositories, hot statements, the unit of work."""
