"""The page that shows an OpenAPI document: plain HTML, readable without scripts."""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ api.info.title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0 } h2 { margin-top: 2.5rem; text-transform: capitalize; border-bottom: 1px solid var(--line) }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; padding: .4rem .8rem }
summary { cursor: pointer } code, pre { font: 14px/1.45 ui-monospace, monospace }
pre { background: var(--soft); padding: .6rem; overflow-x: auto; border-radius: .4rem }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700 }
.GET { color: #2a7 } .POST { color: #36c } .PUT { color: #a60 } .PATCH { color: #a60 } .DELETE { color: #c33 }
table { border-collapse: collapse } td { border-top: 1px solid var(--line); padding: .2rem .8rem .2rem 0; vertical-align: top }
</style></head><body>
<h1>{{ api.info.title }}</h1><p>{{ api.info.description }} · <a href="{{ root }}/openapi.json">OpenAPI {{ api.openapi }}</a></p>
{% for tag, operations in groups.items() %}<h2>{{ tag }}</h2>
{% for o in operations %}<details id="{{ o.operationId }}"><summary><span class="method {{ o.method }}">{{ o.method }}</span>
<code>{{ root }}{{ o.path }}</code> — {{ o.summary or "" }}</summary>
{% if o.description %}<p>{{ o.description }}</p>{% endif %}
{% if o.parameters %}<table>{% for p in o.parameters %}<tr><td><code>{{ p.name }}</code></td><td>{{ p["in"] }}{{ ", required" if p.required }}</td>
<td><code>{{ p.schema | tojson }}</code></td></tr>{% endfor %}</table>{% endif %}
{% if o.requestBody %}<p>Body</p><pre>{{ o.requestBody.content | tojson(indent=2) }}</pre>{% endif %}
{% for status, r in o.responses.items() %}<p><strong>{{ status }}</strong> {{ r.description or "" }}</p>
{% if status != "default" and r.content %}<pre>{{ r.content | tojson(indent=2) }}</pre>{% endif %}{% endfor %}
</details>{% endfor %}{% endfor %}
<h2>schemas</h2>{% for name, schema in api.components.schemas.items() %}<details id="{{ name }}"><summary><code>{{ name }}</code></summary>
<pre>{{ schema | tojson(indent=2) }}</pre></details>{% endfor %}
</body></html>"""
