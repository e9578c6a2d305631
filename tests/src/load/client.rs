//! A connection that is kept, and the answers that come over it.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Enough for the answers that are measured.
const ROOM: usize = 64 << 10;

/// A connection that asks one thing after another.
#[derive(Debug)]
pub(super) struct Client {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer<'c> {
    pub(super) status: u16,
    pub(super) body: &'c [u8],
}

/// What is looked at of the head of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    /// Where the body begins.
    pub(super) end: usize,
    /// How long it is; `None` where it comes in chunks.
    pub(super) length: Option<usize>,
}

impl Client {
    pub(super) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            received: Vec::with_capacity(ROOM),
        }
    }

    /// Sends a request and waits for the whole answer.
    pub(super) async fn ask(&mut self, request: &[u8]) -> Answer<'_> {
        self.stream.write_all(request).await.unwrap();
        self.received.clear();
        let head = loop {
            self.receive().await;
            if let Some(head) = Head::read(&self.received) {
                break head;
            }
        };
        let end = head.end + head.length.expect("an answer says how long it is");
        while self.received.len() < end {
            self.receive().await;
        }
        Answer {
            status: head.status,
            body: &self.received[head.end..end],
        }
    }

    async fn receive(&mut self) {
        let read = self.stream.read_buf(&mut self.received).await.unwrap();
        assert!(read > 0, "the server has closed the connection");
    }

    /// Sends a request and leaves the rest to the caller.
    pub(super) async fn begin(mut self, request: &[u8]) -> TcpStream {
        self.stream.write_all(request).await.unwrap();
        self.stream
    }
}

impl Head {
    /// The head, once it is there.
    pub(super) fn read(received: &[u8]) -> Option<Self> {
        let blank = received.windows(4).position(|four| four == b"\r\n\r\n")?;
        let text = std::str::from_utf8(&received[..blank]).unwrap();
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let length = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim())
        });
        Some(Self {
            status: status.unwrap_or_default().parse().unwrap(),
            end: blank + 4,
            length: length.map(|length| length.parse().unwrap()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_when_it_is_whole() {
        let answer = b"HTTP/1.1 201 Created\r\nx: 1\r\nContent-Length: 12\r\n\r\n{";
        let head = Head {
            status: 201,
            end: answer.len() - 1,
            length: Some(12),
        };
        assert_eq!(Head::read(answer), Some(head));
        assert_eq!(Head::read(&answer[..answer.len() - 2]), None);
        let chunked = Head::read(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").unwrap();
        assert_eq!((chunked.status, chunked.length), (200, None));
    }
}
