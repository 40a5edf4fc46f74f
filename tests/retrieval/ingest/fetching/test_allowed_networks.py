"""Only the public internet is reached, and what the operator adds."""

import pytest

from retrieval.errors import UsageError
from retrieval.ingest.fetching.safety.allowed_networks import AllowedNetworks

NOT_PUBLIC = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.255.255.254 169.254.169.254
    169.254.0.1 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.9 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1
    192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.250 240.0.0.1
    255.255.255.255
    :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808
    64:ff9b:1::1 100::1 100:0:0:1::1 2001::1 2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
    2002:7f00:1:: 2002:808:808::1 2606:4700::5efe:7f00:1 2606:4700::200:5efe:10.0.0.1 3fff::1 4000::1 5f00::1 fc00::1
    fd00:ec2::254 fe80::1 fe80::1%lo febf::1 fec0::1 ff02::1 ff0e::1 2606:4700::1111%1
""".split()
PUBLIC = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 128.0.0.1 169.253.255.255 172.15.255.255
    172.32.0.0 192.0.1.1 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
    2606:4700:4700::1111 2001:200::1 2001:4860:4860::8888 2a00:1450::1 2003::1
""".split()


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not AllowedNetworks().allow(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_allowed(address: str) -> None:
    assert AllowedNetworks().allow(address)


@pytest.mark.parametrize("address", ["", "localhost", "127.1", "2130706433", "0177.0.0.1", "1.1.1.1/32", "1.1.1.1\n"])
def test_what_is_no_address_is_refused(address: str) -> None:
    assert not AllowedNetworks(("0.0.0.0/0", "::/0")).allow(address)


def test_networks_of_the_operator_are_allowed_and_nothing_beside_them() -> None:
    networks = AllowedNetworks(("10.1.0.0/16", "fd00:1::/32"))
    assert networks.allow("10.1.2.3") and networks.allow("fd00:1::5") and networks.allow("1.1.1.1")
    assert not any(map(networks.allow, ("10.2.0.1", "fd00:2::1", "127.0.0.1", "::ffff:10.1.2.3", "fd00:1::5%1")))


@pytest.mark.parametrize("network", ["10.0.0.1/8", "intranet", "", "10.0.0.0/33"])
def test_what_is_no_network_is_named(network: str) -> None:
    with pytest.raises(UsageError, match=r"is no network .*; write it as 10.0.0.0/8"):
        AllowedNetworks((network,))
