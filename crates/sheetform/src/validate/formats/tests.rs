//! Known codes, and what the standards promise of them: no single wrong character passes.

use super::{ALL, known};

/// What is wrong with a code, in English; empty where nothing is.
fn wrong(format: &str, text: &str) -> String {
    known(format).unwrap().check(text).err().map(|wrong| wrong.what.en).unwrap_or_default()
}

/// Codes whose check characters are right.
const RIGHT: [(&str, &[&str]); 8] = [
    // Examples that banks and the register publish.
    (
        "iban",
        &["GB82WEST12345698765432", "DE89370400440532013000", "NO9386011117947", "MT84MALT011000012345MTLCAST001S"],
    ),
    // ISO/IEC 7064: the worked examples of the pure and the hybrid systems begin with 0794 and 794.
    ("iso7064-mod11-10", &["07945"]),
    ("iso7064-mod11-2", &["07940", "079X", "0000000218250097"]),
    ("iso7064-mod37-2", &["A12425GABC12340025", "G123489654321Y"]),
    ("iso7064-mod37-36", &["A12425GABC1234002M"]),
    ("iso7064-mod97-10", &["79444", "9999123456789012141490"]),
    // ISO/IEC 7812-1, annex B.
    ("luhn", &["79927398713", "00"]),
    // GB 32100-2015, annex.
    ("unified-social-credit-code", &["91350100M000100Y43", "91110000600037341L"]),
];

#[test]
fn right_codes_pass() {
    for (format, codes) in RIGHT {
        for code in codes {
            assert_eq!(wrong(format, code), "", "{format} {code}");
        }
    }
    assert!(ALL.iter().all(|known| RIGHT.iter().any(|(format, _)| *format == known.name)));
}

#[test]
fn no_single_wrong_character_passes() {
    for (format, codes) in RIGHT {
        for code in codes {
            for (at, found) in code.char_indices() {
                let others = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*".chars().filter(|c| *c != found);
                // Where letters count as two digits, one for a digit is more than one wrong digit.
                let alike = |c: &char| {
                    !(format == "iban" || format.ends_with("97-10")) || c.is_ascii_digit() == found.is_ascii_digit()
                };
                for other in others.filter(alike) {
                    let changed = format!("{}{other}{}", &code[..at], &code[at + 1..]);
                    assert_ne!(wrong(format, &changed), "", "{format} {changed}");
                }
            }
        }
    }
}

#[test]
fn two_that_changed_places_are_seen_but_for_09_by_luhn() {
    for (format, codes) in RIGHT {
        for code in codes {
            for at in 0..code.len() - 1 {
                let (a, b) = (&code[at..=at], &code[at + 1..at + 2]);
                if a != b {
                    let changed = format!("{}{b}{a}{}", &code[..at], &code[at + 2..]);
                    assert_ne!(wrong(format, &changed), "", "{format} {changed}");
                }
            }
        }
    }
    assert_eq!(wrong("luhn", "091"), wrong("luhn", "901"));
}

#[test]
fn what_is_wrong_is_said() {
    for (format, text, expected) in [
        ("unified-social-credit-code", "91350100M000100Y4", "it has 17 characters, not 18"),
        ("unified-social-credit-code", "91350100M000100Y44", "its check digit is 4, and the rest of it gives 3"),
        ("unified-social-credit-code", "911100006000373411", "its check character is 1, and the rest of it gives L"),
        ("unified-social-credit-code", "9135O100M000100Y43", "its character 5 is \"O\"; perhaps the digit 0 is meant"),
        ("unified-social-credit-code", "91350100m000100Y43", "its character 9 is \"m\"; its letters are capitals: M"),
        ("unified-social-credit-code", "９1350100M000100Y43", "its character 1 is \"９\"; write it half-width: 9"),
        ("unified-social-credit-code", "", "it has 0 characters, not 18"),
        (
            "unified-social-credit-code",
            "91350100Z000100Y43",
            "its character 9 is \"Z\"; it may have a digit, or a capital letter other than I, O, S, V and Z there",
        ),
        ("iban", "GB82 WEST 1234 5698 7654 32", "its character 5 is a blank; it is written without blanks"),
        ("iso7064-mod11-2", "0794X", "its check character is X, and the rest of it gives 0"),
        ("iban", "GB82WEST1234569876543", "it has 21 characters, not 22 as for GB"),
        ("iban", "GB28WEST12345698765432", "its check digits are 28, and the rest of it gives 82"),
        ("iban", "ZZ", "it has 2 characters, not 5 to 34"),
        // 00, 01 and 99 leave the remainder that is asked for too, and are never given.
        ("iban", "ZZ990085", "its check digits are 99, and the rest of it gives 02"),
        ("luhn", "7", "it has 1 character, not at least 2"),
        ("luhn", "7992-739871", "its character 5 is \"-\"; it is written without hyphens"),
        ("iso7064-mod11-2", "X940", "its character 1 is \"X\"; it may have a digit there"),
        ("iso7064-mod97-10", "44", "it has 2 characters, not at least 3"),
        ("iso7064-mod37-2", "中文", "its character 1 is \"中\"; it may have a digit or a capital letter there"),
    ] {
        assert_eq!(wrong(format, text), expected, "{format} {text}");
    }
}
