//! A window of the browser: what a person does in it, and what went wrong meanwhile.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::dom::ScrollIntoViewIfNeededParams;
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams, SetLocaleOverrideParams,
    SetScriptExecutionDisabledParams, SetTimezoneOverrideParams,
};
use chromiumoxide::cdp::browser_protocol::input::InsertTextParams;
use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntryLevel};
use chromiumoxide::cdp::browser_protocol::network::EventRequestWillBeSent;
use chromiumoxide::cdp::browser_protocol::page::CaptureScreenshotFormat;
use chromiumoxide::cdp::js_protocol::runtime::{
    ConsoleApiCalledType, EvaluateParams, EventConsoleApiCalled, EventExceptionThrown,
};
use chromiumoxide::page::{Page, ScreenshotParams};
use futures::StreamExt as _;
use serde_json::Value;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a condition is looked at.
const BEAT: Duration = Duration::from_millis(10);

/// How large a window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A telephone, upright.
    Phone,
    /// A screen on a desk.
    Desk,
}

/// The colours that a person has chosen for all programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Size {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Phone, Self::Desk];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Desk => "desk",
        }
    }

    fn pixels(self) -> (i64, i64) {
        match self {
            Self::Phone => (390, 844),
            Self::Desk => (1280, 900),
        }
    }
}

