"""Every kind of thing: what is one, and what only looks like one. All of it is made up, or the issuers' own example."""

from __future__ import annotations

import pytest

from clioscope.privacy.redaction import Redactor

REDACTOR = Redactor()

TRUE = {
    "EMAIL": [
        "ana@example.org",
        "ana.b+news@mail.example.co.uk",
        "søren@müller-käse.example",
        "ana (at) example (dot) org",
        "ana [at] example.com",
        "ana at example dot com",
        "mailto:ana@example.org",
    ],
    "PHONE": [
        "+44 20 7946 0958",
        "+1 (555) 010-9999",
        "0049 30 1234567",
        "(020) 7946 0958",
        "555-867-5309",
        "555.867.5309 x123",
        "1-800-555-0199",
        "06.12.34.56.78",
        "030/1234567",
        "07911 123456",
        "138 1234 5678",
        "phone: 555-1399",
        "his number is 5551399",
        "Tel. 92 34 70",
        "+91 98765 43210",
        "010-58168888",
        "13812345678",
    ],
    "CARD": ["4111 1111 1111 1111", "4111-1111-1111-1111", "5555555555554444", "3782 822463 10005", "30569309025904"],
    "IBAN": ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "fr14 2004 1010 0505 0001 3m02 606"],
    "BANK_ACCOUNT": ["account number: 12345678", "routing 021000021", "BIC DEUTDEFF500"],
    "IP": ["192.168.1.20", "8.8.8.8", "2001:db8::ff00:42:8329", "fe80::1ff:fe23:4567:890a%eth0", "10[.]1[.]2[.]3"],
    "MAC_ADDRESS": ["00:1B:44:11:3A:B7", "00-1b-44-11-3a-b7", "001b.4411.3ab7"],
    "DEVICE_ID": ["IMEI 490154203237518"],
    "VEHICLE_ID": ["1HGCM82633A004352", "licence plate: AB12 CDE", "Kennzeichen B-XY 123"],
    "COORDINATES": ["48.858370, 2.294481", "latitude: 48.85837", "48°51'30\"N, 2°17'40\"E", "@37.3362,-121.8244"],
    "WALLET": [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "0x52908400098527886E0F7030069857D2E4169EE7",
    ],
    "SECRET": [
        "sk-proj-abcdEFGH1234567890abcdEF",
        "sk-ant-api03-abcdefghij_KLMNOP-12345",
        "AKIAABCDEFGH1JKLMNOP",
        "clioscope_" + "aB3-_" * 8 + "xyz",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyzABCDEFGH",
        "xoxb-123456789012-abcdefGHIJKL",
        "AIzaSyA1234567890abcdefghijklmnopqrstuv",
        "hf_abcdefghijklmnopqrstuvwx12",
        "glpat-abcdefghij1234567890",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabc\n-----END RSA PRIVATE KEY-----",
        "Authorization: Bearer abcdefgh12345678ijkl",
        'api_key = "a8f5f167f44f4964e6c998dee827110c"',
        "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1234",
        "my password is hunter2",
        "password: P@$$w0rd1",
        "Passwort: geheim99!",
        "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijkl",
        "PIN is 4821",
    ],
    "CREDENTIALS": ["postgres://app:pw12@db.example.org/x", "https://example.org/reset?token=a1b2c3d4e5&lang=de"],
    "BIRTH_DATE": ["born on 2/7/1961", "DOB: 1961-07-02", "geboren am 2. Juli 1961", "née le 2 juillet 1961"],
    "ADDRESS": [
        "221 Baker Street",
        "14 Elm St., Apt 3, Springfield, IL 62704",
        "Lindenstraße 12",
        "12 rue de la Paix, 75002 Paris",
        "Calle Mayor 15",
        "ul. Długa 7",
        "P.O. Box 1234",
        "SW1A 1AA",
        "K1A 0B1",
        "北京市海淀区中关村大街27号",
        "Apt. 580",
    ],
    "NAME": ["My name is Olga Klein.", "Ich heiße Jörg Müller-Lüdenscheidt"],
    "MEDICAL_ID": ["MRN: 00123456", "patient id: 77-123456"],
    "ACCOUNT_ID": ["order number 2024-77123", "policy no. AB1234567"],
}

NATIONAL = [
    "123-45-6789",
    "900-70-1234",
    "SSN 123456789",
    "SIN 046 454 286",
    "HEGG560427MVZRRL04",
    "529.982.247-25",
    "20-12345678-6",
    "12.345.678-5",
    "NHS 943 476 5919",
    "AB 12 34 56 C",
    "1234567T",
    "2 55 08 14 168 025 38",
    "86 095 742 719",
    "756.9217.0769.85",
    "BSN 111222333",
    "85.07.30-033.28",
    "12345678Z",
    "X1234567L",
    "RSSMRA85T10A562S",
    "NIF 123456789",
    "811228-9874",
    "29029600013",
    "131052-308T",
    "kennitala 120174-3399",
    "PESEL 44051401359",
    "780123/3540",
    "EGN 7523169263",
    "isikukood 37605030299",
    "112-233-445 95",
    "ИНН 500100732259",
    "kimlik 10000000146",
    "2341 2341 2346",
    "ABCPE1234F",
    "S1234567D",
    "11010519491231002X",
    "A123456(3)",
    "A123456789",
    "my number 123456789018",
    "900101-1234567",
    "1-1017-00230-70-8",
    "TFN 123 456 782",
    "8001015009087",
    "my driver's license number is A5631933",
    "Passport No: L01X00T47",
]

