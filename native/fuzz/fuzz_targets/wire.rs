//! Records that JavaScript hands over, while clients wait: whatever they are, the front goes on. The clients' requests are
//! answered rightly between two inputs.
#![no_main]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use strata_engine::program::Program;
use strata_engine::store::Store;
use strata_engine::{Config, Front, LARGEST_RECORD};

const PROGRAM: &str = r#"{
  "version": 1,
  "table": { "version": 1, "nodes": [[["a", 1], -1, -1, -1], [[], -1, 0, -1]], "leaves": [["GET", 0]], "names": [[]] },
  "methods": ["GET", "HEAD", "OPTIONS", "POST"],
  "allow": "GET, HEAD, OPTIONS",
  "hosts": null,
  "redirectTrailingSlash": false,
  "rules": [{ "id": 1, "policy": true, "query": null, "headers": [], "cookies": null, "cookieBypasses": false, "serverTiming": false }]
}"#;

struct Site {
    front: Arc<Front>,
    client: Option<TcpStream>,
    into: Vec<u8>,
    runs: u32,
}

static SITE: LazyLock<Mutex<Site>> = LazyLock::new(|| {
    let config = Config {
        front: 1,
        ip: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        shares_port: false,
        threads: 1,
        header_bytes: 16_384,
        header_fields: 100,
        connections: 100,
        pending: 100,
        waiters: 10,
        header_timeout: Duration::from_secs(10),
        idle_timeout: Duration::from_secs(75),
        request_timeout: Duration::from_secs(300),
        body_timeout: Duration::from_secs(30),
        write_timeout: Duration::from_secs(30),
        handler_timeout: Duration::from_secs(30),
    };
    let program = Program::parse(PROGRAM).expect("a program");
    let front = Front::open(config, program, Store::new(1 << 20), Arc::new(|| {}))
        .ok()
        .expect("a free port");
    Mutex::new(Site {
        front,
        client: None,
        into: vec![0; LARGEST_RECORD],
        runs: 0,
    })
});

impl Site {
    /// A request that waits for JavaScript; the records of an input are for its id, if they name one at all.
    fn ask(&mut self) -> [u8; 8] {
        let mut client = TcpStream::connect(self.front.address()).expect("it listens");
        client
            .write_all(
                b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n",
            )
            .expect("it reads");
        self.client = Some(client);
        loop {
            let taken = self
                .front
                .exchange(&[], &mut self.into)
                .expect("nothing is given");
            if let Some(id) = asked_in(&self.into[..taken]) {
                return id;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// A whole request and its answer.
    fn serve(&mut self) {
        let id = self.ask();
        let mut out = Vec::new();
        let words: [u32; 2] = [36, 1];
        out.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        out.extend(id);
        let words: [u32; 5] = [200, 0, 0, 0, 0];
        out.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        self.front
            .exchange(&out, &mut self.into)
            .expect("a whole record");
        let mut client = self.client.take().expect("it asked");
        client
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a timeout");
        let mut text = [0; 12];
        client.read_exact(&mut text).expect("an answer");
        assert_eq!(&text, b"HTTP/1.1 200");
    }
}

/// The id of the last request among these records; others tell of clients that have gone.
fn asked_in(mut records: &[u8]) -> Option<[u8; 8]> {
    let mut id = None;
    while records.len() >= 16 {
        let length = u32::from_le_bytes(records[..4].try_into().expect("a word")) as usize;
        if records[4] == 1 {
            id = Some(records[8..16].try_into().expect("two words"));
        }
        records = &records[length..];
    }
    id
}

fuzz_target!(|bytes: &[u8]| {
    let mut site = SITE.lock().expect("no run panics");
    if site.runs % 64 == 0 {
        site.serve();
    }
    site.runs += 1;
    if site.client.is_none() || site.runs % 8 == 0 {
        site.ask();
    }
    let Site { front, into, .. } = &mut *site;
    // whole records, broken ones, none: an error or not, and no more
    let _refused = front.exchange(bytes, into).is_err();
});
