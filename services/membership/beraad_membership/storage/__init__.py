"""How membership keeps its data: tables, mapping, repositories, the unit of work."""
