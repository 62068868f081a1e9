from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.identity import (
    IdFlaw,
    IdNumber,
    NumberFlaw,
    Sex,
    check_digit,
    fold,
    fold_name,
    is_mobile,
    read_id_number,
    read_phone,
    read_register_number,
    read_school_code,
)

SAFE = "990000201501010013"
BIRTHS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
WIDE = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789Xx"}


def an_id(born_on: date, serial: int, region: int = 990000) -> str:
    digits = f"{region:06d}{born_on:%Y%m%d}{serial:03d}"
    return digits + check_digit(digits)


def test_the_safe_test_number_holds() -> None:
    assert read_id_number(SAFE) == IdNumber(SAFE, date(2015, 1, 1), Sex.MALE)


@given(BIRTHS, st.integers(0, 999), st.integers(110000, 999999))
def test_every_number_with_its_check_digit_says_birth_and_sex(
    born_on: date, serial: int, region: int
) -> None:
    number = an_id(born_on, serial, region)

    sex = Sex.MALE if serial % 2 else Sex.FEMALE
    assert read_id_number(number) == IdNumber(number, born_on, sex)


@given(BIRTHS, st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_never_passes(born_on: date, serial: int, place: int, shift: int) -> None:
    number = an_id(born_on, serial)
    digit = "0123456789X".index(number[place])
    wrong = number[:place] + str((digit + shift) % 10) + number[place + 1 :]

    assert wrong == number or not isinstance(read_id_number(wrong), IdNumber)


@given(BIRTHS, st.integers(0, 999), st.integers(1, 16))
def test_two_neighbours_swapped_never_pass(born_on: date, serial: int, place: int) -> None:
    number = an_id(born_on, serial)
    swapped = number[: place - 1] + number[place] + number[place - 1] + number[place + 1 :]

    assert swapped == number or not isinstance(read_id_number(swapped), IdNumber)


@given(BIRTHS, st.integers(0, 999), st.lists(st.integers(0, 18), max_size=4))
def test_full_width_small_x_and_gaps_change_nothing(
    born_on: date, serial: int, gaps: list[int]
) -> None:
    number = an_id(born_on, serial)
    untidy = number.lower()
    for gap in gaps:
        untidy = untidy[:gap] + "\u3000" + untidy[gap:]

    assert read_id_number(untidy.translate(WIDE)) == read_id_number(number)


@given(st.text(max_size=30))
def test_no_text_makes_a_reader_stumble(text: str) -> None:
    for reader in (read_id_number, read_register_number, read_school_code, read_phone):
        reader(text)

    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("number", "flaw"),
    [
        pytest.param(SAFE[:17], IdFlaw.LENGTH, id="too short"),
        pytest.param("110105491231002", IdFlaw.LENGTH, id="of fifteen digits"),
        pytest.param("99000O201501010013", IdFlaw.CHARACTERS, id="with the letter O"),
        pytest.param("990000201513010013", IdFlaw.BIRTH_DATE, id="with a thirteenth month"),
        pytest.param("990000201502290010", IdFlaw.BIRTH_DATE, id="with a leap day in 2015"),
        pytest.param("990000201501010014", IdFlaw.CHECK_DIGIT, id="with a wrong check digit"),
    ],
)
def test_a_number_is_refused(number: str, flaw: IdFlaw) -> None:
    assert read_id_number(number) is flaw


@pytest.mark.parametrize(("region", "known"), [(410526, True), (990000, True), (980000, False)])
def test_only_a_region_nobody_knows_is_worth_a_warning(region: int, known: bool) -> None:
    identity = read_id_number(an_id(date(2015, 1, 1), 1, region))

    assert isinstance(identity, IdNumber)
    assert identity.region_is_known is known


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("g" + SAFE, "G" + SAFE),
        ("Ｇ" + SAFE, "G" + SAFE),
        ("J123456789012345678", "J123456789012345678"),
        ("L123456789012345678", "L123456789012345678"),
        ("G990000201501010014", NumberFlaw.REGISTER_CHECK_DIGIT),
        ("L1234", NumberFlaw.REGISTER_SHAPE),
        (SAFE, NumberFlaw.REGISTER_SHAPE),
    ],
)
def test_register_numbers(text: str, expected: str) -> None:
    assert read_register_number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13800000000", "13800000000"),
        ("+86 138-0000-0000", "13800000000"),
        ("8613800000000", "13800000000"),
        ("１３８００００００００", "13800000000"),
        ("(0371) 6512-3456", "037165123456"),
        ("010-65123456", "01065123456"),
        ("6512345", "6512345"),
        ("1380000000", NumberFlaw.PHONE_SHAPE),
        ("12800000000", NumberFlaw.PHONE_SHAPE),
        ("妈妈", NumberFlaw.PHONE_SHAPE),
    ],
)
def test_phones(text: str, expected: str) -> None:
    assert read_phone(text) == expected


def test_a_mobile_phone_is_told_from_a_landline() -> None:
    assert (is_mobile("13800000000"), is_mobile("01065123456")) == (True, False)


def test_a_school_code_has_ten_digits() -> None:
    assert read_school_code(" 2199000001 ") == "2199000001"
    assert read_school_code("219900000") is NumberFlaw.SCHOOL_CODE_SHAPE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张　三", "张三"),
        (" 李 四 光 ", "李四光"),
        ("阿不都 • 买买提", "阿不都·买买提"),
        ("John  Smith", "John Smith"),
    ],
)
def test_names_have_one_form(text: str, expected: str) -> None:
    assert fold_name(text) == expected
