//! Requests and answers: sending, deadlines, trying again, and what becomes of an answer. What is asked for is told by
//! the callers, as a [`Call`].

mod answer;
mod call;
mod retry;
mod tls;

pub(crate) use call::Call;

use registry_core::{Error, Result, WriteContext};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::options::{ConnectOptions, Patience};

/// A server, with the connections to it.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client,
    options: ConnectOptions,
    location: String,
}

impl Http {
    pub(crate) fn new(options: ConnectOptions) -> Result<Self> {
        let mut headers = HeaderMap::new();
        if let Some(token) = options.token.as_ref().and_then(crate::Token::header) {
            headers.insert(AUTHORIZATION, token);
        }
        let mut client = Client::builder()
            .default_headers(headers)
            .user_agent(concat!("registry-client/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.patience.connect)
            .tls_backend_preconfigured(tls::config(&options)?)
            // A token goes to the server that was named and to no other.
            .redirect(Policy::none());
        if options.is_local() {
            client = client.no_proxy();
        }
        let location = options.location();
        let client = client.build().map_err(|source| Error::Storage {
            action: format!("prepare connections to `{location}`"),
            source: source.into(),
        })?;
        Ok(Self {
            client,
            options,
            location,
        })
    }

    pub(crate) fn location(&self) -> &str {
        &self.location
    }

    pub(crate) fn options(&self) -> &ConnectOptions {
        &self.options
    }

    fn patience(&self) -> &Patience {
        &self.options.patience
    }

    /// Asks and reads the answer.
    pub(crate) async fn read<T: DeserializeOwned>(&self, call: Call) -> Result<T> {
        let answered = self.send(&call).await?;
        serde_json::from_slice(&answered.body)
            .map_err(|error| answer::unreadable(&call, &self.location, &error))
    }

    /// The same for a write, whose context is told whether it was made before.
    pub(crate) async fn write<T: DeserializeOwned>(&self, context: &WriteContext, call: Call) -> Result<T> {
        context.set_replayed(false);
        let answered = self.send(&call).await?;
        context.set_replayed(answered.replayed);
        serde_json::from_slice(&answered.body)
            .map_err(|error| answer::unreadable(&call, &self.location, &error))
    }

    /// The same where nothing may be there.
    pub(crate) async fn find<T: DeserializeOwned>(&self, call: Call) -> Result<Option<T>> {
        match self.read(call).await {
            Ok(found) => Ok(Some(found)),
            Err(Error::ModelNotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks, again where that makes sense.
    async fn send(&self, call: &Call) -> Result<answer::Answered> {
        let begun = Instant::now();
        let mut attempt = 1;
        loop {
            let failed = match self.try_once(call).await {
                Ok(answered) => return Ok(answered),
                Err(failed) => failed,
            };
            let spent = attempt >= self.patience().attempts || begun.elapsed() > self.patience().answer;
            if spent || !failed.may_be_tried_again(call) {
                return Err(failed.error);
            }
            tokio::time::sleep(retry::pause(self.patience().pause, attempt, failed.wait)).await;
            attempt += 1;
        }
    }

    async fn try_once(&self, call: &Call) -> Result<answer::Answered, answer::Failed> {
        let sent = self.request(call).send().await;
        let response = sent.map_err(|error| answer::lost(call, &self.location, &error))?;
        answer::read(call, &self.location, response).await
    }

    fn request(&self, call: &Call) -> RequestBuilder {
        let limit = if call.is_bulk {
            self.patience().bulk
        } else {
            self.patience().answer
        };
        let mut request = self
            .client
            .request(call.method.clone(), call.url(&self.options.base))
            .timeout(limit + call.wait);
        if let Some((kind, body)) = &call.body {
            request = request.header(CONTENT_TYPE, *kind).body(body.clone());
        }
        for (name, value) in &call.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                request = request.header(*name, value);
            }
        }
        request
    }
}
