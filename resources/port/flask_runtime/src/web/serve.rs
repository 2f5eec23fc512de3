//! The server: axum on one thread, on which all handlers run.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::rc::Rc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Response as Answer, StatusCode};
use axum::serve::ListenerExt;

use crate::R;
use crate::web::app::App;
use crate::web::context;
use crate::web::headers::HeaderList;
use crate::web::request::Request;
use crate::web::response::Response;

/// As deep as Python's recursion goes, handlers of a port may call each other.
const STACK: usize = 512 << 20;

/// Builds the app and serves it at HOST and PORT (127.0.0.1 and 5000 if they are not set).
pub fn serve(build: fn() -> R<Rc<App>>) -> ExitCode {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || run(build));
    let outcome = thread.map(|thread| thread.join());
    match outcome {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
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

fn run(build: fn() -> R<Rc<App>>) -> Result<(), String> {
    build().map_err(|error| format!("the app does not start: {error:?}"))?;
    let host = std::env::var("HOST").unwrap_or_else(|_| "127.0.0.1".into());
    let port = std::env::var("PORT").unwrap_or_else(|_| "5000".into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let address = format!("{host}:{port}");
        let listener = tokio::net::TcpListener::bind(&address)
            .await
            .map_err(|error| format!("cannot listen on {address}: {error}"))?;
        let listener = listener.tap_io(|stream| {
            // Slower without, but no less right.
            let _ = stream.set_nodelay(true);
        });
        let router = Router::new().fallback(answer);
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).await.map_err(|error| error.to_string())
    })
}

async fn answer(
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: axum::extract::Request,
) -> Answer<Body> {
    let (parts, body) = request.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(body) => {
            let mut request = read(&parts);
            request.body = body.into();
            request.peer = peer.ip().to_string();
            written(&context::app().answer(request))
        }
        Err(_) => {
            let mut refused = Answer::new(Body::empty());
            *refused.status_mut() = StatusCode::BAD_REQUEST;
            refused
        }
    }
}

fn read(parts: &Parts) -> Request {
    let mut headers = HeaderList::default();
    for name in parts.headers.keys() {
        // Bytes become the characters of the same number, as WSGI has it.
        let values: Vec<String> = parts
            .headers
            .get_all(name)
            .iter()
            .map(|value| value.as_bytes().iter().map(|byte| char::from(*byte)).collect())
            .collect();
        headers.add(title(name.as_str()), values.join(","));
    }
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or("");
    Request::new(parts.method.as_str(), path, query, headers)
}

fn title(name: &str) -> String {
    let mut first = true;
    name.chars()
        .map(|c| {
            let written = if first { c.to_ascii_uppercase() } else { c };
            first = c == '-';
            written
        })
        .collect()
}

fn written(response: &Response) -> Answer<Body> {
    let status = StatusCode::from_u16(response.code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let bare = matches!(response.code(), 100..200 | 204 | 304);
    let body = if bare { Vec::new() } else { response.body.take() };
    let mut answer = Answer::new(Body::from(body));
    *answer.status_mut() = status;
    for (name, value) in response.headers.borrow().iter() {
        let name = HeaderName::from_bytes(name.as_bytes());
        let bytes: Vec<u8> =
            value.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&bytes)) {
            if !(bare && name == "content-length") {
                answer.headers_mut().append(name, value);
            }
        }
    }
    answer
}
