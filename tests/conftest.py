"""What every test may ask for: private servers (tests/servers), started on first use and ended with the run."""

pytest_plugins = ["servers.fixtures"]
