"""How mail is written and sent: templates, wording, headers, calendar parts, and the conversation with the server."""
