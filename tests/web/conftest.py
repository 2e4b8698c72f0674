"""One app for the tests of the API; its model is compiled once."""

import pytest
from fastapi.testclient import TestClient

from countervail.web import Settings, create_app


@pytest.fixture(scope="session")
def client():
    with TestClient(create_app(Settings(warm=False)), raise_server_exceptions=False) as found:
        yield found
