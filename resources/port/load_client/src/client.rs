//! One connection: a request, its answer, the next request.

use std::io::{self, BufReader, ErrorKind, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::answer;
use crate::requests::Request;
use crate::tally::Tally;

const ANSWER: Duration = Duration::from_secs(10);
/// Between two tries at a server that failed.
const PAUSE: Duration = Duration::from_millis(10);

/// Sends the requests in turn, beginning with that of its own number.
pub struct Client<'a> {
    port: u16,
    requests: &'a [Request],
    next: usize,
    connection: Option<BufReader<TcpStream>>,
    tally: Tally,
}

impl<'a> Client<'a> {
    pub fn new(port: u16, requests: &'a [Request], number: usize) -> Self {
        Client {
            port,
            requests,
            next: number % requests.len(),
            connection: None,
            tally: Tally::default(),
        }
    }

    /// Sends until the deadline; the last answer is waited for.
    pub fn run(mut self, deadline: Instant) -> Tally {
        while Instant::now() < deadline {
            let request = &self.requests[self.next];
            self.next = (self.next + 1) % self.requests.len();
            if let Err(kind) = self.exchange(request) {
                self.connection = None;
                self.tally.fail(kind);
                thread::sleep(PAUSE);
            }
        }
        self.tally
    }

    fn exchange(&mut self, request: &Request) -> Result<(), &'static str> {
        let mut connection = match self.connection.take() {
            Some(kept) => kept,
            None => self.connect().map_err(|_| "connect")?,
        };
        let began = Instant::now();
        connection
            .get_mut()
            .write_all(&request.bytes)
            .map_err(|_| "send")?;
        let answer =
            answer::read(&mut connection, request.is_head).map_err(|error| match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => "timeout",
                ErrorKind::InvalidData => "malformed",
                _ => "broken off",
            })?;
        if answer.status != request.status {
            return Err("status");
        }
        self.tally.answered(began.elapsed());
        if answer.is_kept {
            self.connection = Some(connection);
        }
        Ok(())
    }

    fn connect(&mut self) -> io::Result<BufReader<TcpStream>> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.set_write_timeout(Some(ANSWER))?;
        self.tally.connected();
        Ok(BufReader::new(stream))
    }
}
