//! A browser without scripts: it follows no redirect by itself, and keeps the cookie that it is given.

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};

use crate::running::Running;

pub(crate) struct Browser {
    client: Client,
    address: String,
    cookie: Option<String>,
}

/// What a page answered.
pub(crate) struct Shown {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) cookie: Option<String>,
    pub(crate) text: String,
}

impl Browser {
    /// One that nobody has logged in with.
    pub(crate) fn new(running: &Running) -> Self {
        Self {
            client: Client::builder()
                .no_proxy()
                .redirect(Policy::none())
                .build()
                .unwrap(),
            address: format!("http://{}", running.address),
            cookie: None,
        }
    }

    /// One that has logged in with this token.
    pub(crate) async fn of(running: &Running, token: &str) -> Self {
        let mut browser = Self::new(running);
        let shown = browser.send("/login", &[("token", token)]).await;
        assert_eq!(
            (shown.status, shown.location.as_deref()),
            (303, Some("/")),
            "{}",
            shown.text
        );
        let cookie = shown.cookie.unwrap();
        browser.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        browser
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method.parse().unwrap(), format!("{}{path}", self.address))
            .header("accept", "text/html");
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    /// Looks at a page.
    pub(crate) async fn look(&self, path: &str) -> Shown {
        Shown::of(self.request("GET", path).send().await.unwrap()).await
    }

    /// A form that says nothing of where it comes from.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        self.request("POST", path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(serde_urlencoded::to_string(fields).unwrap())
    }

    /// Sends a form as it is.
    pub(crate) async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let request = self.form(path, fields).header("origin", &self.address);
        Shown::of(request.send().await.unwrap()).await
    }

    /// Sends a form with what shows that it is of this page.
    pub(crate) async fn submit(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Shown {
        let text = self.look(page).await.text;
        let csrf = csrf(&text).unwrap_or_else(|| panic!("no form on {page}: {text}"));
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", csrf)]).collect();
        self.send(path, &fields).await
    }
}

/// What the forms of a page hold.
pub(crate) fn csrf(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"")?;
    rest.split('"').next()
}

impl Shown {
    async fn of(response: Response) -> Self {
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        };
        Self {
            status: response.status().as_u16(),
            location: header("location"),
            cookie: header("set-cookie"),
            text: response.text().await.unwrap(),
        }
    }
}
