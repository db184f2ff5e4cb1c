"""Which requirements `make image-check` asks for; the asking itself needs the network."""

from tests.dockerfile import ROOT
from tests.image.wheels import PROCESSORS, command, pins, python_of_the_base

TEXT = """\
# made by a tool
one==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via two
two==2.0 ; sys_platform == 'win32' \\
    --hash=sha256:cc
three==3.0 ; platform_machine == 'aarch64' and python_version >= '3.13' \\
    --hash=sha256:dd
"""


def test_a_pin_is_asked_for_where_its_condition_holds_in_the_image() -> None:
    one = "one==1.0 --hash=sha256:aa --hash=sha256:bb"
    assert list(pins(TEXT, "x86_64", "3.13")) == [one]
    assert list(pins(TEXT, "aarch64", "3.13")) == [one, "three==3.0 --hash=sha256:dd"]
    assert list(pins(TEXT, "aarch64", "3.12")) == [one]


def test_all_that_the_image_needs_is_asked_for_on_both_processors() -> None:
    text = (ROOT / "requirements.txt").read_text()
    for processor in PROCESSORS.values():
        found = list(pins(text, processor, python_of_the_base()))
        assert {"sqlcipher3", "starlette", "tzdata"} <= {each.partition("==")[0] for each in found}
        assert all(" --hash=sha256:" in each for each in found)


def test_nothing_but_a_wheel_with_a_known_hash_is_taken() -> None:
    told = command("aarch64", "3.13", ROOT / "requirements.txt", ROOT)
    assert {"--only-binary=:all:", "--require-hashes", "--no-deps"} <= set(told)
    assert {"--abi=cp313", "--platform=manylinux2014_aarch64"} <= set(told)
    assert not any("x86_64" in each for each in told)
