//! Heads of requests: what is taken, what is refused, and with which status.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod head_rows;

use head_rows::{get, post, rows};
use strata_engine::fields::{Field, Said};
use strata_engine::framing::Framing;
use strata_engine::head::{Head, Limits, Parsed, is_due, parse_head};
use strata_engine::method::Method;
use strata_engine::request_line::Version;

const LIMITS: Limits = Limits {
    header_bytes: 16_384,
    header_fields: 100,
    target_bytes: 65_536,
};

/// 200 for a head, 0 for a part of one.
fn status_of(bytes: &[u8]) -> u16 {
    match parse_head(bytes, &LIMITS) {
        Parsed::Partial => 0,
        Parsed::Head { .. } => 200,
        Parsed::Refused(status) => status,
    }
}

fn head_of(text: &str) -> Head<'_> {
    match parse_head(text.as_bytes(), &LIMITS) {
        Parsed::Head { head, len } => {
            assert_eq!(len, text.len());
            head
        }
        other => panic!("{text:?}: {other:?}"),
    }
}

/// The characters of the table stand for bytes.
fn latin1(text: &str) -> Vec<u8> {
    let byte = |char| u8::try_from(u32::from(char)).expect("a byte");
    text.chars().map(byte).collect()
}

#[test]
fn takes_or_refuses() {
    for (text, status) in rows() {
        let shown: String = text.chars().take(200).collect();
        assert_eq!(status_of(&latin1(&text)), status, "{shown:?}");
    }
}

#[test]
fn says_the_same_however_the_bytes_come() {
    for (text, status) in rows() {
        let bytes = latin1(&text);
        // all of the first and last bytes, some between
        let step = bytes.len() / 100 + 1;
        let mut seen = 0;
        for len in (0..bytes.len()).filter(|len| len % step == 0 || bytes.len() - len < 50) {
            let now = status_of(bytes.get(..len).expect("a part"));
            assert!(
                seen == 0 || now == seen,
                "{:?} after {len}",
                &text.get(..50)
            );
            seen = now;
        }
        assert!(
            seen == 0 || seen == status,
            "{seen} then {status}: {:?}",
            text.get(..50)
        );
    }
}

#[test]
fn looks_at_nothing_behind_the_head() {
    for (text, status) in rows() {
        for more in ["\0\r\r\n\n", "GET / HTTP/9.9\r\n\r\n", "\n", "x"] {
            let bytes = latin1(&format!("{text}{more}"));
            if status_of(&latin1(&text)) == 200 {
                assert_eq!(status_of(&bytes), status);
            }
        }
    }
}

