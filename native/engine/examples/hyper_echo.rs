//! A server on hyper that tells of every request what it took it for: the judge of our own framing. It prints its port,
//! and ends when its standard input does.

use std::convert::Infallible;
use std::hash::Hasher;
use std::io::Read;

use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;

fn main() -> std::io::Result<()> {
    std::thread::spawn(|| {
        let mut nothing = Vec::new();
        let _ended = std::io::stdin().read_to_end(&mut nothing);
        std::process::exit(0);
    });
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?
        .block_on(serve())
}

async fn serve() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            // how a connection ends is what the client sees of it
            let _ended = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service_fn(echo))
                .await;
        });
    }
}

/// What a request was taken for: method, path with query, length and hash of the body.
async fn echo(request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, Infallible> {
    let method = request.method().clone();
    let target = request
        .uri()
        .path_and_query()
        .map_or_else(|| "*".to_owned(), ToString::to_string);
    let Ok(body) = request.into_body().collect().await else {
        return Ok(answer(StatusCode::BAD_REQUEST, None));
    };
    let body = body.to_bytes();
    let said = format!("{method} {target} {} {:08x}", body.len(), checksum(&body));
    Ok(answer(StatusCode::OK, Some(&said)))
}

fn answer(status: StatusCode, said: Option<&str>) -> Response<Empty<Bytes>> {
    let mut response = Response::new(Empty::new());
    *response.status_mut() = status;
    let value = said.and_then(|text| text.parse().ok());
    if let Some(value) = value {
        response.headers_mut().insert("x-echo", value);
    }
    response
}

/// FNV-1a, 32 bits: as the other servers of the comparison have it.
fn checksum(bytes: &[u8]) -> u32 {
    struct Fnv(u32);
    impl Hasher for Fnv {
        fn finish(&self) -> u64 {
            u64::from(self.0)
        }
        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
            }
        }
    }
    let mut hasher = Fnv(0x811c_9dc5);
    hasher.write(bytes);
    hasher.0
}
