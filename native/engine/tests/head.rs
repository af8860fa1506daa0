//! Heads of requests: what is taken, what is refused, and with which status.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

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

fn get(fields: &str) -> String {
    format!("GET /a HTTP/1.1\r\nHost: x\r\n{fields}\r\n")
}

fn post(fields: &str) -> String {
    format!("POST /a HTTP/1.1\r\nHost: x\r\n{fields}\r\n")
}

fn rows() -> Vec<(String, u16)> {
    let long = |unit: &str, times| unit.repeat(times);
    let mut rows: Vec<(String, u16)> = vec![
        // the request line
        (get(""), 200),
        ("\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 200),
        (format!("{}{}", long("\r\n", 8), get("")), 200),
        (format!("{}{}", long("\r\n", 9), get("")), 400),
        (format!("\n{}", get("")), 400),
        (format!("\r{}", get("")), 400),
        (format!(" {}", get("")), 400),
        ("GET  /a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a  HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET\t/a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a\tHTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a HTTP/1.1 \r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a HTTP/1.1\n\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a HTTP/1.1\nHost: x\r\n\r\n".into(), 400),
        ("GET /a HTTP/1.1\r\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a HTTP/1.1\rHost: x\r\n\r\n".into(), 400),
        ("GET /a http/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a HTTP/2.0\r\nHost: x\r\n\r\n".into(), 505),
        ("GET /a HTTP/9.9\r\nHost: x\r\n\r\n".into(), 505),
        ("GET /a HTTP/1.2\r\nHost: x\r\n\r\n".into(), 505),
        ("GET /a HTTP/0.9\r\nHost: x\r\n\r\n".into(), 505),
        ("GET /a HTTP/1.10\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a HTTP/11\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a HTTP/1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a HTTP/-1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a FOO/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a HTTPS/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), 505),
        ("GET /a\r\n\r\n".into(), 505),
        ("GET /a\n\n".into(), 400),
        ("GET \r\n\r\n".into(), 400),
        ("GET\r\n\r\n".into(), 400),
        ("hello\r\n\r\n".into(), 400),
        ("FOO /a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 200), // 501 is the router's
        ("G\u{7f}T /a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("G(T /a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        (
            format!("{} /a HTTP/1.1\r\nHost: x\r\n\r\n", long("A", 64)),
            200,
        ),
        (
            format!("{} /a HTTP/1.1\r\nHost: x\r\n\r\n", long("A", 65)),
            400,
        ),
        // targets
        ("GET a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET ?a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /\u{e9} HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /\u{7f} HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a\u{b}b HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 200),
        ("GET http://y/a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET http://x@y/a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET http://x:81/a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET ftp://x/a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("GET x/a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n".into(), 200), // 405 is the router's
        ("CONNECT x:1 HTTP/1.1\r\n\r\n".into(), 400),
        ("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n".into(), 200),
        (
            format!("GET /a?{} HTTP/1.1\r\nHost: x\r\n\r\n", long("b", 65_533)),
            200,
        ),
        (
            format!("GET /a?{} HTTP/1.1\r\nHost: x\r\n\r\n", long("b", 65_534)),
            414,
        ),
        (format!("GET /a?{}", long("b", 65_534)), 414),
        (
            format!(
                "GET http://x/?{} HTTP/1.1\r\nHost: x\r\n\r\n",
                long("b", 65_534)
            ),
            200,
        ),
        (
            format!(
                "GET http://x/?{} HTTP/1.1\r\nHost: x\r\n\r\n",
                long("b", 65_535)
            ),
            414,
        ),
        (
            format!(
                "GET http://x?{} HTTP/1.1\r\nHost: x\r\n\r\n",
                long("b", 65_535)
            ),
            414,
        ),
        // Host
        ("GET /a HTTP/1.1\r\n\r\n".into(), 400),
        ("GET /a HTTP/1.0\r\n\r\n".into(), 200),
        (get("Host: x\r\n"), 400),
        (get("HOST: x\r\n"), 400),
        ("GET /a HTTP/1.0\r\nHost: x\r\nhost: x\r\n\r\n".into(), 400),
        // lengths and codings
        (post("Content-Length: 3\r\n"), 200),
        (post("Content-Length: 003\r\n"), 200),
        (post("Content-Length: \t 3 \t\r\n"), 200),
        (post("Content-Length: 9007199254740991\r\n"), 200),
        (post("Content-Length: 9007199254740992\r\n"), 413),
        (post("Content-Length: 18446744073709551615\r\n"), 413),
        (post("Content-Length: 18446744073709551616\r\n"), 400),
        (post("Content-Length: 99999999999999999999\r\n"), 400),
        (
            post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
            400,
        ),
        (
            post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"),
            400,
        ),
        (
            post("Transfer-Encoding: gzip\r\nContent-Length: 3\r\n"),
            400,
        ),
        (post("Content-Length: 3\r\nContent-Length: 4\r\n"), 400),
        (post("Content-Length: 3\r\ncontent-length: 3\r\n"), 400),
        (post("Content-Length: 3, 3\r\n"), 400),
        (post("Content-Length: +3\r\n"), 400),
        (post("Content-Length: -3\r\n"), 400),
        (post("Content-Length: 3 3\r\n"), 400),
        (post("Content-Length: 0x3\r\n"), 400),
        (post("Content-Length: 3.0\r\n"), 400),
        (post("Content-Length: 3e1\r\n"), 400),
        (post("Content-Length:\r\n"), 400),
        (post("Content-Length: \u{b2}\r\n"), 400),
        (post("Content_Length: 3\r\n"), 200),
        (post("Transfer-Encoding: chunked\r\n"), 200),
        (post("transfer-encoding: Chunked \t\r\n"), 200),
        (
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
            400,
        ),
        (
            post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"),
            400,
        ),
        (post("Transfer-Encoding: gzip, chunked\r\n"), 501),
        (post("Transfer-Encoding: chunked, gzip\r\n"), 400),
        (post("Transfer-Encoding: chunked, chunked\r\n"), 400),
        (post("Transfer-Encoding: chunked,\r\n"), 400),
        (post("Transfer-Encoding: , chunked\r\n"), 501),
        (post("Transfer-Encoding: xchunked\r\n"), 501),
        (post("Transfer-Encoding: chunkedx\r\n"), 501),
        (post("Transfer-Encoding: chunked;q=1\r\n"), 501),
        (post("Transfer-Encoding: \"chunked\"\r\n"), 501),
        (post("Transfer-Encoding: identity\r\n"), 501),
        (post("Transfer-Encoding:\r\n"), 501),
        (post("Transfer-Encoding: \u{b}chunked\r\n"), 400),
        (post("Transfer-Encoding\t: chunked\r\n"), 400),
        (
            "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n".into(),
            400,
        ),
        // field lines
        (get("A: b\n"), 400),
        (get("A: b\n\r\n"), 400),
        (get("A: b\rc: d\r\n"), 400),
        (get("A: b\r\r\n"), 400),
        (get("A: \0\r\n"), 400),
        (get("A: \u{1}\r\n"), 400),
        (get("A: \u{7f}\r\n"), 400),
        (get("A: \u{e9}\u{ff}\r\n"), 200),
        (get("A:\r\n"), 200),
        (get("A: \r\n"), 200),
        (get("A:b\r\n"), 200),
        (get("A: b\r\n c\r\n"), 400),
        (get("A: b\r\n\tc\r\n"), 400),
        (get("A:\r\n b\r\n"), 400),
        (get(" A: b\r\n"), 400),
        (get("A : b\r\n"), 400),
        (get("A\t: b\r\n"), 400),
        (get(": b\r\n"), 400),
        (get("A\r\n"), 400),
        (get("A b: c\r\n"), 400),
        (get("A\u{e9}: c\r\n"), 400),
        (get("A\0: c\r\n"), 400),
        (get("A(: c\r\n"), 400),
        ("GET /a HTTP/1.1\r\n Host: x\r\n\r\n".into(), 400),
        ("GET /a HTTP/1.1\r\n Host: x\r\nHost: x\r\n\r\n".into(), 400),
        ("GET /a HTTP/1.1\r\nHost: x\r\n\n".into(), 400),
        ("GET /a HTTP/1.1\r\nHost: x\n\n".into(), 400),
        ("GET /a HTTP/1.1\r\nHost: x\r\n\rX".into(), 400),
        // expectations
        (get("Expect: 100-continue\r\n"), 200),
        (get("Expect: 100-Continue\r\n"), 200),
        (get("Expect: 100-continue, 100-continue\r\n"), 200),
        (get("Expect: more\r\n"), 417),
        (get("Expect: 100-continue, more\r\n"), 417),
        (get("Expect: 100-continue\r\nExpect: more\r\n"), 417),
        (get("Expect: more\r\nExpect: 100-continue\r\n"), 417),
        (get("Expect:\r\n"), 417),
        ("GET /a HTTP/1.0\r\nExpect: more\r\n\r\n".into(), 200),
        // limits
        (get(&long("A: b\r\n", 99)), 200),
        (get(&long("A: b\r\n", 100)), 431),
        (get(&long("A: b\r\n", 2_000)), 431),
        (get(&format!("A: {}\r\n", long("b", 15_000))), 200),
        (get(&format!("A: {}\r\n", long("b", 16_384 - 9 - 5))), 200),
        (get(&format!("A: {}\r\n", long("b", 16_384 - 9 - 4))), 431),
        (get(&format!("A:{}\r\n", long("b", 16_384 - 9 - 5))), 200),
        (get(&format!("A:{}\r\n", long("b", 16_384 - 9 - 4))), 431),
        (get(&format!("A: {}\r\n", long("b", 17_000))), 431),
        (get(&format!("{}: b\r\n", long("A", 17_000))), 431),
        (get(&format!("A: {}\r\n", long("b", 1_000_000))), 431),
        (
            format!("GET /a HTTP/1.1\r\nHost: x\r\nA: {}", long("b", 17_000)),
            431,
        ),
        // what is wrong first counts
        (get(&format!("A : b\r\nA: {}\r\n", long("b", 17_000))), 400),
        (get(&format!("A: {}\r\nA : b\r\n", long("b", 17_000))), 431),
        (get(&format!("{}A : b\r\n", long("A: b\r\n", 99))), 400),
        (get(&format!("{}A : b\r\n", long("A: b\r\n", 100))), 431),
        (get(&format!("{}A: b\n\r\n", long("A: b\r\n", 100))), 431),
        (get(&format!("A: b\n\r\n{}", long("A: b\r\n", 100))), 400),
    ];
    let hosts = [
        ("", 400),
        ("a b", 400),
        ("a/b", 400),
        ("a@b", 400),
        ("a,b", 400),
        ("a#", 400),
        ("a\\b", 400),
        ("a:65536", 400),
        ("a:8o", 400),
        ("a:1:2", 400),
        ("a:", 200),
        ("a:65535", 200),
        ("[::1]:80", 200),
        ("[::1", 400),
        ("A.b-c_d~", 200),
    ];
    let host =
        |(host, status): (&str, u16)| (format!("GET /a HTTP/1.1\r\nHost: {host}\r\n\r\n"), status);
    rows.extend(hosts.map(host));
    rows
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
