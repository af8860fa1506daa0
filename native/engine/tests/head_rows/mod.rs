//! Heads and the status each is answered with: 200 for one that is taken. Characters stand for bytes.

type Row = (String, u16);

/// A GET with more fields.
pub fn get(fields: &str) -> String {
    format!("GET /a HTTP/1.1\r\nHost: x\r\n{fields}\r\n")
}

/// A POST with more fields.
pub fn post(fields: &str) -> String {
    format!("POST /a HTTP/1.1\r\nHost: x\r\n{fields}\r\n")
}

fn long(unit: &str, times: usize) -> String {
    unit.repeat(times)
}

fn request_lines() -> Vec<Row> {
    vec![
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
        ("FOO /a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 501),
        ("get /a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 501),
        ("QUERY /a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 200), // 501 is the router's
        ("G\u{7f}T /a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        ("G(T /a HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400),
        (
            format!("{} /a HTTP/1.1\r\nHost: x\r\n\r\n", long("A", 64)),
            501,
        ),
        (
            format!("{} /a HTTP/1.1\r\nHost: x\r\n\r\n", long("A", 65)),
            400,
        ),
    ]
}

fn targets() -> Vec<Row> {
    vec![
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
    ]
}

fn host_lines() -> Vec<Row> {
    vec![
        ("GET /a HTTP/1.1\r\n\r\n".into(), 400),
        ("GET /a HTTP/1.0\r\n\r\n".into(), 200),
        (get("Host: x\r\n"), 400),
        (get("HOST: x\r\n"), 400),
        ("GET /a HTTP/1.0\r\nHost: x\r\nhost: x\r\n\r\n".into(), 400),
    ]
}

fn framings() -> Vec<Row> {
    vec![
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
    ]
}

fn field_lines() -> Vec<Row> {
    vec![
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
    ]
}

fn expectations() -> Vec<Row> {
    vec![
        (get("Expect: 100-continue\r\n"), 200),
        (get("Expect: 100-Continue\r\n"), 200),
        (get("Expect: 100-continue, 100-continue\r\n"), 200),
        (get("Expect: more\r\n"), 417),
        (get("Expect: 100-continue, more\r\n"), 417),
        (get("Expect: 100-continue\r\nExpect: more\r\n"), 417),
        (get("Expect: more\r\nExpect: 100-continue\r\n"), 417),
        (get("Expect:\r\n"), 417),
        ("GET /a HTTP/1.0\r\nExpect: more\r\n\r\n".into(), 200),
    ]
}

fn limits() -> Vec<Row> {
    vec![
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
    ]
}

fn orders() -> Vec<Row> {
    vec![
        (get(&format!("A : b\r\nA: {}\r\n", long("b", 17_000))), 400),
        (get(&format!("A: {}\r\nA : b\r\n", long("b", 17_000))), 431),
        (get(&format!("{}A : b\r\n", long("A: b\r\n", 99))), 400),
        (get(&format!("{}A : b\r\n", long("A: b\r\n", 100))), 431),
        (get(&format!("{}A: b\n\r\n", long("A: b\r\n", 100))), 431),
        (get(&format!("A: b\n\r\n{}", long("A: b\r\n", 100))), 400),
    ]
}

fn hosts() -> Vec<Row> {
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
    hosts.map(host).into()
}

/// All of them.
pub fn rows() -> Vec<Row> {
    [
        request_lines(),
        targets(),
        host_lines(),
        framings(),
        field_lines(),
        expectations(),
        limits(),
        orders(),
        hosts(),
    ]
    .concat()
}
