//! Files from and to where a central system wants them: `http://` by `ureq`, and `file://`.

use std::path::Path;
use std::time::Duration;

use crate::station::{Errand, Outcome};

/// Longest wait for a whole transfer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Largest file fetched.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Why a file did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The address begins with something else.
    #[error("{0}: neither http:// nor file://")]
    Scheme(String),
    /// The server is not there, or refuses.
    #[error("{url}: {source}")]
    Http {
        /// The address.
        url: String,
        /// Why.
        source: Box<ureq::Error>,
    },
    /// The file cannot be read or written.
    #[error("{url}: {source}")]
    File {
        /// The address.
        url: String,
        /// Why.
        source: std::io::Error,
    },
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into()
}

/// Does an errand of a station. Blocks.
pub fn run(errand: &Errand) -> Outcome {
    match errand {
        Errand::Upload { directory, name, content } => match put(directory, name, content) {
            Ok(()) => Outcome::Uploaded,
            Err(error) => Outcome::NotUploaded(error.to_string()),
        },
        Errand::Download { url } => match fetch(url) {
            Ok(content) => Outcome::Downloaded(content),
            Err(error) => Outcome::NotDownloaded(error.to_string()),
        },
    }
}

/// Fetches a file. Blocks.
///
/// # Errors
/// See [`TransferError`].
pub fn fetch(url: &str) -> Result<Vec<u8>, TransferError> {
    let http = |source| TransferError::Http { url: url.to_owned(), source: Box::new(source) };
    if let Some(path) = url.strip_prefix("file://") {
        return std::fs::read(path).map_err(|source| TransferError::File { url: url.to_owned(), source });
    }
    if !url.starts_with("http://") {
        return Err(TransferError::Scheme(url.to_owned()));
    }
    let mut answer = agent().get(url).call().map_err(http)?;
    answer.body_mut().with_config().limit(LARGEST).read_to_vec().map_err(http)
}

/// Puts a file into the directory that an address names. Blocks.
///
/// # Errors
/// See [`TransferError`].
pub fn put(directory: &str, name: &str, content: &[u8]) -> Result<(), TransferError> {
    let url = format!("{}/{name}", directory.trim_end_matches('/'));
    if let Some(path) = url.strip_prefix("file://") {
        let written = std::fs::write(Path::new(path), content);
        return written.map_err(|source| TransferError::File { url, source });
    }
    if !url.starts_with("http://") {
        return Err(TransferError::Scheme(url));
    }
    let sent = agent().put(&url).send(content);
    sent.map(drop).map_err(|source| TransferError::Http { url, source: Box::new(source) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    /// A server that gives one answer; returns its address and what it will have been asked.
    fn server(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = String::new();
            let mut buffer = [0; 1024];
            while !asked.ends_with("END") && !asked.starts_with("GET") {
                let length = stream.read(&mut buffer).unwrap();
                asked.push_str(str::from_utf8(&buffer[..length]).unwrap());
            }
            stream.write_all(answer.as_bytes()).unwrap();
            asked
        });
        (address, asked)
    }

    #[test]
    fn files_go_and_come_over_http() {
        let (url, asked) = server("HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        put(&format!("{url}/logs/"), "log.txt", b"lines END").unwrap();
        let asked = asked.join().unwrap();
        assert!(
            asked.starts_with("PUT /logs/log.txt HTTP/1.1\r\n") && asked.ends_with("lines END"),
            "{asked}"
        );
        let (url, _) = server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nimage");
        assert_eq!(fetch(&format!("{url}/image")).unwrap(), b"image");
        let (url, _) = server("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        assert!(matches!(fetch(&url), Err(TransferError::Http { .. })));
    }

    #[test]
    fn other_protocols_are_refused_by_name() {
        let error = fetch("ftp://host/image").unwrap_err();
        assert_eq!(error.to_string(), "ftp://host/image: neither http:// nor file://");
    }
}
