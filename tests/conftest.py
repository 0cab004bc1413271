"""What every test may ask for: private servers (tests/servers), and services on fresh databases (tests/worlds)."""

pytest_plugins = ["servers.fixtures", "worlds.fixtures"]