FALSE = [
    "It is 12:30:45 on 2021-03-04, or 04.03.2021, and 1990-1995 was long ago.",
    "1,000,000 people, $56,000,000 and 3.14159265 or 1e10; 100 000 km, 2147483647 and 4294967296.",
    "Version 1.2.3.4 and v10.0.19.2 of the driver; section 4.2.1.",
    "def f(password=None): token = tokens[0]; api_key = os.environ['KEY']; x[1::2]; std::vector<int> y",
    "password must have 8 characters; my password is wrong; the token is invalid; key: value",
    "listen on 127.0.0.1:8080 or 0.0.0.0 or ::1",
    "git clone git@github.com:example/project.git and https://example.org/a/b?page=2&sort=asc",
    "Write 500 words about a 2 way street, the 5 people on the road, and the 3 day rule.",
    "fn open(pin: &u32, password: String) -> Token { token: args.token }; password=${PASS}; Tel 1996 09 11 18 17",
    "ISBN 978-3-16-148410-0; chapter 12, page 345; 4111 1111 1111 1112 fails the check",
    "GB82 WEST 1234 5698 7654 33 fails the check, and so does 529.982.247-26.",
    "Call of Duty 4, World War 2, route 66, and Apollo 13. Her name is on the list.",
    "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "SELECT id, sum(x) FROM t WHERE a = 10 AND b BETWEEN 20 AND 30 GROUP BY 1 ORDER BY 2",
    "@media (max-width: 600px) { color: #ff8800; margin: 0 auto 10px 20px }",
    "The name and number are on the list, and the winning numbers are 1234567 and 555-0142.",
    "My name and number are missing: form 2021-117 has neither.",
    "the user@ sign, a@b, and @someone",
    "uuid 123e4567-e89b-12d3-a456-426614174000",
    "I was born in a small town and ran 10/10 times.",
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
    "0.12345678, 0.23456789, 12.5 and -3.25; [[1, 2], [3, 4]]",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in TRUE.items() for text in texts])
def test_it_is_found_in_a_sentence(kind: str, text: str) -> None:
    for sentence in (text, f"Well, {text}, thanks", f"({text})", f"two\nlines\n{text}\nand more"):
        assert kind in REDACTOR.redact(sentence).found, sentence


@pytest.mark.parametrize("text", NATIONAL)
def test_national_numbers_are_found(text: str) -> None:
    assert "NATIONAL_ID" in REDACTOR.redact(f"Here: {text}, thanks").found


WITHOUT_CHECK = ("123-45", "900-70", "SSN", "kennitala", "900101", "my driver", "Passport")


@pytest.mark.parametrize("text", [t for t in NATIONAL if t[-1].isdigit() and not t.startswith(WITHOUT_CHECK)])
def test_a_national_number_with_a_wrong_check_digit_is_none(text: str) -> None:
    wrong = text[:-1] + str((int(text[-1]) + 1) % 10)
    assert "NATIONAL_ID" not in REDACTOR.redact(wrong).found


@pytest.mark.parametrize("text", FALSE)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert REDACTOR.redact(text).text == text


def test_what_is_harmless_of_a_url_stays() -> None:
    text = "https://bob:pw@example.org:8443/a?page=2&api_key=abcdef1234&lang=de#top"
    assert (
        REDACTOR.redact(text).text
        == "https://[CREDENTIALS]@example.org:8443/a?page=2&api_key=[CREDENTIALS]&lang=de#top"
    )


@pytest.mark.parametrize(
    "text", ["Kind regards,\nSami Okafor", "Name: Ada Byron\nAge: 36", "- **Name:** Ada King-Noel"]
)
def test_names_in_letters_and_forms_are_found(text: str) -> None:
    assert REDACTOR.redact(f"Dear all,\n{text}\n").found == {"NAME": 1}


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("My name and number are Sam 555-0142.", "My name and number are [NAME] [PHONE]."),
        ("my name and number are Ada Byron, 555-0142", "my name and number are [NAME], [PHONE]"),
        ("My name and number: Ada King-Noel 555 0142", "My name and number: [NAME] [PHONE]"),
        ("My name and phone number are Ada Byron and 555-0142", "My name and phone number are [NAME] and [PHONE]"),
    ],
)
def test_a_name_and_a_number_that_are_said_together_are_both_found(text: str, clean: str) -> None:
    assert REDACTOR.redact(text).text == clean


def test_quotation_marks_stay() -> None:
    assert REDACTOR.redact("['ana@example.org', `b@example.org`]").text == "['[EMAIL]', `[EMAIL]`]"


def test_what_stands_behind_a_card_does_not_hide_it() -> None:
    assert REDACTOR.redact("4111 1111 1111 1111 12/27 123").text.startswith("[CARD] ")
    assert REDACTOR.redact("DE89 3704 0044 0532 0130 00 is mine").text == "[IBAN] is mine"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("我叫安娜，可以打+1 612 555 0144找我。", "我叫安娜，可以打[PHONE]找我。"),
        ("电话是010-58168888。", "电话是[PHONE]。"),
        ("我的手机是13812345678谢谢", "我的手机是[PHONE]谢谢"),
        ("電話は+81 3-1234-5678です", "電話は[PHONE]です"),
        ("제 번호는+82 2-312-3456입니다", "제 번호는[PHONE]입니다"),
        ("мой телефон+7 912 345-67-89", "мой телефон[PHONE]"),
        ("2023年10月25日至2024年11月26日", "2023年10月25日至2024年11月26日"),
        ("价格是100000元，订单很多", "价格是100000元，订单很多"),
    ],
)
def test_a_number_needs_no_space_around_it_where_nobody_writes_one(text: str, clean: str) -> None:
    assert Redactor().redact(text).text == clean
