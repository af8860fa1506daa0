//! Bodies in chunks: to the letter, in whatever pieces they come.
#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use strata_engine::chunked::{Broken, Chunked, Piece};
use strata_engine::head::Limits;

const LIMITS: Limits = Limits {
    header_bytes: 1_024,
    header_fields: 5,
    target_bytes: 65_536,
};

/// The body, whether it is complete, and how much of the bytes it was.
type Taken = Result<(Vec<u8>, bool, usize), Broken>;

fn take<'b>(pieces: impl IntoIterator<Item = &'b [u8]>) -> Taken {
    let mut chunked = Chunked::new(&LIMITS);
    let mut body = Vec::new();
    let mut used = 0;
    for piece in pieces {
        let mut rest = piece;
        loop {
            match chunked.take(&mut rest)? {
                Piece::Data(data) => {
                    assert!(!data.is_empty());
                    body.extend_from_slice(data);
                }
                Piece::More => {
                    assert!(rest.is_empty() && !chunked.is_complete());
                    break;
                }
                Piece::End => {
                    assert!(chunked.is_complete());
                    return Ok((body, true, used + piece.len() - rest.len()));
                }
            }
        }
        used += piece.len();
    }
    Ok((body, false, used))
}

fn whole(text: &[u8]) -> Taken {
    take([text])
}

fn byte_by_byte(text: &[u8]) -> Taken {
    take(text.chunks(1))
}

#[test]
fn takes_what_is_well_formed() {
    let long = format!(
        "5;{}=\"{}\"\r\nhello\r\n0\r\n\r\n",
        "a".repeat(8_000),
        "b".repeat(8_000)
    );
    let rows: &[(&str, &str)] = &[
        ("0\r\n\r\n", ""),
        ("3\r\nabc\r\n0\r\n\r\n", "abc"),
        ("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc"),
        ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("a\r\n0123456789\r\n00\r\n\r\n", "0123456789"),
        ("0000000000000003\r\nabc\r\n0000000000000000\r\n\r\n", "abc"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
        ("7\r\n0\r\n\r\n0\r\r\n0\r\n\r\n", "0\r\n\r\n0\r"),
        ("3;a\r\nabc\r\n0;b=c;d\r\n\r\n", "abc"),
        ("3;a=\"\"\r\nabc\r\n0\r\n\r\n", "abc"),
        ("3;a=\"b c;\\\"\\\\=\t\u{e9}\";d\r\nabc\r\n0\r\n\r\n", "abc"),
        (&long, "hello"),
        ("0\r\nA: b\r\n\r\n", ""),
        ("0\r\nA: b\r\nC:\r\nD: \t \r\n\r\n", ""),
        ("0\r\nContent-Lengt: 3\r\nContent-Length2: 3\r\n\r\n", ""),
        ("0\r\nTransfer-Encoding-: x\r\n\r\n", ""),
        ("0\r\na:1\r\na:1\r\na:1\r\na:1\r\na:1\r\n\r\n", ""),
    ];
    for (text, body) in rows {
        let expected = Ok((body.as_bytes().to_vec(), true, text.len()));
        assert_eq!(whole(text.as_bytes()), expected, "{text:?}");
        assert_eq!(byte_by_byte(text.as_bytes()), expected, "{text:?}");
        let more = format!("{text}GET / HTTP/1.1\r\n\r\n");
        assert_eq!(whole(more.as_bytes()), expected, "behind {text:?}");
        for len in 0..text.len() {
            let (part, is_complete, used) =
                whole(text.as_bytes().get(..len).expect("a part")).expect("no error");
            assert!(!is_complete && used == len && body.as_bytes().starts_with(&part));
        }
    }
}

#[test]
fn breaks_on_anything_else() {
    let long_extension = format!("1;{}\r\n", "a".repeat(16_384));
    let many_extensions = "1;a=b\r\nx\r\n".repeat(5_000);
    let long_trailer = format!("0\r\nA: {}\r\n", "b".repeat(1_024));
    let rows: &[&str] = &[
        "\r\n",
        "\n",
        "zz\r\n",
        "g\r\n",
        " 3\r\n",
        "\t3\r\n",
        "+3\r\n",
        "-3\r\n",
        "0x3\r\n",
        "3 \r\n",
        "3\t\r\n",
        "3 3\r\n",
        "3 ;a\r\n",
        "3; a\r\n",
        "3;a \r\n",
        "3;a =b\r\n",
        "3;a= b\r\n",
        "3;\r\n",
        "3;;\r\n",
        "3;=\r\n",
        "3;a=\r\n",
        "3;a=;b\r\n",
        "3;a=\"\n",
        "3;a=\"\r\n",
        "3;a=\"\\\r\n",
        "3;a=\"\0\"\r\n",
        "3;a=\"b\"c\r\n",
        "3;a\"b\"\r\n",
        "3;\u{e9}\r\n",
        "3;a\nabc\r\n",
        "3;a\rb\r\n",
        "3,\r\n",
        "3.0\r\n",
        "3\nabc\r\n",
        "3\rabc\r\n",
        "3\r\r\nabc",
        "3\0\r\n",
        "00000000000000003\r\n",
        "ffffffffffffffff1\r\n",
        "2\r\nabc\r\n",
        "3\r\nab\r\nx",
        "1\r\nab\r\n",
        "3\r\nabc\n0\r\n",
        "3\r\nabc\r0\r\n",
        "3\r\nabc0\r\n",
        "3\r\nabc\r\n\r\n",
        "0\r\n\n",
        "0\r\n\rx",
        "0\r\n A: b\r\n\r\n",
        "0\r\nA: b\r\n c\r\n\r\n",
        "0\r\nA : b\r\n\r\n",
        "0\r\nA\r\n\r\n",
        "0\r\n: b\r\n\r\n",
        "0\r\nA: b\n\r\n",
        "0\r\nA: b\rc\r\n\r\n",
        "0\r\nA: \0\r\n\r\n",
        "0\r\nA: \u{7f}\r\n\r\n",
        "0\r\n\u{e9}: b\r\n\r\n",
        "0\r\nContent-Length: 3\r\n\r\n",
        "0\r\nA: b\r\ncontent-LENGTH: 3\r\n\r\n",
        "0\r\nTRANSFER-encoding: chunked\r\n\r\n",
        "0\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\n\r\n",
        &long_extension,
        &many_extensions,
        &long_trailer,
    ];
    for text in rows {
        assert_eq!(whole(text.as_bytes()), Err(Broken), "{text:?}");
        assert_eq!(byte_by_byte(text.as_bytes()), Err(Broken), "{text:?}");
    }
}

#[test]
fn takes_the_largest_size_there_is_as_it_comes() {
    let (body, is_complete, _) = whole(b"ffffffffffffffff\r\nabc").expect("no error");
    assert!(!is_complete);
    assert_eq!(body, b"abc");
}

#[test]
fn stays_broken() {
    let mut chunked = Chunked::new(&LIMITS);
    let mut bytes: &[u8] = b"x";
    assert_eq!(chunked.take(&mut bytes), Err(Broken));
    let mut bytes: &[u8] = b"0\r\n\r\n";
    assert_eq!(chunked.take(&mut bytes), Err(Broken));
    assert!(!chunked.is_complete());
}

/// Chunks as a sender writes them.
fn written(chunks: &[Vec<u8>], extension: &str, trailers: &str) -> Vec<u8> {
    let mut text = Vec::new();
    for chunk in chunks {
        text.extend(format!("{:x}{extension}\r\n", chunk.len()).into_bytes());
        text.extend_from_slice(chunk);
        text.extend_from_slice(b"\r\n");
    }
    text.extend(format!("0{extension}\r\n{trailers}\r\n").into_bytes());
    text
}

fn split<'b>(text: &'b [u8], lengths: &[usize]) -> Vec<&'b [u8]> {
    let mut pieces = Vec::new();
    let mut rest = text;
    for &len in lengths.iter().cycle().take(text.len()) {
        let (piece, behind) = rest.split_at(len.min(rest.len()));
        pieces.push(piece);
        rest = behind;
    }
    pieces.push(rest);
    pieces
}

