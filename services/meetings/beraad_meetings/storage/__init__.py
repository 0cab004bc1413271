"""Tables, mapping, repositories and the unit of work; the calendar libraries stand behind a port here too."""
