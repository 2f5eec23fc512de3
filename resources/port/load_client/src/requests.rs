//! The file of requests: for each a line `STATUS LENGTH`, then that many bytes to send as they are.

/// One request as it goes over the wire, and the status that is its right answer.
pub struct Request {
    pub status: u16,
    pub is_head: bool,
    pub bytes: Vec<u8>,
}

/// All requests of a file; a sentence where it is none.
pub fn parse(mut file: &[u8]) -> Result<Vec<Request>, String> {
    let mut found = Vec::new();
    while !file.is_empty() {
        let number = found.len() + 1;
        let (request, rest) =
            first(file).ok_or_else(|| format!("request {number} of the file is malformed"))?;
        found.push(request);
        file = rest;
    }
    if found.is_empty() {
        return Err("the file has no requests".to_owned());
    }
    Ok(found)
}

fn first(file: &[u8]) -> Option<(Request, &[u8])> {
    let end = file.iter().position(|byte| *byte == b'\n')?;
    let (status, length) = str::from_utf8(&file[..end]).ok()?.split_once(' ')?;
    let rest = &file[end + 1..];
    let bytes = rest.get(..length.parse().ok()?)?.to_vec();
    let request = Request {
        status: status.parse().ok()?,
        is_head: bytes.starts_with(b"HEAD "),
        bytes,
    };
    let rest = &rest[request.bytes.len()..];
    Some((request, rest))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn requests_follow_each_other() {
        let file = b"200 16\nGET / HTTP/1.1\r\n404 5\nHEAD ";
        let found = parse(file).expect("two requests");
        assert_eq!(found[0].bytes, b"GET / HTTP/1.1\r\n");
        assert_eq!((found[1].status, found[1].is_head), (404, true));
    }

    #[test]
    fn no_request_is_a_problem() {
        assert!(parse(b"").is_err());
        assert!(parse(b"200 9\nGET").is_err());
    }
}