const HOSTILE: &[&str] = &[
    "0",
    "1",
    "3",
    "f",
    "a",
    ";",
    "=",
    "\"",
    "\\",
    "\r",
    "\n",
    "\r\n",
    "\r\n\r\n",
    " ",
    "\t",
    "x",
    ":",
    "\0",
    "0\r\n",
    "1\r\na\r\n",
    "A: b\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_split_gives_the_same_bytes(
        chunks in vec(vec(any::<u8>(), 1..40), 0..6),
        extension in select(vec!["", ";a", ";a=b", ";a=\"b\\\"\""]),
        trailers in select(vec!["", "A: b\r\n", "A: b\r\nC:d\r\n"]),
        lengths in vec(0_usize..20, 1..8),
        behind in vec(any::<u8>(), 0..20),
    ) {
        let text = written(&chunks, extension, trailers);
        let len = text.len();
        let text = [text, behind].concat();
        let expected = Ok((chunks.concat(), true, len));
        prop_assert_eq!(take(split(&text, &lengths)), expected.clone());
        prop_assert_eq!(whole(&text), expected);
    }

    #[test]
    fn any_split_of_anything_gives_the_same(words in vec(select(HOSTILE), 0..30), lengths in vec(0_usize..5, 1..8)) {
        let text = words.concat().into_bytes();
        prop_assert_eq!(take(split(&text, &lengths)), whole(&text));
    }

    /// httparse, which reads sizes for hyper, agrees about every size that is taken here.
    #[test]
    fn sizes_mean_the_same_to_httparse(words in vec(select(HOSTILE), 1..8)) {
        let line = format!("{}\r\n", words.concat());
        let mut chunked = Chunked::new(&LIMITS);
        let mut rest = line.as_bytes();
        let Some(end) = line.find("\r\n").map(|at| at + 2) else { return Ok(()) };
        rest = rest.get(..end).unwrap_or(rest);
        if chunked.take(&mut rest) == Ok(Piece::More) {
            let (at, size) = httparse::parse_chunk_size(line.as_bytes()).map(httparse::Status::unwrap).unwrap_or_default();
            prop_assert_eq!(at, end);
            // so much and no more is body
            let body = vec![b'x'; usize::try_from(size).unwrap_or_default().min(1_000)];
            let mut bytes = body.as_slice();
            let taken = if size == 0 { Ok(Piece::End) } else { Ok(Piece::Data(&body)) };
            let mut end: &[u8] = b"\r\n";
            prop_assert_eq!(if size == 0 { chunked.take(&mut end) } else { chunked.take(&mut bytes) }, taken);
        }
    }
}
