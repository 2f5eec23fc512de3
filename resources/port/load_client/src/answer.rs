//! Reads one HTTP/1.x answer to its end.

use std::io::{self, BufRead, ErrorKind, Read};

const LINE_LIMIT: u64 = 65_536;
const HEADERS: usize = 256;

/// What counts of an answer: its status, and whether the connection can be used again.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub is_kept: bool,
}

struct Head {
    status: u16,
    is_kept: bool,
    is_chunked: bool,
    length: Option<u64>,
}

/// The next answer, its body read and dropped; an error where it breaks off or is none.
pub fn read(stream: &mut impl BufRead, to_head: bool) -> io::Result<Answer> {
    let mut head = read_head(stream)?;
    while head.status < 200 {
        head = read_head(stream)?;
    }
    let bodiless = to_head || matches!(head.status, 204 | 304);
    if bodiless {
        // Nothing follows, whatever the headers say.
    } else if head.is_chunked {
        skip_chunks(stream)?;
    } else if let Some(length) = head.length {
        skip(stream, length)?;
    } else {
        head.is_kept = false;
        io::copy(stream, &mut io::sink())?;
    }
    Ok(Answer {
        status: head.status,
        is_kept: head.is_kept,
    })
}

fn read_head(stream: &mut impl BufRead) -> io::Result<Head> {
    let first = read_line(stream)?;
    let status = first
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split(' ').nth(1))
        .and_then(|status| status.parse().ok())
        .ok_or_else(malformed)?;
    let mut head = Head {
        status,
        is_kept: first.starts_with("HTTP/1.1"),
        is_chunked: false,
        length: None,
    };
    for _ in 0..HEADERS {
        let line = read_line(stream)?;
        if line.is_empty() {
            return Ok(head);
        }
        let (name, value) = line.split_once(':').ok_or_else(malformed)?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => head.length = Some(value.parse().map_err(|_| malformed())?),
            "transfer-encoding" => head.is_chunked = value.eq_ignore_ascii_case("chunked"),
            "connection" if value.eq_ignore_ascii_case("close") => head.is_kept = false,
            "connection" if value.eq_ignore_ascii_case("keep-alive") => head.is_kept = true,
            _ => {}
        }
    }
    Err(malformed())
}

fn skip_chunks(stream: &mut impl BufRead) -> io::Result<()> {
    loop {
        let line = read_line(stream)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| malformed())?;
        if size == 0 {
            break;
        }
        skip(stream, size)?;
        read_line(stream)?;
    }
    while !read_line(stream)?.is_empty() {}
    Ok(())
}

fn skip(stream: &mut impl BufRead, length: u64) -> io::Result<()> {
    if io::copy(&mut stream.take(length), &mut io::sink())? == length {
        Ok(())
    } else {
        Err(ErrorKind::UnexpectedEof.into())
    }
}

fn read_line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    stream.take(LINE_LIMIT).read_until(b'\n', &mut line)?;
    if line.pop() != Some(b'\n') {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}

fn malformed() -> io::Error {
    ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use super::{Answer, read};

    fn kept(status: u16) -> Answer {
        Answer {
            status,
            is_kept: true,
        }
    }

    #[test]
    fn each_answer_ends_where_the_next_begins() {
        let mut wire: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n\
            HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc\
            HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nab\r\n0\r\nA: b\r\n\r\n\
            HTTP/1.1 204 No Content\r\n\r\n\
            HTTP/1.1 404 Not Found\r\nConnection: close\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(read(&mut wire, false).expect("a body"), kept(200));
        assert_eq!(read(&mut wire, false).expect("chunks"), kept(200));
        assert_eq!(read(&mut wire, false).expect("no body"), kept(204));
        assert!(!read(&mut wire, false).expect("the last").is_kept);
        assert!(read(&mut wire, false).is_err());
    }

    #[test]
    fn an_answer_to_head_has_no_body() {
        let mut wire: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
        assert_eq!(read(&mut wire, true).expect("no body"), kept(200));
    }

    #[test]
    fn one_without_a_length_ends_with_its_connection() {
        let mut wire: &[u8] = b"HTTP/1.0 200 OK\r\n\r\nrest";
        assert!(!read(&mut wire, false).expect("a body").is_kept);
    }

    #[test]
    fn what_breaks_off_or_is_no_answer_is_an_error() {
        for wire in [
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nContent-",
            "SSH-2.0\r\n\r\n",
            "",
        ] {
            assert!(read(&mut wire.as_bytes(), false).is_err(), "{wire}");
        }
    }
}