#[test]
fn refuses_what_is_no_http_at_once() {
    assert_eq!(
        status_of(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
        400
    );
    assert_eq!(status_of(b"\0"), 400);
    assert_eq!(status_of(b"GET /a HTTX"), 400);
    assert_eq!(status_of(b"GET /a HTTP/3"), 0);
    assert_eq!(status_of(b""), 0);
    assert_eq!(status_of(b"\r"), 0);
    assert_eq!(status_of(b"\r\n"), 0);
}

#[test]
fn never_waits_for_more_than_its_limits() {
    let unending = [
        "GET /",
        "GET http://x/",
        "A",
        "GET /a HTTP/1.1\r\nA: ",
        "GET /a HTTP/1.1\r\n",
        "\r\n",
    ];
    for start in unending {
        for unit in ["a", "\r\n", "A: b\r\n", " ", "%", "a\r\n"] {
            let text = format!("{start}{}", unit.repeat(LIMITS.most_bytes()));
            let bytes = text.get(..LIMITS.most_bytes()).expect("ascii");
            assert_ne!(status_of(bytes.as_bytes()), 0, "{start:?} {unit:?}");
        }
    }
}

#[test]
fn tells_what_a_head_says() {
    let head =
        head_of("GET /a?b HTTP/1.1\r\nHost: EXAMPLE.com:80\r\nA:\tb \r\nA: c\r\nx-Y:\r\n\r\n");
    assert_eq!(head.method, Method::Get);
    assert_eq!(&*head.target, b"/a?b");
    assert_eq!(&*head.authority, b"example.com");
    assert_eq!(head.version, Version::Http11);
    assert_eq!(head.framing, Framing::Empty);
    assert!(!head.is_last && !head.expects_continue);
    let fields: Vec<(&[u8], &[u8])> = head.fields.iter().collect();
    let expected: [(&[u8], &[u8]); 4] = [
        (b"Host", b"EXAMPLE.com:80"),
        (b"A", b"b"),
        (b"A", b"c"),
        (b"x-Y", b""),
    ];
    assert_eq!(fields, expected);
    assert_eq!(head.fields.len(), 4);
    let named: Vec<&[u8]> = head.fields.named(b"a").collect();
    assert_eq!(named, [b"b", b"c"]);
}

#[test]
fn knows_where_the_body_ends() {
    let framings = [
        ("", Framing::Empty),
        ("Content-Length: 0\r\n", Framing::Empty),
        ("Content-Length: 007\r\n", Framing::Length(7)),
        ("Transfer-Encoding: CHUNKED\r\n", Framing::Chunked),
    ];
    for (fields, framing) in framings {
        assert_eq!(head_of(&post(fields)).framing, framing);
        assert_eq!(head_of(&get(fields)).framing, framing);
    }
}

#[test]
fn knows_whether_the_connection_ends() {
    let rows = [
        ("1.1", "", false),
        ("1.1", "Connection: close\r\n", true),
        ("1.1", "connection: CLOSE\r\n", true),
        ("1.1", "Connection: x, close ,y\r\n", true),
        ("1.1", "Connection: x\r\nConnection: close\r\n", true),
        ("1.1", "Connection: keep-alive, close\r\n", true),
        ("1.1", "Connection: keep-alive\r\n", false),
        ("1.1", "Connection: closed\r\n", false),
        ("1.1", "Connection: not close\r\n", false),
        ("1.1", "Connection: upgrade\r\nUpgrade: websocket\r\n", true),
        ("1.1", "Upgrade: h2c\r\n", true),
        ("1.0", "", true),
        ("1.0", "Connection: Keep-Alive\r\n", false),
        ("1.0", "Connection: x,keep-alive\r\n", false),
        ("1.0", "Connection: keep-alive \r\n", false),
        ("1.0", "Connection: keep-alive\t\r\n", true),
        ("1.0", "Connection: x,\tkeep-alive\r\n", true),
        ("1.1", "Connection: keep-alive\t\r\n", false),
        (
            "1.0",
            "Connection: keep-alive\r\nConnection: close\r\n",
            true,
        ),
    ];
    for (version, fields, is_last) in rows {
        let text = format!("GET / HTTP/{version}\r\nHost: x\r\n{fields}\r\n");
        assert_eq!(head_of(&text).is_last, is_last, "{text:?}");
    }
    assert!(head_of("CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n").is_last);
}

#[test]
fn waits_for_100_continue_only_before_a_body() {
    let expects = |text: &str| head_of(text).expects_continue;
    assert!(expects(&post(
        "Expect: 100-continue\r\nContent-Length: 1\r\n"
    )));
    assert!(expects(&post(
        "Expect: 100-CONTINUE\r\nTransfer-Encoding: chunked\r\n"
    )));
    assert!(!expects(&post("Expect: 100-continue\r\n")));
    assert!(!expects(&post("Content-Length: 1\r\n")));
    assert!(!expects(
        "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
    ));
}

#[test]
fn takes_targets_in_absolute_form() {
    let rows = [
        ("http://x/a?b", "/a?b"),
        ("HTTP://X:80/a", "/a"),
        ("http://x", "/"),
        ("http://x?b", "/?b"),
        ("http://x/", "/"),
        ("https://x:443/a", "/a"),
        ("*", "*"),
    ];
    for (target, origin) in rows {
        let text = format!("OPTIONS {target} HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(&*head_of(&text).target, origin.as_bytes());
    }
    let text = "GET /a HTTP/1.0\r\n\r\n";
    assert_eq!(&*head_of(text).authority, b"localhost");
}

#[test]
fn sees_the_fields_that_decide() {
    let text = get(
        "IF-NONE-MATCH: \"a\"\r\nCookie: a\r\nCookie: b\r\naccept-encoding:\r\nIf-Modified-Since: x\r\n",
    );
    let seen = head_of(&text).seen;
    assert_eq!(seen.said(Field::IfNoneMatch), Said::Once(b"\"a\""));
    assert_eq!(seen.said(Field::Cookie), Said::Repeatedly);
    assert_eq!(seen.first(Field::Cookie), Some(b"a".as_slice()));
    assert_eq!(seen.said(Field::AcceptEncoding), Said::Once(b""));
    assert_eq!(seen.said(Field::IfModifiedSince), Said::Once(b"x"));
    assert!(seen.has(Field::Host));
    for field in [
        Field::Range,
        Field::IfRange,
        Field::IfMatch,
        Field::Authorization,
        Field::Pragma,
    ] {
        assert_eq!(seen.said(field), Said::Nothing);
    }
}

#[test]
fn knows_each_name_in_any_case() {
    let names = [
        ("accept-encoding", Field::AcceptEncoding),
        ("authorization", Field::Authorization),
        ("cache-control", Field::CacheControl),
        ("connection", Field::Connection),
        ("content-length", Field::ContentLength),
        ("cookie", Field::Cookie),
        ("expect", Field::Expect),
        ("host", Field::Host),
        ("if-match", Field::IfMatch),
        ("if-modified-since", Field::IfModifiedSince),
        ("if-none-match", Field::IfNoneMatch),
        ("if-range", Field::IfRange),
        ("if-unmodified-since", Field::IfUnmodifiedSince),
        ("pragma", Field::Pragma),
        ("range", Field::Range),
        ("transfer-encoding", Field::TransferEncoding),
        ("upgrade", Field::Upgrade),
    ];
    for (name, field) in names {
        assert_eq!(Field::of(name.as_bytes()), Some(field));
        assert_eq!(Field::of(name.to_uppercase().as_bytes()), Some(field));
        assert_eq!(Field::of(format!("{name}x").as_bytes()), None);
        assert_eq!(
            Field::of(format!("_{}", name.get(1..).expect("ascii")).as_bytes()),
            None
        );
    }
}

#[test]
fn a_head_that_comes_byte_by_byte_is_read_a_few_times() {
    let text = get(&format!(
        "A: {}\r\n{}",
        "b".repeat(10_000),
        "A: b\r\n".repeat(50)
    ));
    let bytes = text.as_bytes();
    let (mut parsed, mut readings) = (0, 0);
    for len in 1..=bytes.len() {
        let part = bytes.get(..len).expect("a part");
        if is_due(part, parsed, &LIMITS) {
            readings += 1;
            parsed = len;
            assert_eq!(status_of(part), if len == bytes.len() { 200 } else { 0 });
        }
    }
    assert_eq!(parsed, bytes.len());
    assert!(readings < 80, "{readings}");
}
