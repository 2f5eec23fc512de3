//! The server: hyper on one thread, on which all handlers run.

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response as Answer, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::R;
use crate::web::app::App;
use crate::web::context;
use crate::web::request::Request;
use crate::web::response::Response;

/// As deep as Python's recursion goes, handlers of a port may call each other.
const STACK: usize = 512 << 20;
/// How long connections are left to end when no more can be opened.
const PAUSE: Duration = Duration::from_secs(1);

/// Builds the app and serves it at HOST and PORT (127.0.0.1 and 5000 if they are not set).
pub fn serve(build: fn() -> R<Rc<App>>) -> ExitCode {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || run(build));
    let outcome = thread.map(|thread| thread.join());
    match outcome {
        Ok(Ok(Ok(never))) => match never {},
        Ok(Ok(Err(problem))) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
        Ok(Err(_)) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("no thread to serve on: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(build: fn() -> R<Rc<App>>) -> Result<Infallible, String> {
    build().map_err(|error| format!("the app does not start: {error:?}"))?;
    let host = std::env::var("HOST").unwrap_or_else(|_| "127.0.0.1".into());
    let port = std::env::var("PORT").unwrap_or_else(|_| "5000".into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let address = format!("{host}:{port}");
        let listener = TcpListener::bind(&address)
            .await
            .map_err(|error| format!("cannot listen on {address}: {error}"))?;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => drop(tokio::spawn(connection(stream, peer.ip()))),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    eprintln!("cannot accept a connection: {error}");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    })
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn connection(stream: TcpStream, peer: IpAddr) {
    // Slower without, but no less right.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(request, peer));
    // What breaks a connection concerns only whoever opened it.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    request: hyper::Request<Incoming>,
    peer: IpAddr,
) -> Result<Answer<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else {
        let mut refused = Answer::new(Full::default());
        *refused.status_mut() = StatusCode::BAD_REQUEST;
        return Ok(refused);
    };
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or(""));
    let mut request = Request::new(parts.method.as_str(), path, query, parts.headers);
    request.body = body.to_bytes().into();
    request.peer = peer;
    Ok(written(&context::app().answer(request)))
}

fn written(response: &Response) -> Answer<Full<Bytes>> {
    let status = StatusCode::from_u16(response.code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let bare = matches!(response.code(), 100..200 | 204 | 304);
    let body = if bare { Vec::new() } else { response.body.take() };
    let mut answer = Answer::new(Full::from(body));
    *answer.status_mut() = status;
    for (name, value) in response.headers.borrow().iter() {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, bytes_of(value)) {
            if !(bare && name == "content-length") {
                answer.headers_mut().append(name, value);
            }
        }
    }
    answer
}

/// Characters become the bytes of the same number, as WSGI has it.
fn bytes_of(value: &str) -> Result<HeaderValue, hyper::header::InvalidHeaderValue> {
    if value.is_ascii() {
        return HeaderValue::from_str(value);
    }
    let byte = |c: char| u8::try_from(u32::from(c)).unwrap_or(b'?');
    HeaderValue::from_bytes(&value.chars().map(byte).collect::<Vec<_>>())
}
