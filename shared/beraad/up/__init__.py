"""`beraad up`: the whole system on one machine, in processes forked from one.

`environment` and `ports` come first and import little: what they set must stand before the metrics are
imported. `run` then prepares the databases and hands its children to the `supervisor`.
"""
