"""What an address tells of its employer, and that the list of shared hosts is checked when it is read."""

from importlib import resources

import pytest

from warehouse import domains


@pytest.fixture
def declared(tmp_path, monkeypatch):
    """Declare other hosts than the bundled ones."""

    def declare(text: str) -> None:
        (tmp_path / "shared_hosts.toml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(resources, "files", lambda package: tmp_path)
        domains.shared_hosts.cache_clear()

    domains.shared_hosts.cache_clear()
    yield declare
    domains.shared_hosts.cache_clear()


def test_an_address_has_the_domain_below_the_public_suffix():
    assert domains.registered_domain("https://Jobs.Acme.co.uk/data?x=1") == "acme.co.uk"


@pytest.mark.parametrize("address", ["https://boards.greenhouse.io/acme", "bit.ly/x", "localhost", ""])
def test_shared_hosts_and_no_hosts_have_none(address):
    assert domains.registered_domain(address) is None


def test_hosts_are_read_from_the_file(declared):
    declared('hosts = ["acme.co.uk"]')
    assert domains.registered_domain("https://jobs.acme.co.uk") is None
    assert domains.registered_domain("https://bit.ly/x") == "bit.ly"


@pytest.mark.parametrize(
    "text",
    ['hosts = "acme.com"', 'hosts = ["Acme.com"]', "hosts = [1]", 'host = ["acme.com"]', 'hosts = ["a.de", "a.de"]'],
)
def test_a_list_that_is_none_is_refused(declared, text):
    declared(text)
    with pytest.raises(ValueError, match=r"shared_hosts\.toml"):
        domains.shared_hosts()
