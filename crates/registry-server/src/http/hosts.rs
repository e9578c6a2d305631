//! Which names a server answers to. A page of another site that makes a browser take its own name for this machine
//! (DNS rebinding), or that sends a request here (cross-site request forgery), is refused.

use axum::http::{HeaderMap, StatusCode, Uri, header};

use super::problem::Problem;

/// The names that a server answers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hosts {
    /// Every name: callers are told apart by their tokens.
    Any,
    /// `localhost`, the loopback addresses, and these.
    Loopback(Vec<String>),
}

impl Hosts {
    /// Checks the headers of a request.
    pub(crate) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        let host = headers
            .get(header::HOST)
            .and_then(|value| value.to_str().ok())
            .or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
        if let Self::Loopback(more) = self {
            let name = host.map(without_port).unwrap_or_default();
            let known = ["localhost", "127.0.0.1", "[::1]"];
            let is = |other: &str| other.eq_ignore_ascii_case(name);
            if !(known.into_iter().any(is) || more.iter().any(|host| is(host))) {
                return Err(Problem::new(
                    StatusCode::MISDIRECTED_REQUEST,
                    "host_refused",
                    "this server does not answer to that name",
                    "call it by `localhost`, or start it with `--allow-host NAME`",
                ));
            }
        }
        // Programs send no origin; a browser does, and it must be this server's own.
        let Some(origin) = headers.get(header::ORIGIN) else {
            return Ok(());
        };
        let origin = origin.to_str().unwrap_or_default();
        let origin = origin.split_once("://").map_or("", |(_, rest)| rest);
        if host.is_some_and(|host| host.eq_ignore_ascii_case(origin)) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "origin_refused",
            "the request comes from a page of another site",
            "call the server from a program, or from its own pages",
        ))
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hosts: &Hosts, host: &str, origin: Option<&str>) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        hosts
            .check(&Uri::from_static("/"), &headers)
            .err()
            .map(|problem| problem.code().to_owned())
    }

    #[test]
    fn a_name_of_another_site_is_refused_on_loopback() {
        let loopback = Hosts::Loopback(vec!["models.example".into()]);
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:1",
            "[::1]:80",
            "[::1]",
            "models.example",
        ] {
            assert_eq!(check(&loopback, host, None).as_deref(), None, "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:80",
            "",
            "[::2]",
        ] {
            assert_eq!(
                check(&loopback, host, None).as_deref(),
                Some("host_refused"),
                "{host}"
            );
            assert_eq!(check(&Hosts::Any, host, None).as_deref(), None, "{host}");
        }
    }

    #[test]
    fn a_page_of_another_site_is_refused() {
        for hosts in [Hosts::Any, Hosts::Loopback(Vec::new())] {
            assert_eq!(check(&hosts, "localhost:80", Some("http://localhost:80")), None);
            for origin in [
                "http://evil.example",
                "null",
                "http://localhost:81",
                "localhost:80",
            ] {
                assert_eq!(
                    check(&hosts, "localhost:80", Some(origin)).as_deref(),
                    Some("origin_refused"),
                    "{origin}"
                );
            }
        }
    }
}
