//! Many who follow the events, and hear of a burst of them.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::client::{Client, Head};
use super::requests::get;

/// How long a follower waits for what it is to hear.
const PATIENCE: Duration = Duration::from_mins(2);

/// One who follows.
#[derive(Debug)]
pub(super) struct Follower {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Follower {
    /// Follows from now on: what happens after this answers is heard.
    pub(super) async fn begin(address: SocketAddr, token: &str) -> Self {
        let client = Client::connect(address).await;
        let mut follower = Self {
            stream: client.begin(&get("/api/v1/events/stream", token)).await,
            received: Vec::new(),
        };
        let head = loop {
            follower.receive().await;
            if let Some(head) = Head::read(&follower.received) {
                break head;
            }
        };
        assert_eq!(head.status, 200, "a stream of events was refused");
        follower.received.drain(..head.end);
        follower
    }

    /// The ids of the next so many events, as they come.
    pub(super) async fn hear(mut self, count: usize) -> Vec<i64> {
        let mut heard = Vec::new();
        let all = async {
            while heard.len() < count {
                while let Some(chunk) = chunk(&mut self.received) {
                    let text = String::from_utf8(chunk).unwrap();
                    let ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
                    heard.extend(ids.map(|id| id.parse::<i64>().unwrap()));
                }
                if heard.len() < count {
                    self.receive().await;
                }
            }
        };
        let in_time = timeout(PATIENCE, all).await.is_ok();
        assert!(in_time, "only {} of {count} events were heard", heard.len());
        heard
    }

    async fn receive(&mut self) {
        let read = self.stream.read_buf(&mut self.received).await.unwrap();
        assert!(read > 0, "the server has closed a stream of events");
    }
}

/// Takes the first chunk out (RFC 9112, section 7.1), once it is whole.
fn chunk(received: &mut Vec<u8>) -> Option<Vec<u8>> {
    let line = received.windows(2).position(|two| two == b"\r\n")?;
    let size = std::str::from_utf8(&received[..line]).unwrap();
    let size = usize::from_str_radix(size, 16).unwrap();
    let (begin, end) = (line + 2, line + 2 + size);
    if received.len() < end + 2 {
        return None;
    }
    let chunk = received[begin..end].to_vec();
    received.drain(..end + 2);
    Some(chunk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_taken_when_they_are_whole() {
        let mut received = b"5\r\nhello\r\nb\r\nhow are you\r".to_vec();
        assert_eq!(chunk(&mut received).as_deref(), Some(b"hello".as_slice()));
        assert_eq!(chunk(&mut received), None);
        received.push(b'\n');
        assert_eq!(chunk(&mut received).as_deref(), Some(b"how are you".as_slice()));
        assert_eq!(chunk(&mut received), None);
    }
}