impl Colours {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A window with one page.
#[derive(Debug)]
pub struct Window {
    page: Page,
    complaints: Arc<Mutex<Vec<String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Window {
    pub(crate) async fn over(page: Page) -> Self {
        let window = Self {
            page,
            complaints: Arc::default(),
            asked: Arc::default(),
        };
        window.listen().await;
        window.page.enable_log().await.unwrap();
        window.page.enable_runtime().await.unwrap();
        window
            .page
            .execute(SetTimezoneOverrideParams::new("UTC"))
            .await
            .unwrap();
        let locale = SetLocaleOverrideParams::builder().locale("en-GB").build();
        window.page.execute(locale).await.unwrap();
        window.shape(Size::Desk, Colours::Light).await;
        window
    }

    /// Keeps what the browser complains of, and what it asks for.
    async fn listen(&self) {
        let mut entries = self.page.event_listener::<EventEntryAdded>().await.unwrap();
        let mut calls = self.page.event_listener::<EventConsoleApiCalled>().await.unwrap();
        let mut thrown = self.page.event_listener::<EventExceptionThrown>().await.unwrap();
        let mut requests = self
            .page
            .event_listener::<EventRequestWillBeSent>()
            .await
            .unwrap();
        let (complaints, asked) = (Arc::clone(&self.complaints), Arc::clone(&self.asked));
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    Some(event) = entries.next() => {
                        let entry = &event.entry;
                        if matches!(entry.level, LogEntryLevel::Error | LogEntryLevel::Warning) {
                            let place = entry.url.as_deref().unwrap_or_default();
                            push(&complaints, format!("{} ({place})", entry.text));
                        }
                    }
                    Some(event) = calls.next() => {
                        if matches!(event.r#type, ConsoleApiCalledType::Error | ConsoleApiCalledType::Warning) {
                            push(&complaints, format!("{:?}", event.args));
                        }
                    }
                    Some(event) = thrown.next() => {
                        push(&complaints, format!("{:?}", event.exception_details));
                    }
                    Some(event) = requests.next() => push(&asked, event.request.url.clone()),
                    else => break,
                }
            }
        });
    }

    /// Takes this size and these colours.
    pub async fn shape(&self, size: Size, colours: Colours) {
        let (width, height) = size.pixels();
        let metrics = SetDeviceMetricsOverrideParams::new(width, height, 1.0, size == Size::Phone);
        self.page.execute(metrics).await.unwrap();
        let features = [
            ("prefers-color-scheme", colours.as_str()),
            ("prefers-reduced-motion", "reduce"),
        ];
        let features = features.map(|(name, value)| MediaFeature::new(name, value));
        let media = SetEmulatedMediaParams::builder().features(features).build();
        self.page.execute(media).await.unwrap();
    }

    /// Runs no script of a page from now on.
    pub async fn without_scripts(&self) {
        let disabled = SetScriptExecutionDisabledParams::new(true);
        self.page.execute(disabled).await.unwrap();
    }

    /// Opens an address and waits until everything is there.
    pub async fn open(&self, address: &str) {
        let opened = tokio::time::timeout(PATIENCE, self.page.goto(address)).await;
        opened
            .unwrap_or_else(|_| panic!("{address} did not come"))
            .unwrap();
        self.wait("document.readyState === 'complete'").await;
    }

    /// Clicks what this selector finds.
    pub async fn click(&self, selector: &str) {
        self.wait(&format!("document.querySelector({}) !== null", quoted(selector)))
            .await;
        let element = self.page.find_element(selector).await.unwrap();
        // Not by a script, which may be forbidden.
        let seen = ScrollIntoViewIfNeededParams::builder().backend_node_id(element.backend_node_id);
        self.page.execute(seen.build()).await.unwrap();
        let point = element.clickable_point().await.unwrap();
        self.page.click(point).await.unwrap();
    }

    /// Clicks what leads to another page, and waits for it.
    pub async fn follow(&self, selector: &str) {
        let here = self.look("performance.timeOrigin").await;
        self.click(selector).await;
        self.wait(&format!(
            "performance.timeOrigin !== {here} && document.readyState === 'complete'"
        ))
        .await;
    }

    /// Types into the field that this selector finds, in the place of what it held.
    pub async fn fill(&self, selector: &str, text: &str) {
        self.click(selector).await;
        let clear = format!("document.querySelector({}).value = ''", quoted(selector));
        self.look(&clear).await;
        self.page.execute(InsertTextParams::new(text)).await.unwrap();
    }

    /// Presses a key.
    pub async fn press(&self, key: &str) {
        let element = self.page.find_element("body").await.unwrap();
        element.press_key(key).await.unwrap();
    }

    /// The value of an expression of JavaScript; a promise is waited for.
    pub async fn look(&self, expression: &str) -> Value {
        self.try_look(expression)
            .await
            .unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    async fn try_look(&self, expression: &str) -> Result<Value, String> {
        let evaluate = EvaluateParams::builder()
            .expression(expression)
            .return_by_value(true)
            .await_promise(true)
            .build()?;
        let answer = self
            .page
            .execute(evaluate)
            .await
            .map_err(|error| error.to_string())?;
        if let Some(details) = &answer.result.exception_details {
            return Err(format!("{details:?}"));
        }
        Ok(answer.result.result.value.unwrap_or_default())
    }

    /// Waits until an expression is true.
    pub async fn wait(&self, expression: &str) {
        let waiting = async {
            let mut beat = tokio::time::interval(BEAT);
            loop {
                beat.tick().await;
                // Between two pages there is nothing to look at.
                if self.try_look(expression).await == Ok(Value::Bool(true)) {
                    break;
                }
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        let (text, complaints) = match waited {
            Ok(()) => return,
            Err(_) => (self.text().await, self.complaints()),
        };
        panic!("never true: {expression}\n{text}\n{complaints:?}");
    }

    /// Waits until the page shows this text.
    pub async fn wait_for_text(&self, text: &str) {
        self.wait(&format!("document.body?.innerText.includes({})", quoted(text)))
            .await;
    }

    /// Waits until the address ends so.
    pub async fn wait_for_address(&self, end: &str) {
        self.wait(&format!(
            "location.href.endsWith({}) && document.readyState === 'complete'",
            quoted(end)
        ))
        .await;
    }

    /// What a person reads on the page.
    pub async fn text(&self) -> String {
        let text = self.try_look("document.body.innerText").await;
        text.ok()
            .and_then(|text| text.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// What the browser complained of: errors and warnings on the console, exceptions, whatever could not be loaded.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Every address that was asked for.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The page as a PNG: what is seen at first, or all of it.
    pub async fn picture(&self, whole: bool) -> Vec<u8> {
        let picture = ScreenshotParams::builder()
            .format(CaptureScreenshotFormat::Png)
            .full_page(whole)
            .build();
        self.page.screenshot(picture).await.unwrap()
    }
}

fn push(list: &Mutex<Vec<String>>, text: String) {
    list.lock().unwrap_or_else(PoisonError::into_inner).push(text);
}

/// A text as JavaScript reads it.
pub(crate) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
