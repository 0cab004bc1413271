"""How notifications keeps its data: tables, repositories, the audience query, the unit of work."""
